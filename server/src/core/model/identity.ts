import type { Key } from '../hash.ts';
import { hashKey, joinKeys } from '../hash.ts';
import { canonical } from './canonical.ts';
import type { Pair, Side, Turn } from './pair.ts';
import { isPlain, promptText } from './pair.ts';

/** Keys of a pair that don't depend on its position. 64 bits each. */
export interface Identity {
  readonly promptKey: Key;
  /** Key of the prompt and the chosen answer. */
  readonly chosenKey: Key;
  readonly rejectedKey: Key;
}

/** Identities of pairs, by number. */
export interface PairIdentities {
  readonly pairCount: number;
  isTie(pair: number): boolean;
  identity(pair: number): Identity;
}

/** Separates text from everything else: a character that does not occur in real text. */
const BEYOND = '\u0002';

function turnSpelling({ role, text, more }: Turn): string {
  return `${role}\u0000${text}${more ? BEYOND + canonical(more) : ''}`;
}

/** One spelling of the whole prompt; if it is text only, just its text. */
export function promptSpelling({ prompt, context }: Pick<Pair, 'prompt' | 'context'>): string {
  if (!context && prompt.every(({ more }) => !more)) return promptText({ prompt });
  return prompt.map(turnSpelling).join('\u0001') + (context ? BEYOND + BEYOND + canonical(context) : '');
}

/** One spelling of the whole answer; if it is text only, just its text. */
export function answerSpelling(side: Side): string {
  if (isPlain(side)) return side.text;
  const turns = side.turns.map(turnSpelling).join('\u0001');
  return BEYOND + turns + (side.more ? BEYOND + BEYOND + canonical(side.more) : '');
}

/** @param known key of the prompt, if several pairs share it */
export function identify(pair: Pair, known?: Key): Identity {
  const promptKey = known ?? hashKey(promptSpelling(pair));
  return {
    promptKey,
    chosenKey: hashKey(answerSpelling(pair.chosen), promptKey),
    rejectedKey: hashKey(answerSpelling(pair.rejected), promptKey),
  };
}

/** Order-independent key of prompt and both answers: survives flips, moves and re-serialisation. */
export function pairKey({ chosenKey, rejectedKey }: Identity): Key {
  return joinKeys(chosenKey, rejectedKey);
}
