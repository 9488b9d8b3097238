import { isPlain } from '../../model/pair.ts';
import type { AnswerCheck } from '../check.ts';
import { answerRange, numberOption, responseLabel } from '../check.ts';
import { TICK } from '../view.ts';

/** An English sentence continues after these words. */
const OPEN_WORDS = new Set(
  'the a an of and or nor but with from into onto because although whereas if than which whose your my their our its is are was were be been being has have to for by as at very such including include'.split(
    ' ',
  ),
);

const ENDS = /[.!?。！？…]["'”’)\]*_]*(?=\s|$)/g;
/** Characters before the end in which to look for other sentences. */
const LOOKED_BACK = 1000;
/** Lines that need no full stop: lists, headings, tables, code, addresses, formulas, signatures. */
const FREE_START = /^\s*(?:[-*•+#>|\\$]|\d+[.)]|[a-zA-Z][.)]\s)/;
const FREE_END = /https?:|www\.|[{}=;\\$|@#]|["“][^"”]*["”] [-–—] /;
const LONGEST_WORD = 30;
const MIN_LINE = 40;
const MIN_SENTENCES = 3;

function sentenceEnds(text: string): number {
  return text.slice(-LOOKED_BACK).match(ENDS)?.length ?? 0;
}

function fenceCount(text: string): number {
  return text.match(/^[ \t]*```/gm)?.length ?? 0;
}

/** How the text appears cut off; undefined if it does not. */
function whyCut(text: string, hasTicks: boolean): string | undefined {
  if (hasTicks && !/[.!?)\]`]$/.test(text.slice(-1)) && fenceCount(text) % 2 === 1)
    return 'inside a code block';
  const last = text.charCodeAt(text.length - 1);
  if (last === 0xff0c || last === 0x3001) return 'with a comma';
  // Most answers end with punctuation and return here.
  if (last !== 0x2c && !/[\p{Ll}\p{Lo}]/u.test(text.charAt(text.length - 1))) return undefined;
  const start = text.lastIndexOf('\n') + 1;
  if (text.length - start < MIN_LINE) return undefined;
  if (
    FREE_START.test(text.slice(start, start + MIN_LINE)) ||
    FREE_END.test(text.slice(start).slice(-LOOKED_BACK))
  )
    return undefined;
  if (last === 0x2c) return 'with a comma';
  const word = /[\p{L}'’]+$/u.exec(text.slice(-LONGEST_WORD))?.[0].toLowerCase() ?? '';
  // If no other sentence ends with a full stop, its absence means nothing.
  const ends = sentenceEnds(text);
  if (ends === 0) return undefined;
  if (OPEN_WORDS.has(word)) return `with "${word}"`;
  // Only if the other sentences end properly.
  if (ends < MIN_SENTENCES) return undefined;
  return 'in the middle of its last sentence';
}

export const cutOffEnding: AnswerCheck = {
  id: 'cut-off-ending',
  severity: 'information',
  title: 'A response stops in the middle',
  why: 'An answer that stops in the middle of a sentence or code block was probably cut off by a length limit. Labels then prefer the side that was not cut off, and the model learns length.',
  example:
    '{"prompt": "Tell me about Rome.", "chosen": "Rome is old. It was a kingdom. It was a republic. Then Augustus, who had won the war, became the", "rejected": "Rome is a city."}',
  remedy: 'Generate the answer again with a larger limit, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  options: {
    characters: {
      default: 80,
      schema: {
        type: 'integer',
        minimum: 1,
        description: 'Minimum length of an answer, in characters. Shorter answers are often no sentences.',
      },
    },
  },
  precision: {
    right: 44,
    of: 50,
    on: '50 drawn from 419 findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets); right: the text breaks off. The rule was tuned on another draw of 50, of which 40 were right',
  },
  checkAnswer: (answer, context) => {
    if (answer.text.length < numberOption(context, 'characters')) return [];
    // A call or a picture may follow the text.
    if (!isPlain(answer)) return [];
    const text = answer.text.trimEnd();
    const why = whyCut(text, (answer.view.marks & TICK) !== 0);
    if (why === undefined) return [];
    return [
      {
        place: answerRange(answer, Math.max(0, text.length - 40), text.length),
        message: `${responseLabel(answer)} ends ${why}.`,
      },
    ];
  },
};
