import { namesRead } from '../../mapping/read.ts';
import { wordsOf } from '../../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isObject } from '../../model/json.ts';
import type { RecordCheck } from '../check.ts';
import type { Result } from './finalAnswer.ts';
import { finalAnswer, isSameResult, resultOf } from './finalAnswer.ts';

/** Words in the names of fields with the right result, beside "answer", "solution" and the like. */
const KEYS: ReadonlySet<string> = new Set(
  'truth gold golden reference expected correct target key'.split(' '),
);

/** Whole names, where the schema does not read them. */
const WHOLE: ReadonlySet<string> = new Set(['answer', 'final_answer', 'gt', 'gold']);

/** Such a field is about one of several answers. */
const OTHERS: ReadonlySet<string> = new Set('model is count score rate length'.split(' '));

function isKeyName(name: string): boolean {
  if (WHOLE.has(name.toLowerCase())) return true;
  const words = wordsOf(name);
  return words.some((word) => KEYS.has(word)) && !words.some((word) => OTHERS.has(word));
}

interface AnswerKey {
  readonly path: Path;
  readonly result: Result;
}

function resultIn(value: Json | undefined): Result | undefined {
  if (typeof value === 'number') return resultOf(String(value));
  if (typeof value !== 'string') return undefined;
  return resultOf(value) ?? finalAnswer(value)?.result;
}

/** The record's own result, in a field of its own or of an object such as `reward_model`. */
function answerKey(record: JsonObject, read: ReadonlySet<string>): AnswerKey | undefined {
  for (const [name, value] of Object.entries(record)) {
    if (read.has(name)) continue;
    const inside = isObject(value)
      ? Object.entries(value).map(([own, more]) => [[name, own], more] as const)
      : [];
    for (const [path, one] of [[[name], value] as const, ...inside]) {
      const result = isKeyName(path.at(-1) ?? '') ? resultIn(one) : undefined;
      if (result) return { path, result };
    }
  }
  return undefined;
}

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
      const [good, bad] = [finalAnswer(chosen.text), finalAnswer(rejected.text)];
      if (isTie || !good || !bad) return [];
      const isWrong =
        isSameResult(good.result, key.result) === false && isSameResult(bad.result, key.result) === true;
      if (!isWrong) return [];
      const message = `"${key.path.join('.')}" is ${shown(key.result)}, and so is the result of the rejected answer; that of the chosen one is ${shown(good.result)}.`;
      return [{ place: { path: key.path, part: 'value' as const }, message, pair: i }];
    });
  },
};
