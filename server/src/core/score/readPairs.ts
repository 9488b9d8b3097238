// The numbers of pairs from their texts alone, so that threads can make them side by side.
import type { Kinds } from '../mapping/kinds.ts';
import type { Origin } from '../mapping/sideFields.ts';
import { TokenList } from '../model/tokens.ts';
import { OneSided } from './oneSided.ts';
import { continueConversation, PromptView } from './prompt.ts';
import { STYLE_COUNT, styleOf } from './style.ts';

/** Scorer input for one pair. */
export interface PairText {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** A pair as the scorer takes it: its texts, and what else the record says. */
export interface PairInput extends PairText {
  readonly origins?: readonly Origin[];
  readonly kinds?: Kinds;
}

/** The numbers of some pairs in order. */
export interface PairNumbers {
  /** Features that only one side has, pair after pair: see `OneSided`. */
  readonly words: Int32Array<ArrayBuffer>;
  /** The end of each pair in `words`. */
  readonly ends: Int32Array<ArrayBuffer>;
  /** STYLE_COUNT differences for each pair, chosen − rejected. */
  readonly style: Float32Array<ArrayBuffer>;
  /** Two for each pair: the conversations that end with its chosen and with its rejected answer. 0 without a prompt. */
  readonly made: Float64Array<ArrayBuffer>;
  /** Conversations, up to and including an answer, that the prompts continue. */
  readonly answered: Float64Array<ArrayBuffer>;
}

/** Filled again by each pair. */
const [CHOSEN, REJECTED] = [new TokenList(), new TokenList()];
const PROMPT = new PromptView();
const ONE_SIDED = new OneSided();
const SIDES = new Float32Array(2 * STYLE_COUNT);

export function readPairs(pairs: readonly PairText[]): PairNumbers {
  const ends = new Int32Array(pairs.length);
  const style = new Float32Array(pairs.length * STYLE_COUNT);
  const made = new Float64Array(2 * pairs.length);
  const answered: number[] = [];
  const words: Int32Array[] = [];
  let end = 0;
  for (const [i, pair] of pairs.entries()) {
    const { count, words: own } = ONE_SIDED.read(CHOSEN.read(pair.chosen), REJECTED.read(pair.rejected));
    words.push(own.slice(0, count));
    ends[i] = end += count;
    const prompt = PROMPT.read(pair.prompt);
    answered.push(...prompt.answered);
    if (prompt.end !== 0) {
      made[2 * i] = continueConversation(prompt.end, CHOSEN.units);
      made[2 * i + 1] = continueConversation(prompt.end, REJECTED.units);
    }
    styleOf(pair.chosen, CHOSEN, prompt, SIDES, 0);
    styleOf(pair.rejected, REJECTED, prompt, SIDES, STYLE_COUNT);
    for (let k = 0; k < STYLE_COUNT; k++)
      style[i * STYLE_COUNT + k] = (SIDES[k] as number) - (SIDES[STYLE_COUNT + k] as number);
  }
  const joined = new Int32Array(end);
  let at = 0;
  for (const own of words) {
    joined.set(own, at);
    at += own.length;
  }
  return { words: joined, ends, style, made, answered: Float64Array.from(answered) };
}
