// Scorer input from a prompt, computed once for both answers.
import { visitTokens } from '../model/tokens.ts';

export interface PromptView {
  /** Words of more than three letters, from the whole prompt. */
  readonly words: ReadonlySet<number>;
  /** All words of the last turn that is not the assistant's. */
  readonly question: ReadonlySet<number>;
  /** Word pairs from earlier assistant turns. */
  readonly saidBefore: ReadonlySet<number>;
  /** For each assistant turn, the number of the conversation up to and including it. */
  readonly answered: readonly number[];
  /** Number of the whole prompt as a conversation; 0 if it is empty. */
  readonly end: number;
}

const HUMAN = /human|user|prompter/i;

/** Extends a conversation's number by one turn. 53 bits, so that a million conversations don't collide. */
export function continueConversation(before: number, text: string): number {
  let high = (before / 0x200000) | 0;
  let low = (before % 0x200000) | 0;
  const trimmed = text.trim();
  for (let i = 0; i < trimmed.length; i++) {
    const code = trimmed.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (low >>> 15);
  }
  return (high >>> 0) * 0x200000 + ((low ^ (low >>> 11)) & 0x1fffff);
}

function bigrams(text: string, visit: (hash: number) => void): void {
  let before = 7;
  visitTokens(text, (hash) => {
    visit(Math.imul(before, 31) ^ hash);
    before = hash;
  });
}

/** Parses a prompt from `promptText`: turns of role NUL text, joined by U+0001. */
export function viewPrompt(prompt: string): PromptView {
  const words = new Set<number>();
  const saidBefore = new Set<number>();
  const answered: number[] = [];
  let question = new Set<number>();
  let end = 0;
  for (const turn of prompt === '' ? [] : prompt.split('\u0001')) {
    const cut = turn.indexOf('\u0000');
    const text = turn.slice(cut + 1);
    end = continueConversation(end, text);
    visitTokens(text, (hash, from, to) => {
      if (to - from > 3) words.add(hash);
    });
    if (HUMAN.test(turn.slice(0, cut))) {
      question = new Set();
      const own = question;
      visitTokens(text, (hash) => own.add(hash));
    } else {
      answered.push(end);
      bigrams(text, (hash) => saidBefore.add(hash));
    }
  }
  return { words, question, saidBefore, answered, end };
}
