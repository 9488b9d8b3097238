// Which bytes a record must hold so that one of its strings can hold a text. JSON spells a character in several ways, and
// letters have several cases: `candidates` allows for all of them, so no record is missed.

/** A text that one string of the record holds. */
export interface Needed {
  readonly text: string;
  readonly isCaseless: boolean;
}

/** The record must hold at least one of these. */
export type ByteNeed = readonly Needed[];

/** Shorter texts are in nearly every record. */
const shortest = (need: ByteNeed): number => Math.min(...need.map(({ text }) => text.length));

/** The need of conditions that all have to be true: the one that the fewest records meet. */
export function bestNeed(needs: readonly (ByteNeed | undefined)[]): ByteNeed | undefined {
  const [best] = needs.flatMap((need) => (need ? [need] : [])).sort((a, b) => shortest(b) - shortest(a));
  return best;
}

/** The need of conditions of which one has to be true. */
export function anyNeed(needs: readonly (ByteNeed | undefined)[]): ByteNeed | undefined {
  return needs.every((need) => need !== undefined) ? needs.flat() : undefined;
}

/** Every character that has another letter case. */
let cased: string | undefined;

function casedCharacters(): string {
  if (cased !== undefined) return cased;
  const changes =
    /\p{Changes_When_Casefolded}|\p{Changes_When_Lowercased}|\p{Changes_When_Uppercased}|\p{Changes_When_Titlecased}/u;
  let all = '';
  for (let code = 0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code);
    if (changes.test(character)) all += character;
  }
  cased = all;
  return all;
}

const known = new Map<string, readonly string[]>();

/** The characters that are the same in another letter case, by Unicode's simple case folding. */
function sameLetters(character: string): readonly string[] {
  const before = known.get(character);
  if (before) return before;
  const escaped = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  const found = casedCharacters().match(new RegExp(escaped, 'giu')) ?? [];
  const all = [...new Set([character, ...found])];
  known.set(character, all);
  return all;
}

const encoder = new TextEncoder();

const hexByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** The bytes of a character in UTF-8, for an expression on latin-1 text. */
function utf8(character: string): string {
  const code = character.charCodeAt(0);
  if (/^[\w ]$/.test(character)) return character;
  // Half of a character, as an editor may hold it.
  const bytes =
    character.length === 1 && code >= 0xd800 && code < 0xe000
      ? [0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
      : [...encoder.encode(character)];
  return bytes.map(hexByte).join('');
}

/** `\u00e9`, after one backslash, or several where JSON is a string in JSON. */
function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((i) => character.charCodeAt(i).toString(16).padStart(4, '0'))
    .map((code) => `\\\\+u${code.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`)
    .join('');
}

const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\\\+b',
  '\t': '\\\\+t',
  '\n': '\\\\+n',
  '\f': '\\\\+f',
  '\r': '\\\\+r',
};

/** How writers usually spell a character: as it is, or as its escape. */
function usual(character: string): readonly string[] {
  if (character === '\\') return ['\\\\+'];
  if (character === '"' || character === '/') return [`\\\\*${utf8(character)}`];
  const short = SHORT[character];
  if (character < ' ') return [utf8(character), ...(short === undefined ? [] : [short]), escaped(character)];
  return character <= '~' ? [utf8(character)] : [utf8(character), escaped(character)];
}

/** Escapes of ASCII letters, digits and backslashes. Nobody writes them, but they could spell any text, and any other escape. */
const NEEDLESS_ESCAPE = '\\\\+u00(?:3\\d|[46][1-9a-fA-F]|[57][0-9aA]|5[cC])';

interface Spelling {
  /** Sources of expressions: the usual spellings, and the unusual ones. */
  readonly usual: readonly string[];
  readonly unusual: readonly string[];
}

function spellings(character: string, isCaseless: boolean): Spelling {
  const all = isCaseless ? sameLetters(character) : [character];
  // Of ASCII, only k and s have a letter case outside of it, and writers escape no more than a few marks.
  const isAscii = character <= '~';
  const near = all.filter((one) => !isAscii || one <= '~');
  const far = all.filter((one) => !near.includes(one));
  return {
    usual: near.flatMap(usual),
    unusual: [
      ...near.filter((one) => /^[ -~]$/.test(one) && !/^[\w\\]$/.test(one)).map(escaped),
      ...far.flatMap((one) => [utf8(one), escaped(one)]),
    ],
  };
}

/** One of these, as a class if each is a single character. */
function oneOf(sources: readonly string[]): string {
  const all = [...new Set(sources)];
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  return all.every((source) => source.length === 1) ? `[${all.join('')}]` : `(?:${all.join('|')})`;
}

/** A decoder that met bytes that are no UTF-8 writes this: any bytes may be behind it. */
const REPLACED = '\ufffd';

/** Finds records that may meet a need, in bytes as latin-1 text. */
export interface Candidates {
  /** Matches in every record that spells a needed text as writers usually do. */
  readonly usual: RegExp;
  /**
   * Matches in every record that spells a character of a needed text in an unusual way. Such a spelling holds one of
   * `marks`, which are latin-1 too.
   */
  readonly unusual: RegExp;
  readonly marks: readonly string[];
}

/** Undefined if bytes say nothing. */
export function candidates(need: ByteNeed | undefined): Candidates | undefined {
  if (!need || need.some(({ text }) => text === '' || text.includes(REPLACED))) return undefined;
  const parts = need.map(({ text, isCaseless }) =>
    Array.from(text, (character) => spellings(character, isCaseless)),
  );
  const unusual = [
    ...new Set([NEEDLESS_ESCAPE, ...parts.flatMap((part) => part.flatMap((one) => one.unusual))]),
  ];
  const raw = unusual
    .filter((source) => !source.startsWith('\\\\'))
    .map((source) =>
      source.replaceAll(/\\x(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  return {
    usual: new RegExp(parts.map((part) => part.map((one) => oneOf(one.usual)).join('')).join('|'), 'g'),
    unusual: new RegExp(unusual.join('|'), 'g'),
    marks: ['\\u', ...raw],
  };
}
