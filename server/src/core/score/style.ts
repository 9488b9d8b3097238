// Numbers that describe how an answer is written and how it relates to its prompt, not what it says.
import type { TokenList } from '../model/tokens.ts';
import type { English } from '../words/translate.ts';
import { english } from '../words/translate.ts';
import { Marks } from './marks.ts';
import { NumberSet } from './numberSet.ts';
import type { PromptView } from './prompt.ts';
import { OPENERS, WORD_LISTS } from './wordLists.ts';

/** Measured on the whole text, in this order. */
const TEXT_NAMES = [
  english('length'),
  english('word count'),
  english('longer words'),
  english('lines'),
  english('paragraphs'),
  english('bullet points'),
  english('numbered steps'),
  english('headings'),
  english('bold text'),
  english('code'),
  english('questions'),
  english('ends with a question'),
  english('exclamation marks'),
  english('commas'),
  english('digits'),
  english('capitals'),
  english('varied vocabulary'),
  english('complete ending'),
  english('words of the prompt'),
  english('quotes and brackets'),
  english('very short answer'),
  english('links'),
  english('sentences'),
  english('sentence length'),
  english('opens with yes, no or well'),
  english('words of the question'),
  english('repeats an earlier turn'),
  english('repeats itself'),
  english('opens with "I"'),
  english('first sentence is a question'),
  english('last sentence length'),
  english('length up to 2,000'),
  english('opens in lower case'),
];

/** Set for a whole file, once all its conversations are known. */
const CONTINUED = english('the conversation continues from this answer elsewhere in the file');

/** Names of the style numbers in hovers. The order is the layout. */
export const STYLE_NAMES: readonly English[] = [
  ...TEXT_NAMES,
  ...WORD_LISTS.map(([name]) => name),
  CONTINUED,
];
export const STYLE_COUNT = STYLE_NAMES.length;
export const CONTINUED_AT = STYLE_COUNT - 1;

const NO_LISTS: readonly number[] = [];

/** The numbers of the lists that hold a word, by its hash. */
const LISTS_OF = new Map<number, number[]>();
for (const [list, [, hashes]] of WORD_LISTS.entries())
  for (const hash of hashes) LISTS_OF.set(hash, [...(LISTS_OF.get(hash) ?? []), list]);

/** True for the last bits of a word's hash if a list may hold it: most words end here. */
const IN_LISTS = new Uint8Array(1 << 12);
for (const hash of LISTS_OF.keys()) IN_LISTS[hash & (IN_LISTS.length - 1)] = 1;

const log = Math.log1p;
const root = Math.sqrt;

interface Words {
  count: number;
  letters: number;
  distinct: number;
  fromPrompt: number;
  fromQuestion: number;
  fromBefore: number;
  repeated: number;
  opener: boolean;
  readonly lists: Int32Array;
}

/** Emptied for each text: new ones would take a third of the time. */
const [SEEN, SEEN_PAIRS] = [new NumberSet(), new NumberSet()];
const MARKS = new Marks();

function countWords(tokens: TokenList, prompt: PromptView): Words {
  const { count, hashes, starts, ends, units } = tokens;
  const words: Words = {
    count: 0,
    letters: 0,
    distinct: 0,
    fromPrompt: 0,
    fromQuestion: 0,
    fromBefore: 0,
    repeated: 0,
    opener: count > 0 && OPENERS.has(hashes[0] as number),
    lists: new Int32Array(WORD_LISTS.length),
  };
  SEEN.clear();
  SEEN_PAIRS.clear();
  let before = 7;
  for (let at = 0; at < count; at++) {
    const hash = hashes[at] as number;
    const pair = Math.imul(before, 31) ^ hash;
    before = hash;
    if (prompt.saidBefore.has(pair)) words.fromBefore++;
    if (!SEEN_PAIRS.add(pair)) words.repeated++;
    const isNew = SEEN.add(hash);
    if (isNew && prompt.question.has(hash)) words.fromQuestion++;
    const [start, end] = [starts[at] as number, ends[at] as number];
    if (end - start <= 1 && (units.codes[start] as number) < 0x30) continue;
    words.count++;
    words.letters += end - start;
    if (isNew && prompt.words.has(hash)) words.fromPrompt++;
    if (IN_LISTS[hash & (IN_LISTS.length - 1)] === 0) continue;
    for (const list of LISTS_OF.get(hash) ?? NO_LISTS) (words.lists[list] as number)++;
  }
  words.distinct = SEEN.size;
  return words;
}

const QUESTION = 0x3f;
const CAPITAL_I = 0x49;

/** What `\w` matches. */
function isWordUnit(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    (code >= 0x61 && code <= 0x7a)
  );
}

function isEnding(code: number): boolean {
  return code === 0x2e || code === 0x21 || code === 0x29 || code === 0x22 || code === 0x3002;
}

/**
 * Writes STYLE_COUNT numbers at `offset` of `out`; leaves the last one, CONTINUED, 0. Logarithms and roots keep
 * long answers from dominating.
 */
export function styleOf(
  text: string,
  tokens: TokenList,
  prompt: PromptView,
  out: Float32Array,
  offset: number,
): void {
  const words = countWords(tokens, prompt);
  const marks = MARKS.read(tokens.units);
  const { codes, start, end } = tokens.units;
  const first = start < end ? (codes[start] as number) : 0;
  const last = start < end ? (codes[end - 1] as number) : 0;
  const size = text.length + 1;
  const values = [
    log(text.length),
    root(words.count),
    words.count === 0 ? 0 : words.letters / words.count,
    log(marks.lines),
    log(marks.blankLines),
    log(marks.bullets),
    log(marks.numbered),
    log(marks.headings),
    log(marks.stars / 2),
    log(marks.ticks),
    log(marks.questions),
    last === QUESTION ? 1 : 0,
    log(marks.bangs),
    (100 * marks.commas) / size,
    root((100 * marks.digits) / size),
    root((100 * marks.capitals) / size),
    words.count === 0 ? 0 : words.distinct / root(words.count),
    isEnding(last) ? 1 : 0,
    prompt.words.size === 0 ? 0 : words.fromPrompt / root(prompt.words.size),
    log(marks.brackets),
    words.count < 12 ? 1 : 0,
    text.includes('http') ? 1 : 0,
    log(marks.sentences),
    (end - start) / Math.max(1, marks.sentences) / 100,
    words.opener ? 1 : 0,
    words.fromQuestion / root(Math.max(1, prompt.question.size)),
    log(words.fromBefore),
    words.repeated / root(Math.max(1, words.count)),
    first === CAPITAL_I && !isWordUnit(codes[start + 1] as number) ? 1 : 0,
    marks.firstEnd === QUESTION ? 1 : 0,
    marks.lastSentence / 100,
    Math.min(text.length, 2000) / 500,
    first >= 0x61 && first <= 0x7a ? 1 : 0,
  ];
  out.set(values, offset);
  const { lists } = words;
  for (let list = 0; list < lists.length; list++)
    out[offset + values.length + list] = log(lists[list] as number);
  out[offset + CONTINUED_AT] = 0;
}
