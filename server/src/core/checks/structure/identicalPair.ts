import { beyondText, isEmptyAnswer, isPlain } from '../../model/pair.ts';
import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

export const identicalPair: PairCheck = {
  id: 'identical-pair',
  severity: 'error',
  title: 'Chosen and rejected are the same',
  why: 'Equal answers carry no preference: the loss is a constant and the gradient is noise. White space at the ends is not counted as a difference; calls, reasoning and pictures are.',
  example: '{"prompt": "2 + 2?", "chosen": "4", "rejected": "4"}',
  remedy: 'Look for what was lost when the file was made, then drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  checkPair: (pair) => {
    const { chosen, rejected, isTie } = pair;
    // Two equal answers that are called equal are no fault.
    if (isTie || chosen.text.trim() !== rejected.text.trim() || isEmptyAnswer(chosen)) return [];
    if (beyondText(chosen) !== beyondText(rejected)) return [];
    const what = isPlain(chosen) ? 'the same text' : 'the same, with all that they hold';
    return [{ place: answerPlace(rejected), message: `Chosen and rejected are ${what}.` }];
  },
};
