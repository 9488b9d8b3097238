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
            'The filter reads margins, findings or which answer is chosen, so figures about these may only repeat the filter. Calibration is left out.',
          ),
        ]
      : []),
    ...(hasSelfTest ? [t('The self-test is left out: it flipped labels of the whole file.')] : []),
    ...(ofWhole > 0
      ? [
          counted(
            ofWhole,
            '{0} finding about the whole file is left out.',
            '{0} findings about the whole file are left out.',
          ),
        ]
      : []),
    ...(unlisted > 0
      ? [
          counted(
            unlisted,
            '{0} finding is left out because it is counted without its row.',
            '{0} findings are left out because they are counted without their rows.',
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
