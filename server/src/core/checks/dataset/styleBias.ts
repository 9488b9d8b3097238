import type { DatasetCheck } from './datasetCheck.ts';
import { estimateText } from './portrait.ts';

export const styleBias: DatasetCheck = {
  id: 'style-bias',
  severity: 'information',
  title: 'The label goes with a style',
  why: 'Where answers with bullet points or bold text win throughout, whatever they say, a reward model learns layout. The odds are those of pairs in which one side alone has the style: 3 means that it is the chosen side three times as often as the rejected one.',
  example:
    'Of 400 pairs in which one answer alone has bold text, it is the chosen one in 300: odds ratio 3.0.',
  remedy: 'Balance the pairs by style, or strip the layout from both sides.',
  options: {
    odds: {
      default: 2,
      schema: {
        type: 'number',
        exclusiveMinimum: 1,
        description:
          'Odds ratio from which a style is reported, or below its inverse. The whole interval has to lie beyond it.',
      },
    },
    pairs: {
      default: 50,
      schema: { type: 'integer', minimum: 2, description: 'Pairs that have to differ in the style.' },
    },
  },
  source: 'PROFILE, Dissecting preferences (odds ratios of style); McNemar 1947 (paired odds)',
  checkDataset: ({ portrait }, options) => {
    const min = options['odds'] as number;
    const found = portrait.style.filter(
      ({ odds, chosenOnly, rejectedOnly }) =>
        chosenOnly + rejectedOnly >= (options['pairs'] as number) && (odds.low > min || odds.high < 1 / min),
    );
    if (found.length === 0) return undefined;
    const words = [...found]
      .sort((a, b) => Math.abs(Math.log(b.odds.value)) - Math.abs(Math.log(a.odds.value)))
      .map(
        ({ name, odds, chosenOnly, rejectedOnly }) =>
          `${name}, odds ratio ${estimateText(odds)} over ${chosenOnly + rejectedOnly} pairs`,
      );
    return `The label goes with style: ${words.join('; ')}.`;
  },
};
