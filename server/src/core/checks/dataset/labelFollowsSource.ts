import { MAX_TOLD } from '../../facts/told.ts';
import { plural } from '../../words/numbers.ts';
import type { DatasetCheck } from './datasetCheck.ts';

export const labelFollowsSource: DatasetCheck = {
  id: 'label-follows-source',
  needsPolarity: true,
  severity: 'information',
  title: 'Where an answer comes from nearly tells its label',
  why: 'If the chosen answers come from one model and the rejected ones from another, a reward model can learn to tell the models apart in place of good answers from bad ones. Such a field also explains every label, so a scorer that used it would find no wrong ones: PrefLens leaves it out where it tells more than 90 % of the labels.',
  example: '{"chosen": "Paris.", "rejected": "London.", "chosen_model": "large", "rejected_model": "small"}',
  remedy:
    'Add pairs in which both answers come from one model, and pairs in which the weaker model is better. Compare every result on this file with the baseline "the stronger model wins".',
  options: {
    share: {
      default: 0.75,
      schema: {
        type: 'number',
        minimum: 0.5,
        maximum: 1,
        description: 'Reports a field that tells more than this share of the labels by itself.',
      },
    },
    pairs: {
      default: 100,
      schema: {
        type: 'integer',
        minimum: 2,
        description:
          'Minimum number of pairs with answers from different sources; fewer say nothing about a dataset.',
      },
    },
  },
  source: 'Delta Learning; reward models that learn the style of a model in place of quality',
  checkDataset: ({ source }, options) => {
    if (!source || source.pairs < (options['pairs'] as number)) return undefined;
    if (source.told <= (options['share'] as number)) return undefined;
    const left =
      source.told > MAX_TOLD ? ' The built-in scorer leaves it out: it would hide wrong labels.' : '';
    return `"${source.field}" of an answer tells by itself whether it is the chosen one: for ${(100 * source.told).toFixed(0)} % of the answers in ${plural(source.pairs, 'pair')}.${left}`;
  },
};
