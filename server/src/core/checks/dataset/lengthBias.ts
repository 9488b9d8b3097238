import type { DatasetCheck } from './datasetCheck.ts';
import { estimateText, shareText } from './portrait.ts';

export const lengthBias: DatasetCheck = {
  id: 'length-bias',
  severity: 'information',
  title: 'The chosen answers are longer, or shorter, throughout',
  why: 'A reward model finds length first, because it is easy to see. Where the chosen answers are longer by a large effect, it learns little else, and the policy writes longer and longer. The rule "the longer one wins" is the baseline that every figure of this file has to be read beside.',
  example:
    'Chosen answers of 900 characters in the mean, rejected ones of 500: Cohen’s d 0.8, longer wins 74 %.',
  remedy:
    'Balance the pairs by length, add pairs whose shorter answer is better, or train with a length penalty.',
  options: {
    effect: {
      default: 0.3,
      schema: {
        type: 'number',
        minimum: 0,
        description:
          'Cohen’s d from which it is reported: 0.3 is minor, 0.8 is major. The whole interval has to lie beyond it.',
      },
    },
    pairs: {
      default: 100,
      schema: { type: 'integer', minimum: 2, description: 'Fewer pairs say nothing of a dataset.' },
    },
  },
  source:
    'Soup, datasets-lint (Cohen’s d of 0.3 and 0.8); allenai/reward-bench#267 (longer wins as a baseline)',
  checkDataset: ({ portrait }, options) => {
    const { lengthEffect, longerWins, preferences, meanChosen, meanRejected } = portrait;
    const min = options['effect'] as number;
    if (preferences < (options['pairs'] as number)) return undefined;
    if (lengthEffect.low <= min && lengthEffect.high >= -min) return undefined;
    const which = lengthEffect.value > 0 ? 'longer' : 'shorter';
    return `Chosen answers are ${which}: ${meanChosen.toFixed(0)} characters in the mean against ${meanRejected.toFixed(0)}, Cohen’s d ${estimateText(lengthEffect)}. "The longer one wins" is right for ${shareText(longerWins)} of the pairs.`;
  },
};
