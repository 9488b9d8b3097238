// Marks, lines and sentences of a text, in one pass over its units.
import type { Units } from '../model/units.ts';
import { isBlank } from '../model/units.ts';

const NOTHING = 0;
const DIGIT = 1;
const CAPITAL = 2;
const COMMA = 3;
const BRACKET = 4;
const TICK = 5;
const STAR = 6;
const SENTENCE_END = 7;
const LINE_END = 8;

const TAB = 0x09;
const LF = 0x0a;
const SPACE = 0x20;
const BANG = 0x21;
const NUMBER_SIGN = 0x23;
const QUESTION = 0x3f;

/** What an ASCII character counts as. */
const CLASSES = new Uint8Array(128).fill(NOTHING);
CLASSES.fill(DIGIT, 0x30, 0x3a);
CLASSES.fill(CAPITAL, 0x41, 0x5b);
for (const [marks, kind] of [
  [',', COMMA],
  ['"([', BRACKET],
  ['`', TICK],
  ['*', STAR],
  ['.!?', SENTENCE_END],
  ['\n\r', LINE_END],
] as const)
  for (const mark of marks) CLASSES[mark.charCodeAt(0)] = kind;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const endsSentence = (code: number): boolean => code === 0x2e || code === BANG || code === QUESTION;

/** Counts of one text. Filled again by the next one. */
export class Marks {
  lines = 0;
  blankLines = 0;
  questions = 0;
  bangs = 0;
  commas = 0;
  digits = 0;
  capitals = 0;
  brackets = 0;
  ticks = 0;
  stars = 0;
  /** Lines that begin as list items and headings do. */
  bullets = 0;
  numbered = 0;
  headings = 0;
  /** Sentences that are not blank, and the length of the last one. */
  sentences = 0;
  lastSentence = 0;
  /** The first mark that ends a sentence; 0 if none does. */
  firstEnd = 0;

  read({ codes, length }: Units): this {
    Object.assign(this, NONE);
    this.#readLine(codes, 0);
    let sentence = 0;
    let marksEnd = 0;
    for (let at = 0; at < length; at++) {
      const code = codes[at] as number;
      if (code >= 0x80) {
        if (code === 0x201c) this.brackets++;
        else if (code === 0x2028 || code === 0x2029) this.#readLine(codes, at + 1);
        continue;
      }
      switch (CLASSES[code] as number) {
        case DIGIT:
          this.digits++;
          break;
        case CAPITAL:
          this.capitals++;
          break;
        case COMMA:
          this.commas++;
          break;
        case BRACKET:
          this.brackets++;
          break;
        case TICK:
          this.ticks++;
          break;
        case STAR:
          this.stars++;
          break;
        case LINE_END:
          if (code === LF) {
            this.lines++;
            if (at > 0 && codes[at - 1] === LF) this.blankLines++;
          }
          this.#readLine(codes, at + 1);
          break;
        case SENTENCE_END:
          if (code === QUESTION) this.questions++;
          else if (code === BANG) this.bangs++;
          if (this.firstEnd === 0) this.firstEnd = code;
          if (at < marksEnd) break;
          for (marksEnd = at + 1; endsSentence(codes[marksEnd] as number);) marksEnd++;
          if (marksEnd === length || !isBlank(codes[marksEnd] as number)) break;
          this.#endSentence(codes, sentence, at);
          sentence = marksEnd + 1;
          break;
        default:
      }
    }
    this.#endSentence(codes, sentence, length);
    return this;
  }

  #readLine(codes: Uint16Array, start: number): void {
    let at = start;
    let code = codes[at] as number;
    if (code === NUMBER_SIGN) {
      while (code === NUMBER_SIGN) code = codes[++at] as number;
      if (code === SPACE && at - start <= 6) this.headings++;
      return;
    }
    while (code === SPACE || code === TAB) code = codes[++at] as number;
    if (code === 0x2d || code === 0x2a || code === 0x2022) {
      if (codes[at + 1] === SPACE) this.bullets++;
      return;
    }
    if (!isDigit(code)) return;
    code = codes[++at] as number;
    if (isDigit(code)) code = codes[++at] as number;
    if ((code === 0x2e || code === 0x29) && codes[at + 1] === SPACE) this.numbered++;
  }

  #endSentence(codes: Uint16Array, from: number, to: number): void {
    let at = from;
    while (at < to && isBlank(codes[at] as number)) at++;
    if (at === to) return;
    this.sentences++;
    this.lastSentence = to - from;
  }
}

const NONE = Object.fromEntries(Object.entries(new Marks()));
