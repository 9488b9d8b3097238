// Pairs as scorers get them.
import type { JsonObject } from '#core/model/json.ts';
import type { NumberedPair } from '#node/scorers/rating.ts';

export const pairOf = (
  number: number,
  chosen: string,
  rejected: string,
  value: JsonObject = {},
): NumberedPair => ({
  number,
  value,
  pair: {
    prompt: [{ role: 'user', text: `question ${number}` }],
    chosen: { text: chosen, path: [], textStart: 0, turns: [{ role: 'assistant', text: chosen }] },
    rejected: { text: rejected, path: [], textStart: 0, turns: [{ role: 'assistant', text: rejected }] },
    isTie: false,
    candidates: [0, 1],
  },
});
