import { createHash } from 'node:crypto';

/** SHA-256, cut to 128 bits: 32 hexadecimal digits. */
export function hash128(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
