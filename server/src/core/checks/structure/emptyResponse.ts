import { isEmptyAnswer } from '../../model/pair.ts';
import type { AnswerCheck } from '../check.ts';
import { responseLabel, sideValue } from '../check.ts';

export const emptyResponse: AnswerCheck = {
  id: 'empty-response',
  severity: 'error',
  title: 'A response is empty or only white space',
  why: 'An answer without text, calls or pictures teaches a reward model nothing but length, and several trainers silently drop the row.',
  example: '{"prompt": "Name a colour.", "chosen": "Blue.", "rejected": "  "}',
  remedy: 'Fill in the answer, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source: 'hiyouga/LLaMA-Factory#3364',
  checkAnswer: (answer) =>
    isEmptyAnswer(answer)
      ? [{ place: sideValue(answer), message: `${responseLabel(answer)} is empty.` }]
      : [],
};
