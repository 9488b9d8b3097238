// One look at a text: which kinds of characters it holds. Checks that need none of these are done with it.

/** Bits of `marks`: some character of this kind is in the text. */
export const AT_SIGN = 1;
export const ANGLE = 2;
export const BRACKET = 4;
export const TICK = 8;
export const STAR = 16;
export const HASH = 32;
export const BREAK = 64;
export const COLON = 128;
export const QUESTION = 256;
export const BANG = 512;
export const DASH = 1024;

export interface TextView {
  readonly marks: number;
  /** How many of the ten digits occur. */
  readonly digits: number;
  /** Some character is outside ASCII. */
  readonly isWide: boolean;
}

const MARKS: readonly (readonly [string, number])[] = [
  ['@', AT_SIGN],
  ['<', ANGLE],
  ['[', BRACKET],
  ['`', TICK],
  ['*', STAR],
  ['#', HASH],
  ['\n', BREAK],
  [':', COLON],
  ['?', QUESTION],
  ['!', BANG],
  ['-', DASH],
];
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));
const WIDE = /[^\0-\x7f]/;

/**
 * Looks for each kind by itself: a search for one character is twenty times as fast as a loop over a string's characters.
 * @param isAscii the record that the text is from holds nothing outside ASCII
 */
export function viewOf(text: string, isAscii = false): TextView {
  let [marks, digits] = [0, 0];
  for (const [mark, bit] of MARKS) if (text.includes(mark)) marks |= bit;
  for (const digit of DIGITS) if (text.includes(digit)) digits++;
  return { marks, digits, isWide: !isAscii && WIDE.test(text) };
}
