import type { OpenDataset, ReadRecord } from './dataset.ts';

/** The pair of a record that a row or a hover shows: the one that speaks most against its label. */
export function worstPair(dataset: OpenDataset, { raw, pairs }: ReadRecord): number {
  const { facts } = dataset.survey;
  const [from] = facts.pairsOf(raw.record);
  let worst = 0;
  pairs.forEach((_, i) => {
    if (facts.margin(from + i) < facts.margin(from + worst) || facts.isTie(from + worst)) worst = i;
  });
  return worst;
}
