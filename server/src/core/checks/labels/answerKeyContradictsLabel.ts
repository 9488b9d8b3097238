import { namesRead } from '../../mapping/read.ts';
import { answerKey, endsWith } from '../../mapping/said/answerKey.ts';
import type { Result } from '../../mapping/said/finalAnswer.ts';
import { finalAnswer, isSameResult } from '../../mapping/said/finalAnswer.ts';
import type { RecordCheck } from '../check.ts';

const shown = ({ value }: Result): string => String(value);

export const answerKeyContradictsLabel: RecordCheck = {
  id: 'answer-key-contradicts-label',
  needsPolarity: true,
  severity: 'warning',
  title: 'Only the rejected answer ends with the record’s right result',
  why: 'The record holds the right result (`ground_truth`, `gold_answer`, `answer` and the like), the rejected answer ends with it, and the chosen one ends with another. A trainer learns the wrong result. Results are numbers and letters of choices, in `\\boxed{…}`, after `####`, or after “the answer is”; formulas are not compared, because equal ones may look different.',
  example:
    '{"prompt": "What is 6 times 7?", "chosen": "6 times 7 is 48.\\n#### 48", "rejected": "Seven sixes are 42. The answer is 42.", "ground_truth": "42"}',
  remedy: 'Check the result; flip the pair if it is right.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  source:
    'Final answers as in GSM8K (Cobbe et al., 2021) and MATH (Hendrycks et al., 2021); a verifier that fails chosen and passes rejected is the strongest evidence of a wrong label',
  precision: {
    right: 74,
    of: 74,
    on: '375 right and wrong solutions of GSM8K beside the dataset’s own. As they are: no finding. With every fifth label exchanged: 74 of these 75 and no other',
  },
  checkRecord: ({ pairs }, { record, mapping }) => {
    if (pairs.length === 0) return [];
    const key = answerKey(record, namesRead(mapping));
    if (!key) return [];
    return pairs.flatMap(({ chosen, rejected, isTie }, i) => {
      const own = finalAnswer(chosen.text);
      if (isTie || !own || isSameResult(own, key.result) !== false) return [];
      if (endsWith(rejected.text, key) !== true) return [];
      const message = `"${key.path.join('.')}" is ${shown(key.result)}, and so is the result of the rejected answer; that of the chosen one is ${shown(own)}.`;
      return [{ place: { path: key.path, part: 'value' as const }, message, pair: i }];
    });
  },
};
