// Pairs like one of an open file that are labelled the other way, with their places.
import { identify } from '#core/model/identity.ts';
import type { Pair } from '#core/model/pair.ts';
import { oppositionsTo } from '#core/reward/ensemble.ts';
import { oppositionWords } from '#core/reward/neighbours.ts';
import type { NeighboursView } from '#protocol/editor/views.ts';

import type { OpenDataset } from './dataset.ts';

/** As labels are now, by the embeddings of the last scoring; by each encoder that has any. */
export function neighboursOf(
  { ensemble, survey: { facts } }: OpenDataset,
  pair: Pair,
): readonly NeighboursView[] {
  if (!ensemble) return [];
  return oppositionsTo(identify(pair), ensemble, facts).map((opposition) => ({
    text: oppositionWords(opposition),
    places: opposition.pairs.map(({ number }) => {
      const record = facts.recordOf(number);
      return { record, pair: number - facts.pairsOf(record)[0] };
    }),
  }));
}
