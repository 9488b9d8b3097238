import type { DatasetCheck } from './datasetCheck.ts';
import { estimateText, shareText } from './labelEffects.ts';

export const lengthBias: DatasetCheck = {
  id: 'length-bias',
  needsPolarity: true,
  severity: 'information',
  title: 'Chosen answers are consistently longer or shorter',
  why: 'A reward model learns length first, because it is easy to see. If the chosen answers are much longer, it learns little else, and the policy writes longer and longer answers. Compare every result on this file with the baseline "the longer one wins".',
  example: 'Chosen answers average 900 characters, rejected ones 500: Cohen’s d 0.8, longer wins 74 %.',
  remedy:
    'Balance the pairs by length, add pairs whose shorter answer is better, or train with a length penalty.',
  options: {
    effect: {
      default: 0.3,
      schema: {
        type: 'number',
        minimum: 0,
        description:
          'Minimum Cohen’s d: 0.3 is minor, 0.8 is major. Reported only if the whole interval is beyond it.',
      },
    },
    pairs: {
      default: 100,
      schema: {
        type: 'integer',
        minimum: 2,
        description: 'Minimum number of pairs; fewer say nothing about a dataset.',
      },
    },
  },
  source:
    'Soup, datasets-lint (Cohen’s d of 0.3 and 0.8); allenai/reward-bench#267 (longer wins as a baseline)',
  checkDataset: ({ labels }, options) => {
    const { lengthEffect, longerWins, preferences, meanChosen, meanRejected } = labels;
    const min = options['effect'] as number;
    if (preferences < (options['pairs'] as number)) return undefined;
    if (lengthEffect.low <= min && lengthEffect.high >= -min) return undefined;
    const which = lengthEffect.value > 0 ? 'longer' : 'shorter';
    return `Chosen answers are ${which}: on average ${meanChosen.toFixed(0)} characters against ${meanRejected.toFixed(0)}, Cohen’s d ${estimateText(lengthEffect)}. "The longer one wins" is right for ${shareText(longerWins)} of the pairs.`;
  },
};
