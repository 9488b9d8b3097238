import { sideScores } from '../../mapping/sideScores.ts';
import type { RecordCheck } from '../check.ts';
import { isOwnLabel } from './ownLabel.ts';

export const tieAsPreference: RecordCheck = {
  id: 'tie-as-preference',
  severity: 'information',
  title: 'A preference between answers that have the same score',
  why: 'The record’s own scores are equal, yet one answer is labelled better. Such labels often come from the order of the answers. Training on equal pairs learns noise.',
  example: '{"prompt": "Hi", "chosen": "Hello!", "rejected": "Hi!", "score_chosen": 8, "score_rejected": 8}',
  remedy: 'Mark the pair as a tie, set its margin to 0, or drop it.',
  repairs: [
    { edit: 'tie', grade: 'review', title: 'Mark as a tie' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  checkRecord: ({ pairs }, { record, mapping }) => {
    if (isOwnLabel(mapping)) return [];
    return pairs.flatMap((pair, i) => {
      const scores = pair.isTie ? undefined : sideScores(record, pair);
      if (scores?.margin !== 0) return [];
      const message = `"${scores.field}" is ${scores.chosen} for both answers, but one is labelled better.`;
      return [{ place: { path: scores.path, part: 'value' as const }, message, pair: i }];
    });
  },
};
