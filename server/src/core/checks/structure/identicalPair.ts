import { beyondText, isEmptyAnswer, isPlain } from '../../model/pair.ts';
import type { PairCheck } from '../check.ts';
import { answerPlace } from '../check.ts';

export const identicalPair: PairCheck = {
  id: 'identical-pair',
  severity: 'error',
  title: 'Chosen and rejected are the same',
  why: 'Equal answers express no preference: the loss is constant and the gradient is noise. White space at the ends does not count as a difference; calls, reasoning and pictures do.',
  example: '{"prompt": "2 + 2?", "chosen": "4", "rejected": "4"}',
  remedy: 'Find out what was lost when the file was created, then drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  checkPair: (pair) => {
    const { chosen, rejected, isTie } = pair;
    // Equal answers are fine in a tie.
    if (isTie || chosen.text.trim() !== rejected.text.trim() || isEmptyAnswer(chosen)) return [];
    if (beyondText(chosen) !== beyondText(rejected)) return [];
    const what = isPlain(chosen) ? 'the same text' : 'identical, including everything besides text';
    return [{ place: answerPlace(rejected), message: `Chosen and rejected are ${what}.` }];
  },
};
