// Numbers that describe how an answer is written and how it relates to its prompt, not what it says.
import type { TokenList } from '../model/tokens.ts';
import { NumberSet } from './numberSet.ts';
import type { PromptView } from './prompt.ts';
import { OPENERS, WORD_LISTS } from './wordLists.ts';

/** Measured on the whole text, in this order. */
const TEXT_NAMES = [
  'length',
  'word count',
  'longer words',
  'lines',
  'paragraphs',
  'bullet points',
  'numbered steps',
  'headings',
  'bold text',
  'code',
  'questions',
  'ends with a question',
  'exclamation marks',
  'commas',
  'digits',
  'capitals',
  'varied vocabulary',
  'complete ending',
  'words of the prompt',
  'quotes and brackets',
  'very short answer',
  'links',
  'sentences',
  'sentence length',
  'opens with yes, no or well',
  'words of the question',
  'repeats an earlier turn',
  'repeats itself',
  'opens with "I"',
  'first sentence is a question',
  'last sentence length',
  'length up to 2,000',
  'opens in lower case',
] as const;

/** Set for a whole file, once all its conversations are known. */
const CONTINUED = 'the conversation continues from this answer elsewhere in the file';

/** Names of the style numbers in hovers. The order is the layout. */
export const STYLE_NAMES: readonly string[] = [...TEXT_NAMES, ...WORD_LISTS.map(([name]) => name), CONTINUED];
export const STYLE_COUNT = STYLE_NAMES.length;
export const CONTINUED_AT = STYLE_COUNT - 1;

const NO_LISTS: readonly number[] = [];

/** The numbers of the lists that hold a word, by its hash. */
const LISTS_OF = new Map<number, number[]>();
for (const [list, [, hashes]] of WORD_LISTS.entries())
  for (const hash of hashes) LISTS_OF.set(hash, [...(LISTS_OF.get(hash) ?? []), list]);

const BULLET = /^[ \t]*[-*•] /gm;
const NUMBERED = /^[ \t]*\d{1,2}[.)] /gm;
const HEADING = /^#{1,6} /gm;
const SENTENCE_END = /[.!?]+\s/;
const log = Math.log1p;
const root = Math.sqrt;

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

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

/** Emptied for each text: new sets would take a third of the time. */
const [SEEN, SEEN_PAIRS] = [new NumberSet(), new NumberSet()];

function countWords(text: string, tokens: TokenList, prompt: PromptView): Words {
  const { count, hashes, starts, ends } = tokens;
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
    if (end - start <= 1 && text.charCodeAt(start) < 0x30) continue;
    words.count++;
    words.letters += end - start;
    if (isNew && prompt.words.has(hash)) words.fromPrompt++;
    for (const list of LISTS_OF.get(hash) ?? NO_LISTS) (words.lists[list] as number)++;
  }
  words.distinct = SEEN.size;
  return words;
}

interface Marks {
  lines: number;
  blank: number;
  questions: number;
  bangs: number;
  commas: number;
  digits: number;
  capitals: number;
  brackets: number;
  ticks: number;
  stars: number;
}

function countMarks(text: string): Marks {
  const marks: Marks = {
    lines: 0,
    blank: 0,
    questions: 0,
    bangs: 0,
    commas: 0,
    digits: 0,
    capitals: 0,
    brackets: 0,
    ticks: 0,
    stars: 0,
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x61 && code <= 0x7a) continue;
    if (code === 0x0a) {
      marks.lines++;
      if (text.charCodeAt(i - 1) === 0x0a) marks.blank++;
    } else if (code === 0x3f) marks.questions++;
    else if (code === 0x21) marks.bangs++;
    else if (code === 0x2c) marks.commas++;
    else if (code >= 0x30 && code <= 0x39) marks.digits++;
    else if (code >= 0x41 && code <= 0x5a) marks.capitals++;
    else if (code === 0x22 || code === 0x28 || code === 0x5b || code === 0x201c) marks.brackets++;
    else if (code === 0x60) marks.ticks++;
    else if (code === 0x2a) marks.stars++;
  }
  return marks;
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
  const words = countWords(text, tokens, prompt);
  const marks = countMarks(text);
  const trimmed = text.trim();
  const last = trimmed.charCodeAt(trimmed.length - 1);
  const sentences = text.split(SENTENCE_END).filter((part) => part.trim() !== '');
  const size = text.length + 1;
  const questionAt = trimmed.search(/[.!?]/);
  const values = [
    log(text.length),
    root(words.count),
    words.count === 0 ? 0 : words.letters / words.count,
    log(marks.lines),
    log(marks.blank),
    log(countMatches(text, BULLET)),
    marks.digits > 0 ? log(countMatches(text, NUMBERED)) : 0,
    text.includes('#') ? log(countMatches(text, HEADING)) : 0,
    log(marks.stars / 2),
    log(marks.ticks),
    log(marks.questions),
    last === 0x3f ? 1 : 0,
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
    log(sentences.length),
    trimmed.length / Math.max(1, sentences.length) / 100,
    words.opener ? 1 : 0,
    words.fromQuestion / root(Math.max(1, prompt.question.size)),
    log(words.fromBefore),
    words.repeated / root(Math.max(1, words.count)),
    /^I\b/.test(trimmed) ? 1 : 0,
    questionAt >= 0 && trimmed.charCodeAt(questionAt) === 0x3f ? 1 : 0,
    (sentences.at(-1)?.length ?? 0) / 100,
    Math.min(text.length, 2000) / 500,
    /^[a-z]/.test(trimmed) ? 1 : 0,
    ...Array.from(words.lists, log),
    0,
  ];
  out.set(values, offset);
}
