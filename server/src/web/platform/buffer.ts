import { Buffer } from './globals.ts';

export { Buffer };

export function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}
