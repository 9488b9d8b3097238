import type { Key } from '../hash.ts';
import { hashKey, joinKeys } from '../hash.ts';
import { canonical } from './canonical.ts';
import type { Pair, Side, Turn } from './pair.ts';
import { isPlain, promptText } from './pair.ts';

/** What a pair is known by, wherever it stands. 64 bits each. */
export interface Identity {
  readonly promptKey: Key;
  /** Of the prompt and one response. */
  readonly chosenKey: Key;
  readonly rejectedKey: Key;
}

/** Opens what stands beside words: a character that no text of people holds. */
const BEYOND = '\u0002';

function turnSpelling({ role, text, more }: Turn): string {
  return `${role}\u0000${text}${more ? BEYOND + canonical(more) : ''}`;
}

/** All that the prompt is, in one spelling; that of its words alone where there is nothing else. */
export function promptSpelling({ prompt, context }: Pick<Pair, 'prompt' | 'context'>): string {
  if (!context && prompt.every(({ more }) => !more)) return promptText({ prompt });
  return prompt.map(turnSpelling).join('\u0001') + (context ? BEYOND + BEYOND + canonical(context) : '');
}

/** All that an answer is, in one spelling; that of its words alone where there is nothing else. */
export function answerSpelling(side: Side): string {
  if (isPlain(side)) return side.text;
  const turns = side.turns.map(turnSpelling).join('\u0001');
  return BEYOND + turns + (side.more ? BEYOND + BEYOND + canonical(side.more) : '');
}

/** @param known the key of the prompt, where several pairs share one */
export function identify(pair: Pair, known?: Key): Identity {
  const promptKey = known ?? hashKey(promptSpelling(pair));
  return {
    promptKey,
    chosenKey: hashKey(answerSpelling(pair.chosen), promptKey),
    rejectedKey: hashKey(answerSpelling(pair.rejected), promptKey),
  };
}

/** Of the prompt and both responses without order: stays when the pair is flipped, moved or re-serialised. */
export function pairKey({ chosenKey, rejectedKey }: Identity): Key {
  return joinKeys(chosenKey, rejectedKey);
}
