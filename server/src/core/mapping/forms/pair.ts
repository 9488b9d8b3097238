import type { JsonObject } from '../../model/json.ts';
import { readEnding, readSides } from '../answers.ts';
import { waysOf } from '../echoes.ts';
import type { Found } from '../field.ts';
import { findField } from '../field.ts';
import type { Answers } from '../mapping.ts';
import { exchangeBeside, exchangeSides } from '../sides.ts';
import { exchangeEnding } from './ending.ts';
import type { Form, PathChange } from './form.ts';
import { fieldNeed, findShaped, NO_ANSWERS, presence } from './form.ts';
import { labelFields, labelKind } from './label.ts';

type PairAnswers = Extract<Answers, { kind: 'pair' }>;

function isTie({ ties }: PairAnswers, record: JsonObject): boolean {
  return !!ties?.values.some((value) => value === findField(record, ties.at)?.value);
}

/** What the two sides differ in if they have their texts in common. */
const MEDIA = ['images', 'videos', 'audios'];

/** Swaps the two answers and what belongs to them; empty if that is impossible. */
function exchange(
  { isEnding, mark, chosen, rejected }: PairAnswers,
  record: JsonObject,
  own: Found,
  other: Found,
): readonly PathChange[] {
  const isSame = chosen.at === rejected.at;
  if (!isEnding && !isSame) return exchangeSides(record, own.path, other.path, mark);
  const names = [own, other].map(({ path }) => String(path[0])) as [string, string];
  const beside = mark === undefined ? [] : exchangeBeside(record, [], names, ['', mark]);
  if (isSame) return beside ?? [];
  const ending = exchangeEnding(own, other);
  return ending && beside ? [ending, ...beside] : [];
}

export const pairForm: Form<PairAnswers> = {
  fields: ({ chosen, rejected, ties, margin, also = [] }) =>
    [chosen.at, rejected.at, ties?.at, margin, ...also.flatMap(labelFields)].filter((at) => at !== undefined),
  needs: ({ chosen, rejected, mark }) =>
    chosen.at === rejected.at
      ? [fieldNeed(chosen), presence(MEDIA.map((media) => `${mark ?? ''}_${media}`).join('|'))]
      : [fieldNeed(chosen), fieldNeed(rejected)],
  read(answers, { record, prompt }) {
    const chosen = findShaped(record, answers.chosen);
    const rejected = findShaped(record, answers.rejected);
    if (!chosen || !rejected) return NO_ANSWERS;
    const read = answers.isEnding ? readEnding : readSides;
    const sides = read(
      prompt,
      { ...chosen, as: answers.chosen.as },
      { ...rejected, as: answers.rejected.as },
    );
    return { pairs: [{ ...sides, isTie: isTie(answers, record), candidates: [0, 1] }], judgements: [] };
  },
  labelAt: ({ chosen }) => chosen.at,
  flip(answers, record) {
    const [own, other] = [findShaped(record, answers.chosen), findShaped(record, answers.rejected)];
    const swaps = own && other ? exchange(answers, record, own, other) : [];
    if (!own || !other || swaps.length === 0) return [];
    const others = (answers.also ?? []).flatMap((label) => labelKind(label).flip(label, record) ?? []);
    return waysOf(record, [own, other], [], [{ kind: 'pair', changes: [...swaps, ...others] }]);
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
