// Two bytes at a fixed distance that stand in every spelling of a text. A scan for two bytes is many times as fast as an
// expression, so only records with such a pair are looked at closely.

/** The bytes `b` with `(b & mask) === value`: one byte, or a letter in both cases. */
export interface ByteClass {
  readonly mask: number;
  readonly value: number;
}

export interface Anchor {
  readonly first: ByteClass;
  readonly second: ByteClass;
  /** From the first byte to the second; 0 if they are the same one. */
  readonly distance: number;
  /** All bytes around the first one that are known, and its place among them. */
  readonly run?: { readonly classes: readonly ByteClass[]; readonly at: number };
}

/** True if the bytes around an anchor at this place are those of its text, as far as they are known. */
export function fitsAround({ run }: Anchor, bytes: Uint8Array, place: number): boolean {
  if (!run) return true;
  const start = place - run.at;
  return run.classes.every(({ mask, value }, i) => ((bytes[start + i] ?? 0) & mask) === value);
}

/** One spelling of a character: the source of an expression, and what surely stands in it. */
export interface Spelling {
  readonly source: string;
  readonly anchor: Anchor;
  /** Set if this byte is the whole spelling. */
  readonly byte?: number;
}

const SAME_CASE = 0xff;
/** The bit by which the cases of an ASCII letter differ. */
const ANY_CASE = 0xdf;

const isLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte));

export function exactly(byte: number): ByteClass {
  return { mask: SAME_CASE, value: byte };
}

/** A hexadecimal digit, whose case is open. */
export function hexDigit(digit: string): ByteClass {
  const byte = digit.charCodeAt(0);
  return isLetter(byte) ? { mask: ANY_CASE, value: byte & ANY_CASE } : exactly(byte);
}

export function pair(first: ByteClass, second: ByteClass, distance = 1): Anchor {
  return { first, second, distance };
}

export function alone(byte: ByteClass): Anchor {
  return { first: byte, second: byte, distance: 0 };
}

/** Letters by how often texts hold them. */
const OFTEN = 'etaoinsrhldcumfpgwybvkxjqz';

/** About how many of a thousand bytes are of a class. A wrong estimate costs time, and finds the same. */
function perMille({ value, mask }: ByteClass): number {
  const letter = OFTEN.indexOf(String.fromCharCode(value).toLowerCase());
  if (letter >= 0) return mask === SAME_CASE && value < 0x61 ? 2 : 100 / (1 + letter);
  if (value === 0x20) return 160;
  return value >= 0xc0 ? 60 : value >= 0x80 ? 20 : 8;
}

function cost({ first, second, distance }: Anchor): number {
  return perMille(first) * (distance === 0 ? 1000 : perMille(second));
}

const sum = (anchors: readonly Anchor[]): number =>
  anchors.reduce((total, anchor) => total + cost(anchor), 0);

/** The class of a character that is one byte however it is usually spelled. */
function classOf(spellings: readonly Spelling[]): ByteClass | undefined {
  const bytes = spellings.map(({ byte }) => byte);
  const [first, second] = bytes;
  if (first === undefined || bytes.length > 2) return undefined;
  if (bytes.length === 1) return exactly(first);
  return second === undefined || (first & ANY_CASE) !== (second & ANY_CASE) || !isLetter(first)
    ? undefined
    : { mask: ANY_CASE, value: first & ANY_CASE };
}

/** A pair is sought among so many characters. */
const MAX_CHARACTERS = 64;

/**
 * The anchors of which every spelling of a text holds at least one, so that as few places as possible hold them by chance.
 * @param characters the spellings of each
 */
export function anchorsOf(characters: readonly (readonly Spelling[])[]): readonly Anchor[] {
  const own = characters.slice(0, MAX_CHARACTERS);
  const choices: (readonly Anchor[])[] = [];
  for (let from = 0; from < own.length;) {
    // Bytes stand at known distances as long as each character is one byte.
    const classes: ByteClass[] = [];
    for (let byte = classOf(own[from] ?? []); byte; byte = classOf(own[from + classes.length] ?? []))
      classes.push(byte);
    if (classes.length === 0) choices.push((own[from] ?? []).map(({ anchor }) => anchor));
    classes.forEach((first, at) => {
      const run = { classes, at };
      choices.push([{ ...alone(first), run }]);
      for (const [i, second] of classes.slice(at + 1).entries())
        choices.push([{ ...pair(first, second, i + 1), run }]);
    });
    from += Math.max(1, classes.length);
  }
  return choices.reduce((best, one) => (sum(one) < sum(best) ? one : best));
}
