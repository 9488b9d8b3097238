// Scorer input from a prompt, computed once for both answers.
import { TokenList } from '../model/tokens.ts';
import type { Units } from '../model/units.ts';
import { NumberSet } from './numberSet.ts';

const HUMAN = /human|user|prompter/i;

/** Extends a conversation's number by one turn. 53 bits, so that a million conversations don't collide. */
export function continueConversation(before: number, { codes, start, end }: Units): number {
  let high = (before / 0x200000) | 0;
  let low = (before % 0x200000) | 0;
  for (let at = start; at < end; at++) {
    const code = codes[at] as number;
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (low >>> 15);
  }
  return (high >>> 0) * 0x200000 + ((low ^ (low >>> 11)) & 0x1fffff);
}

/** What the scorer knows of a prompt. Reads the next one in place of the last one. */
export class PromptView {
  /** Words of more than three letters, from the whole prompt. */
  readonly words = new NumberSet();
  /** All words of the last turn that is not the assistant's. */
  readonly question = new NumberSet();
  /** Word pairs from earlier assistant turns. */
  readonly saidBefore = new NumberSet();
  /** For each assistant turn, the number of the conversation up to and including it. */
  answered: number[] = [];
  /** Number of the whole prompt as a conversation; 0 if it is empty. */
  end = 0;
  readonly #turn = new TokenList();

  /** Parses a prompt from `promptText`: turns of role NUL text, joined by U+0001. */
  read(prompt: string): this {
    this.words.clear();
    this.question.clear();
    this.saidBefore.clear();
    this.answered = [];
    this.end = 0;
    if (prompt !== '') for (const turn of prompt.split('\u0001')) this.#readTurn(turn);
    return this;
  }

  #readTurn(turn: string): void {
    const cut = turn.indexOf('\u0000');
    const { count, hashes, starts, ends, units } = this.#turn.read(turn.slice(cut + 1));
    this.end = continueConversation(this.end, units);
    for (let at = 0; at < count; at++)
      if ((ends[at] as number) - (starts[at] as number) > 3) this.words.add(hashes[at] as number);
    if (HUMAN.test(turn.slice(0, cut))) {
      this.question.clear();
      for (let at = 0; at < count; at++) this.question.add(hashes[at] as number);
      return;
    }
    this.answered.push(this.end);
    let before = 7;
    for (let at = 0; at < count; at++) {
      const hash = hashes[at] as number;
      this.saidBefore.add(Math.imul(before, 31) ^ hash);
      before = hash;
    }
  }
}
