import { needsSignatures } from '#core/checks/relations/relations.ts';
import type { RelateTask } from '#node/rangeWork.ts';

import type { OpenDataset } from './dataset.ts';

/** A file that is larger is looked through for near duplicates once: an edit of a text is not worth minutes. */
const MAX_BYTES_AGAIN = 256 * 1024 * 1024;

/** Whether near duplicates have to be looked for: it takes a pass over all texts. */
function wantsTexts({ source, rules, needsNear, isRelated }: OpenDataset): boolean {
  if (!needsNear || !needsSignatures(rules)) return false;
  return !isRelated || !source.file || source.file.size <= MAX_BYTES_AGAIN;
}

/** What a thread needs to look for duplicates in a dataset; undefined where there are no pairs. */
export function relateTask(dataset: OpenDataset, name: string): RelateTask | undefined {
  const { survey, source, rules } = dataset;
  const { recognition } = survey;
  if (!recognition || survey.facts.recordCount === 0) return undefined;
  const { records, recordCount, pairs, pairCount } = survey.facts;
  return {
    name,
    path: source.file?.path,
    recognition,
    facts: { records, recordCount, pairs, pairCount },
    splits: survey.splits,
    text: wantsTexts(dataset) ? source.textForThread() : undefined,
    rules,
  };
}
