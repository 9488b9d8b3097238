import type { Json } from '../../model/json.ts';
import { isList } from '../../model/json.ts';
import type { Pair } from '../../model/pair.ts';
import { readSides } from '../answers.ts';
import { findField } from '../field.ts';
import type { Answers } from '../mapping.ts';
import { MAX_CANDIDATES } from './candidates.ts';
import type { Form } from './form.ts';
import { listNeed, NO_ANSWERS } from './form.ts';

type ListAnswers = Extract<Answers, { kind: 'lists' }>;

const isText = (item: Json): boolean => typeof item === 'string';

/** Candidates are numbered consecutively, good ones first. */
export const listsForm: Form<ListAnswers> = {
  fields: ({ chosen, rejected }) => [chosen, rejected],
  needs: ({ chosen, rejected }) =>
    [chosen, rejected].map((at) => listNeed(at, 1, isText, 'a list of strings')),
  read({ chosen, rejected }, { record, prompt }) {
    const [good, bad] = [findField(record, chosen), findField(record, rejected)];
    if (!good || !bad || !isList(good.value) || !isList(bad.value)) return NO_ANSWERS;
    const pairs: Pair[] = [];
    const [goods, bads] = [good.value, bad.value];
    goods.slice(0, MAX_CANDIDATES).forEach((better, i) => {
      bads.slice(0, MAX_CANDIDATES).forEach((worse, j) => {
        const sides = readSides(
          prompt,
          { path: [...good.path, i], value: better, as: 'text' },
          { path: [...bad.path, j], value: worse, as: 'text' },
        );
        pairs.push({ ...sides, isTie: false, candidates: [i, goods.length + j] });
      });
    });
    return { pairs, judgements: [] };
  },
  labelAt: ({ chosen }) => chosen,
  flip({ chosen, rejected }, record, target) {
    const [good, bad] = [findField(record, chosen), findField(record, rejected)];
    if (!target || !good || !bad || !isList(good.value)) return [];
    const [own, other] = target;
    return [[{ kind: 'swap', a: [...good.path, own], b: [...bad.path, other - good.value.length] }]];
  },
  tie: () => undefined,
  margin: () => undefined,
};
