// Pairs whose labels only an embedding can tell, as scorers read them.
import type { Member } from '#core/reward/ensemble.ts';
import { readWantedPairs } from '#node/engine.ts';
import type { NumberedPair, RatingSource } from '#node/scorers/rating.ts';

import { parityPairs } from '../models/parity.ts';
import { encode, recordsOf, survey } from './records.ts';

export function paritySource(count: number, seed: number): { source: RatingSource; flipped: boolean[] } {
  const pairs = parityPairs(count, seed);
  const lines = pairs.map(({ record }) => JSON.stringify(record)).join('\n');
  const { facts, recognition } = survey(`${lines}\n`);
  const records = recordsOf(encode(lines));
  return {
    source: { facts, pass: (wanted) => readWantedPairs(records, recognition!, facts, wanted) },
    flipped: pairs.map(({ isFlipped }) => isFlipped),
  };
}

export const marginsOf = (member: Member, { facts }: RatingSource): number[] =>
  Array.from(
    { length: facts.pairCount },
    (_, pair) => member.account(facts.identity(pair))?.margin ?? Number.NaN,
  );

export async function pairAt(source: RatingSource, number: number): Promise<NumberedPair> {
  for await (const pair of source.pass((one) => one === number)) return pair;
  throw new Error(`there is no pair ${number}`);
}
