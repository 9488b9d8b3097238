import type { DatasetCheck } from './datasetCheck.ts';
import { estimateText } from './labelEffects.ts';

export const styleBias: DatasetCheck = {
  id: 'style-bias',
  needsPolarity: true,
  severity: 'information',
  title: 'The label correlates with style',
  why: 'If answers with bullet points or bold text usually win whatever they say, a reward model learns layout. The odds ratio counts the pairs in which only one side has the style: 3 means that this side is chosen three times as often as it is rejected.',
  example:
    'In 400 pairs only one answer has bold text, and in 300 of them it is the chosen one: odds ratio 3.0.',
  remedy: 'Balance the pairs by style, or strip the formatting from both sides.',
  options: {
    odds: {
      default: 2,
      schema: {
        type: 'number',
        exclusiveMinimum: 1,
        description:
          'Minimum odds ratio; its inverse also counts. Reported only if the whole interval is beyond it.',
      },
    },
    pairs: {
      default: 50,
      schema: {
        type: 'integer',
        minimum: 2,
        description: 'Minimum number of pairs in which only one side has the style.',
      },
    },
  },
  source: 'PROFILE, Dissecting preferences (odds ratios of style); McNemar 1947 (paired odds)',
  checkDataset: ({ labels }, options) => {
    const min = options['odds'] as number;
    const found = labels.style.filter(
      ({ odds, chosenOnly, rejectedOnly }) =>
        chosenOnly + rejectedOnly >= (options['pairs'] as number) && (odds.low > min || odds.high < 1 / min),
    );
    if (found.length === 0) return undefined;
    const styles = [...found]
      .sort((a, b) => Math.abs(Math.log(b.odds.value)) - Math.abs(Math.log(a.odds.value)))
      .map(
        ({ name, odds, chosenOnly, rejectedOnly }) =>
          `${name}, odds ratio ${estimateText(odds)} over ${chosenOnly + rejectedOnly} pairs`,
      );
    return `The label correlates with style: ${styles.join('; ')}.`;
  },
};
