import type { JsonObject } from '../../model/json.ts';
import { readSides } from '../answers.ts';
import { findField } from '../field.ts';
import type { Answers } from '../mapping.ts';
import { exchangeSides } from '../sides.ts';
import type { Form } from './form.ts';
import { fieldNeed, findShaped, NO_ANSWERS } from './form.ts';

type PairAnswers = Extract<Answers, { kind: 'pair' }>;

function isTie({ ties }: PairAnswers, record: JsonObject): boolean {
  return !!ties?.values.some((value) => value === findField(record, ties.at)?.value);
}

export const pairForm: Form<PairAnswers> = {
  fields: ({ chosen, rejected, ties, margin }) =>
    [chosen.at, rejected.at, ties?.at, margin].filter((at) => at !== undefined),
  needs: ({ chosen, rejected }) => [fieldNeed(chosen), fieldNeed(rejected)],
  read(answers, { record, prompt }) {
    const chosen = findShaped(record, answers.chosen);
    const rejected = findShaped(record, answers.rejected);
    if (!chosen || !rejected) return NO_ANSWERS;
    const sides = readSides(
      prompt,
      { ...chosen, as: answers.chosen.as },
      { ...rejected, as: answers.rejected.as },
    );
    return { pairs: [{ ...sides, isTie: isTie(answers, record), candidates: [0, 1] }], judgements: [] };
  },
  labelAt: ({ chosen }) => chosen.at,
  flip({ chosen, rejected }, record) {
    const [own, other] = [findShaped(record, chosen), findShaped(record, rejected)];
    const changes = own && other ? exchangeSides(record, own.path, other.path) : [];
    return changes.length > 0 ? [changes] : [];
  },
  tie({ ties }, record) {
    const field = ties && findField(record, ties.at);
    const value = ties?.values[0];
    return field && value !== undefined ? [{ kind: 'set', path: field.path, to: value }] : undefined;
  },
  margin({ margin = 'margin' }, _record, to) {
    return [{ kind: 'set', path: [margin], to }];
  },
};
