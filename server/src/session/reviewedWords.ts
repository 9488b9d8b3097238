import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';

import type { OpenDataset } from './dataset.ts';

/** What reviewed pairs say of this one, as a line for hovers and pages; none while too few are reviewed. */
export function reviewedLines(dataset: OpenDataset, record: number, index: number): readonly string[] {
  const found = dataset.reviewedChance(record, index);
  if (!found) return [];
  const { chance, judged } = found;
  const percent = chance < 0.01 ? t('under 1 %') : t('{0} %', Math.round(100 * chance));
  return [
    t('Chance that the label is wrong: {0}, calibrated on {1}', percent, plural(judged, 'reviewed pair')),
  ];
}
