// SHA-256 that can be fed in parts, which browsers have not.
import { sha256 } from '@noble/hashes/sha2.js';

import { Buffer } from './globals.ts';

/** As much as a browser gives at once. */
const MAX_RANDOM_BYTES = 65_536;

interface Hash {
  update(content: string | Uint8Array): Hash;
  digest(): Buffer;
  digest(encoding: BufferEncoding): string;
}

export function createHash(name: string): Hash {
  if (name !== 'sha256') throw new Error(`crypto: no ${name} in a browser`);
  const running = sha256.create();
  const hash = {
    update(content: string | Uint8Array) {
      running.update(typeof content === 'string' ? new TextEncoder().encode(content) : content);
      return hash;
    },
    digest(encoding?: BufferEncoding) {
      const bytes = Buffer.from(running.digest());
      return encoding === undefined ? bytes : bytes.toString(encoding);
    },
  } as Hash;
  return hash;
}

export function randomBytes(count: number): Buffer {
  if (count > MAX_RANDOM_BYTES) throw new Error('crypto: too many random bytes at once');
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(count)));
}
