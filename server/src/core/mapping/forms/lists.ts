import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList } from '../../model/json.ts';
import type { Pair, Turn } from '../../model/pair.ts';
import type { Answer } from '../answers.ts';
import { readSides } from '../answers.ts';
import { findField } from '../field.ts';
import type { Answers } from '../mapping.ts';
import { MAX_CANDIDATES } from './candidates.ts';
import { plainEnding } from './ending.ts';
import type { Form, Need } from './form.ts';
import { fieldNeed, listNeed } from './form.ts';

type ListAnswers = Extract<Answers, { kind: 'lists' }>;

const isTextAt =
  (text: string) =>
  (item: Json): boolean =>
    typeof findField(item, text)?.value === 'string';

/** The answers in a field: the items of a list, or the value itself. */
function answersIn(record: JsonObject, at: string, text: string): readonly Answer[] {
  const found = findField(record, at);
  if (!found) return [];
  const items: readonly (readonly [Json, Path])[] = isList(found.value)
    ? found.value.map((item, i) => [item, [...found.path, i]])
    : [[found.value, found.path]];
  return items.flatMap(([item, path]) => {
    const own = findField(item, text, path);
    return own && typeof own.value === 'string' ? [{ ...own, as: 'text' as const }] : [];
  });
}

interface GoodAnswers {
  readonly goods: readonly Answer[];
  /** Turns of the prompt that stand in the field of the answers. */
  readonly before: readonly Turn[];
}

function goodAnswers({ chosen, text = '', isEnding }: ListAnswers, record: JsonObject): GoodAnswers {
  if (!isEnding) return { goods: answersIn(record, chosen, text), before: [] };
  const found = findField(record, chosen);
  const ending = found && plainEnding(found);
  if (!ending) return { goods: [], before: [] };
  const before = ending.before.map(({ role, text: own, more }) => ({
    role,
    text: own,
    ...(more && { more }),
  }));
  return { goods: [{ path: ending.path, value: ending.value, as: 'text' }], before };
}

/** Candidates are numbered consecutively, good ones first. */
export const listsForm: Form<ListAnswers> = {
  fields: ({ chosen, rejected, text }) =>
    text === undefined ? [chosen, rejected] : [chosen, rejected, text],
  needs({ chosen, rejected, text = '', isEnding }) {
    const bads = listNeed(rejected, 1, isTextAt(text), 'a list of answers');
    if (isEnding) return [fieldNeed({ at: chosen, as: 'messages' }), bads];
    const fits = (value: Json): boolean =>
      isList(value) ? value.some(isTextAt(text)) : text !== '' && isTextAt(text)(value);
    const goods: Need = { at: chosen, expected: 'a list of answers', fits };
    return [goods, bads];
  },
  // Lists that begin with the same text are two conversations, turn by turn.
  fits({ chosen, rejected, isEnding }, record) {
    const [good, bad] = [findField(record, chosen)?.value, findField(record, rejected)?.value];
    return !!isEnding || !isList(good) || !isList(bad) || good[0] !== bad[0];
  },
  read(answers, { record, prompt }) {
    const { goods, before } = goodAnswers(answers, record);
    const bads = answersIn(record, answers.rejected, answers.text ?? '');
    const [first] = goods;
    if (!first) {
      const found = findField(record, answers.chosen);
      const expected = `"${answers.chosen}" to end in one answer of plain text`;
      return { problem: { kind: 'wrong-type', path: found?.path ?? [], expected } };
    }
    const asked = [...prompt, ...before];
    const pairs = goods.slice(0, MAX_CANDIDATES).flatMap((better, i) =>
      bads.slice(0, MAX_CANDIDATES).map((worse, j): Pair => {
        const sides = readSides(asked, better, worse);
        return { ...sides, isTie: false, candidates: [i, goods.length + j] };
      }),
    );
    return { pairs, judgements: [] };
  },
  labelAt: ({ chosen }) => chosen,
  flip(answers, record, target) {
    if (!target) return [];
    const { goods } = goodAnswers(answers, record);
    const [own, other] = [
      goods[target[0]],
      answersIn(record, answers.rejected, answers.text ?? '')[target[1] - goods.length],
    ];
    if (!own || !other) return [];
    // An answer in an object moves with everything in the object.
    const whole = (path: Path): Path => (answers.text === undefined ? path : path.slice(0, -1));
    return [[{ kind: 'swap', a: whole(own.path), b: whole(other.path) }]];
  },
  tie: () => undefined,
  margin: () => undefined,
};
