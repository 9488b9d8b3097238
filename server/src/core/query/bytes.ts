// Which bytes a record must hold so that one of its strings can hold a text. JSON spells a character in several ways, and
// letters have several cases: `candidates` allows for all of them, so no record is missed.
import type { Anchor, Spelling } from './anchors.ts';
import { alone, anchorsOf, exactly, hexDigit, pair } from './anchors.ts';

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

/** ASCII letters with a letter case outside of ASCII. */
const BEYOND_ASCII: Readonly<Record<string, string>> = { k: '\u212a', s: '\u017f' };

/** The characters that are the same in another letter case, by Unicode's simple case folding. */
function sameLetters(character: string): readonly string[] {
  // Without a search of all characters, which takes as long as that of 50 MB.
  if (character <= '~') {
    const lower = character.toLowerCase();
    return [...new Set([lower, character.toUpperCase(), BEYOND_ASCII[lower] ?? lower])];
  }
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

/** The bytes of a character in UTF-8. */
function bytesOf(character: string): readonly number[] {
  const code = character.charCodeAt(0);
  // Half of a character, as an editor may hold it.
  return character.length === 1 && code >= 0xd800 && code < 0xe000
    ? [0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    : [...encoder.encode(character)];
}

/** A character as it is, for an expression on latin-1 text. */
function asItIs(character: string): Spelling {
  const bytes = bytesOf(character);
  const [first = 0, second] = bytes;
  const source = /^[\w ]$/.test(character) ? character : bytes.map(hexByte).join('');
  return second === undefined
    ? { source, anchor: alone(exactly(first)), byte: first }
    : { source, anchor: pair(exactly(bytes.at(-2) ?? 0), exactly(bytes.at(-1) ?? 0)) };
}

/** `\u00e9`, after one backslash, or several where JSON is a string in JSON. */
function escaped(character: string): Spelling {
  const codes = [...Array(character.length).keys()].map((i) =>
    character.charCodeAt(i).toString(16).padStart(4, '0'),
  );
  const source = codes
    .map((code) => `\\\\+u${code.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`)
    .join('');
  const last = codes.at(-1) ?? '';
  return { source, anchor: pair(hexDigit(last.charAt(2)), hexDigit(last.charAt(3))) };
}

/** A letter after one backslash, or several. */
function short(letter: string): Spelling {
  return {
    source: `\\\\+${letter}`,
    anchor: pair(exactly(BACKSLASH), exactly(letter.charCodeAt(0))),
  };
}

const BACKSLASH = 0x5c;

const SHORT: Readonly<Record<string, string>> = { '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r' };

/** How writers usually spell a character: as it is, or as its escape. */
function usual(character: string): readonly Spelling[] {
  if (character === '\\') return [{ source: '\\\\+', anchor: alone(exactly(BACKSLASH)) }];
  const plain = asItIs(character);
  if (character === '"' || character === '/')
    return [{ source: `\\\\*${plain.source}`, anchor: plain.anchor }];
  const letter = SHORT[character];
  if (character < ' ') return [plain, ...(letter === undefined ? [] : [short(letter)]), escaped(character)];
  return character <= '~' ? [plain] : [plain, escaped(character)];
}

/** Escapes of ASCII letters, digits and backslashes. Nobody writes them, but they could spell any text, and any other escape. */
const NEEDLESS_ESCAPE: Spelling = {
  source: '\\\\+u00(?:3\\d|[46][1-9a-fA-F]|[57][0-9aA]|5[cC])',
  anchor: pair(exactly('u'.charCodeAt(0)), exactly('0'.charCodeAt(0))),
};

interface Spellings {
  readonly usual: readonly Spelling[];
  readonly unusual: readonly Spelling[];
}

function spellings(character: string, isCaseless: boolean): Spellings {
  const all = isCaseless ? sameLetters(character) : [character];
  // Of ASCII, only k and s have a letter case outside of it, and writers escape no more than a few marks.
  const isAscii = character <= '~';
  const near = all.filter((one) => !isAscii || one <= '~');
  const far = all.filter((one) => !near.includes(one));
  return {
    usual: near.flatMap(usual),
    unusual: [
      ...near.filter((one) => /^[ -~]$/.test(one) && !/^[\w\\]$/.test(one)).map(escaped),
      ...far.flatMap((one) => [asItIs(one), escaped(one)]),
    ],
  };
}

/** One of these, as a class if each is a single character. */
function oneOf(choices: readonly Spelling[]): string {
  const all = [...new Set(choices.map(({ source }) => source))];
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  return all.every((source) => source.length === 1) ? `[${all.join('')}]` : `(?:${all.join('|')})`;
}

/** A decoder that met bytes that are no UTF-8 writes this: any bytes may be behind it. */
const REPLACED = '\ufffd';

/** Some spellings, for bytes as latin-1 text. */
export interface Pattern {
  /** One of these bytes stands in each match. */
  readonly anchors: readonly Anchor[];
  readonly expression: RegExp;
}

/** Finds records that may meet a need. */
export interface Candidates {
  /** Matches in every record that spells a needed text as writers usually do. */
  readonly usual: Pattern;
  /**
   * Matches in every record that spells a character of a needed text in an unusual way. Only texts with one of `marks` hold
   * such a spelling.
   */
  readonly unusual: Pattern;
  readonly marks: readonly Anchor[];
}

function once(anchors: readonly Anchor[]): readonly Anchor[] {
  return [...new Map(anchors.map((anchor) => [JSON.stringify(anchor), anchor])).values()];
}

/** Undefined if bytes say nothing. */
export function candidates(need: ByteNeed | undefined): Candidates | undefined {
  if (!need || need.some(({ text }) => text === '' || text.includes(REPLACED))) return undefined;
  const parts = need.map(({ text, isCaseless }) =>
    Array.from(text, (character) => spellings(character, isCaseless)),
  );
  const rare = [NEEDLESS_ESCAPE, ...parts.flatMap((part) => part.flatMap((one) => one.unusual))];
  const sources = [...new Set(rare.map(({ source }) => source))];
  return {
    usual: {
      anchors: once(parts.flatMap((part) => anchorsOf(part.map((one) => one.usual)))),
      expression: new RegExp(parts.map((part) => part.map((one) => oneOf(one.usual)).join('')).join('|')),
    },
    unusual: {
      anchors: once(rare.map(({ anchor }) => anchor)),
      expression: new RegExp(sources.join('|')),
    },
    marks: once([
      pair(exactly(BACKSLASH), exactly('u'.charCodeAt(0))),
      ...rare.flatMap(({ source, anchor }) => (source.startsWith('\\\\') ? [] : [anchor])),
    ]),
  };
}
