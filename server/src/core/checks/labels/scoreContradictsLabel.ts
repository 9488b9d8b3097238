import { sideScores } from '../../mapping/sideScores.ts';
import type { RecordCheck } from '../check.ts';
import { isOwnLabel } from './ownLabel.ts';

export const scoreContradictsLabel: RecordCheck = {
  id: 'score-contradicts-label',
  needsPolarity: true,
  severity: 'warning',
  title: 'The record’s own scores contradict its label',
  why: 'The record has a score for each side, and the rejected answer has the better one. Either the label or the scores were swapped, or they measure different things.',
  example:
    '{"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "score_chosen": 2, "score_rejected": 9}',
  remedy: 'Read both answers; flip the pair or correct the scores.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  source: 'OpenBMB/UltraFeedback#8, #11',
  checkRecord: ({ pairs }, { record, mapping }) => {
    if (isOwnLabel(mapping)) return [];
    return pairs.flatMap((pair, i) => {
      const scores = pair.isTie ? undefined : sideScores(record, pair);
      if (!scores || scores.margin >= 0) return [];
      const { field, chosen, rejected } = scores;
      const message = `"${field}" is ${chosen} for the chosen answer but ${rejected} for the rejected one.`;
      return [{ place: { path: scores.path, part: 'value' as const }, message, pair: i }];
    });
  },
};
