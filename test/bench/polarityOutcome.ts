// How one file of the polarity test set is read.
import { readRecord } from '#core/mapping/read.ts';
import { recognise } from '#core/mapping/recognise.ts';

import type { Outcome, PolarityFile } from './polarityFiles.ts';
import { MARK } from './polarityFiles.ts';

/** `wrong` means confidently wrong: one pair of a sure file has its answers the wrong way round. */
export function outcomeOf({ records }: PolarityFile): Outcome {
  const recognition = recognise(records);
  if (!recognition) return 'not recognised';
  const { mapping } = recognition;
  if (mapping.isUnsure) return 'unsure';
  const pairs = records.flatMap((record) => {
    const read = readRecord(mapping, record);
    return 'problem' in read ? [] : read.pairs.filter(({ isTie }) => !isTie);
  });
  const isMarked = (text: string): boolean => text.includes(MARK);
  return pairs.some(({ chosen, rejected }) => isMarked(rejected.text) && !isMarked(chosen.text))
    ? 'wrong'
    : 'right';
}
