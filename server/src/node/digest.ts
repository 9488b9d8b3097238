// The digest that decides whether two records are equal.
import { createHash } from 'node:crypto';

/** The first 128 bits of the SHA-256 of a text, as four numbers. */
export function digestWords(text: string | Uint8Array): readonly [number, number, number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as [number, number, number, number];
}
