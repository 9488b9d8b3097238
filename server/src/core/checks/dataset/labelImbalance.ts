import { plural } from '../../words/numbers.ts';
import type { DatasetCheck } from './datasetCheck.ts';
import { shareText } from './labelEffects.ts';

export const labelImbalance: DatasetCheck = {
  id: 'label-imbalance',
  needsPolarity: true,
  severity: 'information',
  title: 'One label is much more frequent than the other',
  why: 'If a label chooses between a first and a second answer, the first should win about half of the time; if not, annotators or judges favour a position. In unpaired data, a trainer weighs good and bad answers by their shares, so an imbalanced file needs different weights.',
  example: 'The first answer is the chosen one in 71 % of 4,000 pairs.',
  remedy: 'Run judges in both orders; set the KTO weights from the shares.',
  options: {
    distance: {
      default: 0.1,
      schema: {
        type: 'number',
        minimum: 0,
        maximum: 0.5,
        description:
          'Allowed distance of the first answer’s share from one half. Reported only if the whole interval is beyond it.',
      },
    },
    unpaired: {
      default: 0.3,
      schema: {
        type: 'number',
        minimum: 0,
        maximum: 0.5,
        description: 'Allowed distance of the share of good answers from one half, in unpaired data.',
      },
    },
    pairs: {
      default: 100,
      schema: {
        type: 'integer',
        minimum: 2,
        description: 'Minimum number of labels; fewer say nothing about a dataset.',
      },
    },
  },
  source: 'Position bias of judges (the usual remedy is to run both orders); TRL, KTO weights',
  checkDataset: ({ labels, hasLabel }, options) => {
    const { firstWins, preferences, good, judgements } = labels;
    const min = options['pairs'] as number;
    const [distance, unpaired] = [options['distance'] as number, options['unpaired'] as number];
    const isOff = ({ low, high }: typeof good, max: number): boolean => low > 0.5 + max || high < 0.5 - max;
    if (hasLabel && preferences >= min && isOff(firstWins, distance))
      return `The first answer is the chosen one in ${shareText(firstWins)} of ${plural(preferences, 'pair')}.`;
    if (judgements >= min && isOff(good, unpaired))
      return `${shareText(good)} of ${judgements} answers are labelled good.`;
    return undefined;
  },
};
