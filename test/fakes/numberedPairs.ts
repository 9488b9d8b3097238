// Pairs as scorers get them.
import type { JsonObject } from '#core/model/json.ts';
import type { NumberedPair, PairScorer } from '#node/scorers/rating.ts';

import { never } from './files.ts';

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

/** Has a scorer rate these pairs as those of a file. */
export async function rateAll(scorer: PairScorer, pairs: readonly NumberedPair[]): Promise<void> {
  const source = {
    facts: { pairCount: pairs.length },
    async *pass() {
      yield* await Promise.resolve(pairs);
    },
  };
  await scorer.rate({
    source,
    seed: 1,
    signal: never,
    onProgress: () => undefined,
    onSome: () => undefined,
  } as never);
}
