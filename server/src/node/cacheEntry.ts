// One sealed cache file: a digest over its content and key. If the digest does not match, the entry counts as
// absent.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { PRIVATE_FOLDER } from './cachePlace.ts';
import { readRegular } from './regularFile.ts';
import { writeWhole } from './write.ts';

/** How cache files are written. */
export const EXPENDABLE = { isExpendable: true, mode: 0o600 } as const;

const LINE_FEED = 0x0a;

function sealOf(key: string, body: Uint8Array): string {
  return createHash('sha256').update(`preflens cache 1\n${key}\n`).update(body).digest('hex');
}

/** Body of an entry. Undefined if it is missing, incomplete or belongs to another key. */
async function readEntry(path: string, key: string): Promise<Uint8Array | undefined> {
  // Most entries are not there, and an error costs more than this look.
  if (!existsSync(path)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = await readRegular(path);
  } catch {
    // A cache treats an unreadable entry like a missing one.
    return undefined;
  }
  const end = bytes.indexOf(LINE_FEED);
  if (end < 0) return undefined;
  const body = bytes.subarray(end + 1);
  return new TextDecoder().decode(bytes.subarray(0, end)) === sealOf(key, body) ? body : undefined;
}

/** The value of a JSON entry. */
export async function readJsonEntry<T>(path: string, key: string): Promise<T | undefined> {
  const body = await readEntry(path, key);
  return body && (JSON.parse(new TextDecoder().decode(body)) as T);
}

/** Writes an entry and returns its size in bytes. */
export async function writeEntry(path: string, key: string, text: string): Promise<number> {
  const body = new TextEncoder().encode(text);
  await mkdir(dirname(path), PRIVATE_FOLDER);
  await writeWhole(path, Buffer.concat([Buffer.from(`${sealOf(key, body)}\n`), body]), EXPENDABLE);
  return body.length;
}
