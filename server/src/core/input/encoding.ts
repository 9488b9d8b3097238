// UTF-16 by its first bytes.

/** Share of zero bytes at even or odd offsets: in UTF-16, Latin letters make it one half. */
function zeros(bytes: Uint8Array, odd: number): number {
  let count = 0;
  const length = Math.min(bytes.length, 512);
  for (let i = odd; i < length; i += 2) if (bytes[i] === 0) count++;
  return length < 8 ? 0 : count / Math.floor(length / 2);
}

const MOSTLY = 0.4;
const RARELY = 0.05;

export type Utf16 = 'utf-16le' | 'utf-16be';

/** True if the text begins with a byte order mark of UTF-16. */
export function hasUtf16Mark([first, second, third, fourth]: Uint8Array): boolean {
  if (first === 0xff && second === 0xfe) return third !== 0 || fourth !== 0;
  return first === 0xfe && second === 0xff;
}

/** The kind of UTF-16 that a text is in; undefined if it is in none. */
export function encodingOf(bytes: Uint8Array): Utf16 | undefined {
  if (hasUtf16Mark(bytes)) return bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  const [even, odd] = [zeros(bytes, 0), zeros(bytes, 1)];
  if (odd > MOSTLY && even < RARELY) return 'utf-16le';
  return even > MOSTLY && odd < RARELY ? 'utf-16be' : undefined;
}
