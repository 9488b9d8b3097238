import { plural } from '../../words/numbers.ts';
import type { DatasetCheck } from './datasetCheck.ts';
import { shareText } from './portrait.ts';

export const labelImbalance: DatasetCheck = {
  id: 'label-imbalance',
  severity: 'information',
  title: 'One label is much more frequent than the other',
  why: 'Where a label chooses between a first and a second answer, the first one should win about half of the time: else annotators or judges favour a position. In unpaired data a trainer weighs good and bad answers by their shares, and a lopsided file needs other weights.',
  example: 'The first answer is the chosen one in 71 % of 4,000 pairs.',
  remedy: 'Ask judges in both orders; set the weights of KTO from the shares.',
  options: {
    distance: {
      default: 0.1,
      schema: {
        type: 'number',
        minimum: 0,
        maximum: 0.5,
        description:
          'How far from one half the share of the first answer may lie. The whole interval has to lie beyond it.',
      },
    },
    unpaired: {
      default: 0.3,
      schema: {
        type: 'number',
        minimum: 0,
        maximum: 0.5,
        description: 'The same for the share of good answers in unpaired data.',
      },
    },
    pairs: {
      default: 100,
      schema: { type: 'integer', minimum: 2, description: 'Fewer say nothing of a dataset.' },
    },
  },
  source: 'Position bias of judges: both orders are asked; TRL, KTO weights',
  checkDataset: ({ portrait, hasLabel }, options) => {
    const { firstWins, preferences, good, judgements } = portrait;
    const min = options['pairs'] as number;
    const [distance, unpaired] = [options['distance'] as number, options['unpaired'] as number];
    const isOff = ({ low, high }: typeof good, max: number): boolean => low > 0.5 + max || high < 0.5 - max;
    if (hasLabel && preferences >= min && isOff(firstWins, distance))
      return `The answer that stands first is the chosen one in ${shareText(firstWins)} of ${plural(preferences, 'pair')}.`;
    if (judgements >= min && isOff(good, unpaired))
      return `${shareText(good)} of ${judgements} answers are called good.`;
    return undefined;
  },
};
