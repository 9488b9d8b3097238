// One file of a cache, sealed: a digest over its content and over what it is the entry of. What does not fit is not there.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { PRIVATE_FOLDER } from './cacheFolder.ts';
import { readRegular } from './regularFile.ts';
import { writeWhole } from './write.ts';

/** How files of a cache are written. */
export const EXPENDABLE = { isExpendable: true, mode: 0o600 } as const;

const LINE_FEED = 0x0a;

function sealOf(key: string, body: Uint8Array): string {
  return createHash('sha256').update(`preflens cache 1\n${key}\n`).update(body).digest('hex');
}

/** The body of an entry. Undefined where there is none, or it is not whole, or it is another key's. */
export async function readEntry(path: string, key: string): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readRegular(path);
  } catch {
    // Not there, or it cannot be read: the same to a cache.
    return undefined;
  }
  const end = bytes.indexOf(LINE_FEED);
  if (end < 0) return undefined;
  const body = bytes.subarray(end + 1);
  return new TextDecoder().decode(bytes.subarray(0, end)) === sealOf(key, body) ? body : undefined;
}

/** The value of an entry that holds JSON. */
export async function readJsonEntry<T>(path: string, key: string): Promise<T | undefined> {
  const body = await readEntry(path, key);
  return body && (JSON.parse(new TextDecoder().decode(body)) as T);
}

/** Writes an entry; how many bytes it takes. */
export async function writeEntry(path: string, key: string, text: string): Promise<number> {
  const body = new TextEncoder().encode(text);
  await mkdir(dirname(path), PRIVATE_FOLDER);
  await writeWhole(path, Buffer.concat([Buffer.from(`${sealOf(key, body)}\n`), body]), EXPENDABLE);
  return body.length;
}
