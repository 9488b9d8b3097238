import type { JsonObject, Path } from '../../model/json.ts';
import { readSides, readWoven } from '../answers.ts';
import { waysOf } from '../echoes.ts';
import { findField, nameOf } from '../field.ts';
import type { Answers } from '../mapping.ts';
import { exchangeSides } from '../sides.ts';
import type { Form } from './form.ts';
import { fieldNeed, findShaped, NO_ANSWERS } from './form.ts';
import { findLabels, labelField, labelFields, labelKind } from './label.ts';

type ChoiceAnswers = Extract<Answers, { kind: 'choice' }>;

/** The record's fields with the mapping's labels. */
function labelPaths({ label, axes = {} }: ChoiceAnswers, record: JsonObject): readonly Path[] {
  return [label, ...Object.values(axes)].flatMap((one) => findLabels(one, record)).map(({ path }) => path);
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
    // A label may repeat an answer.
    ...labelKind(label)
      .needs(label)
      .filter(({ at }) => at !== first.at && at !== second.at),
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
  flip(answers, record) {
    const { first, second, label } = answers;
    const [a, b] = [findShaped(record, first), findShaped(record, second)];
    // A tie is its own opposite.
    if (!a || !b || labelKind(label).verdict(label, record) === 'tie') return [[]];
    const labels = labelPaths(answers, record);
    const changes = labelKind(label).flip(label, record) ?? [];
    // The names move with the answers, so a label by name would still name the same answer.
    const exchange = label.kind === 'named' ? [] : exchangeSides(record, a.path, b.path);
    return waysOf(record, [a, b], labels, [
      { kind: 'label', changes },
      // If the label's spelling would not come back after two flips, swap the answers instead.
      { kind: 'exchange', changes: exchange },
    ]);
  },
  tie: ({ label }, record) => labelKind(label).tie(label, record),
  margin: ({ label }, record, margin) => labelKind(label).margin?.(label, record, margin),
  strength: ({ label }, record) => labelKind(label).strength?.(label, record),
};
