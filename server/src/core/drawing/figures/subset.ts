// What a portrait of some pairs is of, and what it can't say.
import type { Portrait, Subset } from '../../portrait/portrait.ts';
import { counted, plural } from '../../words/numbers.ts';
import { t } from '../../words/translate.ts';
import type { Figure } from '../figure.ts';
import { count, isKnown } from '../words.ts';

/** Figures and findings that are missing, each with its reason. */
function leftOut({ byOutcome, hasSelfTest, ofWhole, unlisted }: Subset): readonly string[] {
  return [
    ...(byOutcome
      ? [
          t(
            'The filter reads which answer is chosen, margins or findings. So what the figures say of these may only be what the filter asks for, and there is no figure of calibration.',
          ),
        ]
      : []),
    ...(hasSelfTest
      ? [t('There is no figure of the self-test: its labels were flipped in the whole file.')]
      : []),
    ...(ofWhole > 0
      ? [
          counted(
            ofWhole,
            '{0} finding is about the whole file, not about a row.',
            '{0} findings are about the whole file, not about a row.',
          ),
        ]
      : []),
    ...(unlisted > 0
      ? [
          counted(
            unlisted,
            '{0} finding of the file is only counted: nobody knows its row.',
            '{0} findings of the file are only counted: nobody knows their rows.',
          ),
        ]
      : []),
  ];
}

/** Too few for most of what is said of labels. */
const FEW = 30;

export function subsetWords({ subset, counts, labels }: Portrait): Figure | undefined {
  if (!subset) return undefined;
  const ofRecords = t('{0} of {1}', count(counts.records), plural(subset.records, 'record'));
  const isSmall = isKnown(labels.longerWins) && labels.preferences < FEW;
  return {
    id: 'subset',
    title: t('The rows that the filter keeps'),
    caption: [
      subset.pairs === 0
        ? `${ofRecords}.`
        : t('{0} of {1}, in {2}.', count(counts.pairs), plural(subset.pairs, 'pair'), ofRecords),
      ...(isSmall ? [t('So few pairs say little: look at the intervals.')] : []),
      ...leftOut(subset),
    ].join(' '),
  };
}
