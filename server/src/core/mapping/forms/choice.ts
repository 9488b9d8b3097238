import type { JsonObject } from '../../model/json.ts';
import { readSides, readWoven } from '../answers.ts';
import { findField, nameOf } from '../field.ts';
import type { Answers } from '../mapping.ts';
import type { SideWords } from '../sides.ts';
import { differingWords, exchangeBeside, exchangeSides } from '../sides.ts';
import type { Form, PathChange } from './form.ts';
import { fieldNeed, findShaped, NO_ANSWERS } from './form.ts';
import { labelField, labelFields, labelKind } from './label.ts';

type ChoiceAnswers = Extract<Answers, { kind: 'choice' }>;

/** Other words for the sides, by the words of the answers: `model_a` may belong to `response_1`. */
const OTHER_WORDS: Readonly<Record<string, SideWords | undefined>> = {
  '1 2': ['a', 'b'],
  'a b': ['1', '2'],
};

function exchange(
  { first, second, label }: ChoiceAnswers,
  record: JsonObject,
): readonly PathChange[] | undefined {
  // The names move with the answers, so the label would still name the same answer.
  if (label.kind === 'named' && labelKind(label).verdict(label, record) !== 'tie') return undefined;
  const [a, b] = [findShaped(record, first), findShaped(record, second)];
  const changes = a && b ? exchangeSides(record, a.path, b.path) : [];
  if (!a || !b || changes.length === 0) return undefined;
  const names = [a, b].map(({ path }) => String(path[0])) as [string, string];
  const [own, other] = differingWords(...names) ?? [];
  const words = OTHER_WORDS[`${own} ${other}`];
  if (!words) return changes;
  const beside = exchangeBeside(record, [], names, words);
  return beside && [...changes, ...beside];
}

export const choiceForm: Form<ChoiceAnswers> = {
  fields: ({ first, second, label, axes = {} }) => [
    first.at,
    second.at,
    ...[label, ...Object.values(axes)].flatMap(labelFields),
  ],
  needs: ({ first, second, label }) => [
    fieldNeed(first),
    fieldNeed(second),
    ...labelKind(label).needs(label),
  ],
  // A label that repeats a name shows in no field by itself that it does.
  fits: ({ label }, record) =>
    label.kind !== 'named' || labelKind(label).verdict(label, record) !== undefined,
  read(answers, { record, prompt }) {
    const { first, second, label } = answers;
    const [a, b] = [findShaped(record, first), findShaped(record, second)];
    if (!a || !b) return NO_ANSWERS;
    const verdict = labelKind(label).verdict(label, record);
    if (verdict === undefined) {
      const at = labelField(label);
      const path = findField(record, at)?.path ?? [];
      return {
        problem: { kind: 'wrong-type', path, expected: `${nameOf(at)} to say which answer is better` },
      };
    }
    const answersOf = [
      { ...a, as: first.as },
      { ...b, as: second.as },
    ] as const;
    const candidates = verdict === 'second' ? ([1, 0] as const) : ([0, 1] as const);
    const read = answers.isWoven ? readWoven : readSides;
    const sides = read(prompt, answersOf[candidates[0]], answersOf[candidates[1]]);
    if (!sides) {
      const expected = `${nameOf(first.at)} and ${nameOf(second.at)} to hold one text for each prompt`;
      return { problem: { kind: 'wrong-type', path: a.path, expected } };
    }
    return { pairs: [{ ...sides, isTie: verdict === 'tie', candidates }], judgements: [] };
  },
  labelAt: ({ label }) => labelField(label),
  flip: (answers, record) =>
    // If the label's spelling would not come back after two flips, swap the answers instead.
    [labelKind(answers.label).flip(answers.label, record), exchange(answers, record)].filter(
      (changes) => changes !== undefined,
    ),
  tie: ({ label }, record) => labelKind(label).tie(label, record),
  margin: ({ label }, record, margin) => labelKind(label).margin?.(label, record, margin),
  strength: ({ label }, record) => labelKind(label).strength?.(label, record),
};
