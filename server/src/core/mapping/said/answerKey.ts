// The right result that a record holds beside its answers.
import { remembered, wordsOf } from '../../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isObject } from '../../model/json.ts';
import type { Result } from './finalAnswer.ts';
import { finalAnswer, isSameResult, resultOf } from './finalAnswer.ts';

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words of fields with the right result. */
const RIGHT = wordSet('truth gold golden reference expected correct');

/** The same, beside one of these words alone: a key may be an id, a target a length. */
const PERHAPS_RIGHT = wordSet('key target final');
const ANSWERS = wordSet('answer result solution');

/** Whole names, where the schema does not read them. */
const WHOLE = wordSet('answer gt');

/** Such a field is about one of several answers. */
const OTHERS = wordSet('model is count score rate length id idx index rank number language');

/** True for a field that holds what is right. */
export const isKeyName = remembered((name) => {
  if (WHOLE.has(name.toLowerCase())) return true;
  const words = wordsOf(name);
  const has = (set: ReadonlySet<string>): boolean => words.some((word) => set.has(word));
  return !has(OTHERS) && (has(RIGHT) || (has(PERHAPS_RIGHT) && has(ANSWERS)));
});

/** Longer texts are solutions, which may end with a result. */
const LONGEST_RESULT = 200;

export interface AnswerKey {
  readonly path: Path;
  readonly result: Result;
}

function resultIn(value: Json | undefined): Result | undefined {
  if (typeof value === 'number') return resultOf(String(value));
  if (typeof value !== 'string') return undefined;
  const whole = value.length <= LONGEST_RESULT ? resultOf(value) : undefined;
  return whole ?? finalAnswer(value);
}

/** Fields that hold what is right, of the record or of its objects such as `reward_model`. */
export function keyFields(
  record: JsonObject,
  read: ReadonlySet<string>,
): readonly { readonly path: Path; readonly value: Json }[] {
  return Object.entries(record).flatMap(([name, value = null]) => {
    if (read.has(name)) return [];
    const inside = isObject(value)
      ? Object.entries(value).map(([own, more = null]) => ({ path: [name, own], value: more }))
      : [];
    return [{ path: [name], value }, ...inside].filter(({ path }) => isKeyName(path.at(-1) ?? ''));
  });
}

/**
 * The record's own result.
 * @param read names that the mapping reads: they are prompt, answers or label
 */
export function answerKey(record: JsonObject, read: ReadonlySet<string>): AnswerKey | undefined {
  for (const { path, value } of keyFields(record, read)) {
    const result = resultIn(value);
    if (result) return { path, result };
  }
  return undefined;
}

/** Whether a text ends with this result; undefined if one of them is no result. */
export function endsWith(text: string, { result }: AnswerKey): boolean | undefined {
  const own = finalAnswer(text);
  return own && isSameResult(own, result);
}
