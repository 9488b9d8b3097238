import type { PairCheck } from './check.ts';
import { answerPlace } from './check.ts';

export const identicalPair: PairCheck = {
  id: 'identical-pair',
  severity: 'error',
  title: 'Chosen and rejected are the same text',
  help: 'Equal answers carry no preference: the loss is a constant and the gradient is noise. White space at the ends is not counted as a difference. Drop the record.',
  check: (pair) => {
    const text = pair.chosen.text.trim();
    // Two equal answers that are called equal are no fault.
    if (pair.isTie || text === '' || text !== pair.rejected.text.trim()) return [];
    return [{ place: answerPlace(pair.rejected), message: 'Chosen and rejected are the same text.' }];
  },
};
