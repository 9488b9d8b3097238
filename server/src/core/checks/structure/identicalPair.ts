import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

export const identicalPair: PairCheck = {
  id: 'identical-pair',
  severity: 'error',
  title: 'Chosen and rejected are the same text',
  why: 'Equal answers carry no preference: the loss is a constant and the gradient is noise. White space at the ends is not counted as a difference.',
  example: '{"prompt": "2 + 2?", "chosen": "4", "rejected": "4"}',
  remedy: 'Drop the record.',
  repairs: [{ edit: 'drop', grade: 'safe', title: 'Drop this record' }],
  checkPair: (pair) => {
    const text = pair.chosen.text.trim();
    // Two equal answers that are called equal are no fault.
    if (pair.isTie || text === '' || text !== pair.rejected.text.trim()) return [];
    return [{ place: answerPlace(pair.rejected), message: 'Chosen and rejected are the same text.' }];
  },
};
