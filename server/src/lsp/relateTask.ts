import type { RelateTask } from '#node/rangeWork.ts';

import type { OpenDataset } from './dataset.ts';
import { DiskSource } from './diskSource.ts';

/** What a thread needs to look for duplicates in a dataset; undefined where there are no pairs. */
export function relateTask(dataset: OpenDataset, name: string): RelateTask | undefined {
  const { survey, source, rules } = dataset;
  const { recognition } = survey;
  if (!recognition || survey.facts.recordCount === 0) return undefined;
  const { records, recordCount, pairs, pairCount } = survey.facts;
  return {
    name,
    path: source instanceof DiskSource ? source.file.path : undefined,
    recognition,
    facts: { records, recordCount, pairs, pairCount },
    text: source.textForThread(),
    rules,
  };
}
