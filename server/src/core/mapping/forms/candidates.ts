import type { Json, JsonObject } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import type { Pair, Turn } from '../../model/pair.ts';
import type { Answer } from '../answers.ts';
import { readSides } from '../answers.ts';
import { partsOfCandidate } from '../context.ts';
import type { FieldRef } from '../field.ts';
import { findField, valueAt } from '../field.ts';
import type { Order } from '../mapping.ts';
import { hasShape } from '../shape.ts';
import type { CandidateAnswers } from './candidateSources.ts';
import { groupsOf } from './candidateSources.ts';
import type { Form, FormContext, Item, Need, PathChange } from './form.ts';
import { listNeed, presence } from './form.ts';
import { toNumber } from './label.ts';
import { exchangeLetters, letterOf, letterRanks, rankingOf } from './letters.ts';
import { besideItem, bestNamed, hasNamesOf, nameFor, valueItems } from './named.ts';
import { swapInLists, swapMarks } from './otherVerdicts.ts';
import { hasRankings, majority, rankingsIn } from './rankings.ts';

/** Further candidates of a prompt are not paired: the number of pairs grows with the square. */
export const MAX_CANDIDATES = 24;

/** Limit for the text of one record's pairs, in UTF-16 units: each answer is in many pairs. */
const MAX_PAIR_LENGTH = 32 * 1024 * 1024;

type OrderOf<K extends Order['kind']> = Extract<Order, { kind: K }>;

/** The number of the candidate that the record names as the best. */
function indexOf({ at, values, start = 0 }: OrderOf<'index'>, record: JsonObject): number | undefined {
  const value = findField(record, at)?.value;
  if (!values) {
    const number = toNumber(value);
    return number === undefined ? undefined : number - start;
  }
  return value === undefined ? undefined : values.indexOf(value);
}

/** The mean of an item's numbers; undefined if it has none. */
function meanOf(item: Json, refs: readonly FieldRef[]): number | undefined {
  const values = refs.flatMap((at) => toNumber(findField(item, at)?.value) ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The number of an item in a list beside the candidates. */
const listedNumber = ({ each }: OrderOf<'list'>, item: Json | undefined): number | undefined =>
  item === undefined ? undefined : each ? meanOf(item, each) : toNumber(item);

/**
 * Quality of a candidate, higher is better. Undefined if the record does not say.
 * @param named the candidate that the label names as the best, for an order by names
 */
function qualityOf(
  order: Order,
  record: JsonObject,
  item: Item,
  index: number,
  named: Item | undefined,
): number | undefined {
  if (order.kind === 'named') return named && (named === item ? 1 : 0);
  if (order.kind === 'index') return indexOf(order, record) === index ? 1 : 0;
  // The rankings compare two candidates at a time.
  if (order.kind === 'rankings') return 0;
  if (order.kind === 'letters') {
    const rank = letterRanks(record, order.at)?.ranks.get(letterOf(nameOfItem(item)));
    return rank === undefined ? undefined : -rank;
  }
  if (order.kind === 'words') {
    const word = findField(item.value, order.at)?.value;
    const place = word === undefined ? -1 : order.words.indexOf(word);
    return place < 0 ? undefined : -place;
  }
  const sign = order.best === 'high' ? 1 : -1;
  if (order.kind === 'list') {
    const held = findField(record, order.at)?.value;
    const value = listedNumber(order, besideItem(held, item, index)?.value);
    return value === undefined ? undefined : sign * value;
  }
  const mean = meanOf(item.value, order.at);
  return mean === undefined ? undefined : sign * mean;
}

interface Candidate {
  readonly number: number;
  readonly item: Item;
  readonly answer: Answer;
  readonly quality: number;
  readonly prompt: readonly Turn[];
}

/** All candidates with a text and a rank, by group. Numbers count every item of the record. */
function candidatesOf(answers: CandidateAnswers, context: FormContext): Candidate[][] {
  let number = 0;
  const { order } = answers;
  return groupsOf(answers, context).map(({ prompt, items }) => {
    const named = order.kind === 'named' ? bestNamed(order, context.record, items)?.best : undefined;
    return items.flatMap((item, index) => {
      const own = number++;
      const text = findField(item.value, answers.text.at, item.path);
      const quality = qualityOf(order, context.record, item, index, named);
      if (!text || !hasShape(text.value, answers.text.as) || quality === undefined) return [];
      const more = text.path.length > item.path.length ? partsOfCandidate(item.value) : undefined;
      return [
        {
          number: own,
          item,
          answer: { ...text, as: answers.text.as, ...(more && { more }) },
          quality,
          prompt,
        },
      ];
    });
  });
}

/** How much better the first candidate is: 0 for a tie, undefined if the record does not say. */
function advantage(order: Order, record: JsonObject, a: Candidate, b: Candidate): number | undefined {
  if (order.kind !== 'rankings') return a.quality - b.quality;
  return majority(rankingsIn(record, order), nameOfItem(a.item), nameOfItem(b.item));
}

/** The field of a candidate. */
function nameOfItem({ path }: Item): string {
  return String(path[0]);
}

/** True for a label that names only the best; the others are not ranked. */
const namesBest = ({ kind }: Order): boolean => kind === 'index' || kind === 'named';

function pairsOf(candidates: readonly Candidate[], order: Order, record: JsonObject): Pair[] {
  const pairs: Pair[] = [];
  const max = candidates.slice(0, MAX_CANDIDATES);
  let textLength = 0;
  for (const [i, a] of max.entries()) {
    for (const b of max.slice(i + 1)) {
      const better = advantage(order, record, a, b);
      const isTie = better === 0;
      if (better === undefined || (isTie && namesBest(order))) continue;
      const [chosen, rejected] = better < 0 ? [b, a] : [a, b];
      const sides = readSides(a.prompt, chosen.answer, rejected.answer);
      pairs.push({ ...sides, isTie, candidates: [chosen.number, rejected.number] });
      textLength += sides.chosen.text.length + sides.rejected.text.length;
      if (textLength > MAX_PAIR_LENGTH) return pairs;
    }
  }
  return pairs;
}

function itemAt(answers: CandidateAnswers, record: JsonObject, number: number): Item | undefined {
  return groupsOf(answers, { record, prompt: [] }).flatMap(({ items }) => items)[number];
}

function sourceNeeds({ from, text }: CandidateAnswers): readonly Need[] {
  const isCandidate = (item: Json): boolean => {
    const found = findField(item, text.at);
    return found !== undefined && hasShape(found.value, text.as);
  };
  switch (from.kind) {
    case 'list':
    case 'dialogue':
      return [listNeed(from.at, from.kind === 'list' ? 1 : 2, isCandidate, 'a list of answers')];
    case 'values':
      return [
        {
          at: from.at,
          expected: 'an object with several answers',
          fits(value) {
            const items = isObject(value) ? Object.values(value) : [];
            return items.length > 1 && items.every((item) => item !== undefined && isCandidate(item));
          },
        },
      ];
    case 'fields':
      return from.at.map((at) => ({ at, expected: 'an answer', fits: isCandidate }));
    case 'last-message':
      return [
        {
          at: from.at,
          expected: `messages of which the last has "${from.list}"`,
          fits(value) {
            const list = isList(value) ? valueAt(value.at(-1), [from.list]) : undefined;
            return isList(list) && list.length > 0 && list.every(isCandidate);
          },
        },
      ];
    case 'tree':
      return [
        {
          at: from.at,
          expected: 'a tree of messages',
          fits: (value) => isObject(value) && isList(value[from.children]),
        },
      ];
  }
}

function orderNeeds({ from, order }: CandidateAnswers): readonly Need[] {
  if (order.kind === 'rankings')
    return [{ at: order.at, expected: 'rankings of the answers', fits: hasRankings }];
  if (order.kind === 'letters')
    return [
      {
        at: order.at,
        expected: 'a ranking such as "A > B"',
        fits: (value) => rankingOf(value) !== undefined,
      },
    ];
  if (order.kind === 'named') {
    const fits = (value: Json): boolean => typeof value === 'string' || typeof value === 'number';
    return [{ at: order.at, expected: 'the best answer or its name', fits }];
  }
  if (order.kind === 'list' && from.kind === 'values')
    return [
      {
        at: order.at,
        expected: 'a number for each answer',
        fits: (value) =>
          isObject(value) && Object.values(value).every((item) => listedNumber(order, item) !== undefined),
      },
    ];
  if (order.kind === 'list')
    return [listNeed(order.at, 1, (item) => listedNumber(order, item) !== undefined, 'a list of numbers')];
  if (order.kind === 'index') {
    const { at, values } = order;
    if (order.start !== undefined)
      return [
        {
          at,
          expected: 'the number of an answer',
          fits: (value) => Number.isInteger(value) && (value as number) >= 0,
        },
      ];
    if (!values) return [presence(at)];
    const names = values.map((value) => JSON.stringify(value)).join(', ');
    return [{ at, expected: `one of ${names}`, fits: (value) => values.includes(value) }];
  }
  const rated = [order.at].flat();
  const first = rated[0] ?? '';
  const isRated = (item: Json): boolean =>
    rated.some((at) => {
      const found = findField(item, at);
      return found !== undefined && (order.kind !== 'words' || order.words.includes(found.value));
    });
  if (from.kind === 'list' || from.kind === 'dialogue')
    return [listNeed(from.at, 1, isRated, `answers with "${first}"`)];
  if (from.kind === 'values') {
    const fits = (value: Json): boolean =>
      isObject(value) && Object.values(value).some((item) => item !== undefined && isRated(item));
    return [{ at: from.at, expected: `answers with "${first}"`, fits }];
  }
  return from.kind === 'fields'
    ? from.at.slice(0, 1).map((at) => ({ at, expected: `an answer with "${first}"`, fits: isRated }))
    : [];
}

export const candidatesForm: Form<CandidateAnswers> = {
  fields: ({ from, text, order }) =>
    [from.at, from.kind === 'fields' ? (from.more ?? []) : [], text.at, order.at].flat(),
  needs: (answers) => [...sourceNeeds(answers), ...orderNeeds(answers)],
  fits(answers, record) {
    const { from, order } = answers;
    if (order.kind === 'named')
      return groupsOf(answers, { record, prompt: [] }).some(
        ({ items }) => items.length > 1 && bestNamed(order, record, items) !== undefined,
      );
    if (from.kind === 'values' && order.kind === 'list')
      return hasNamesOf(findField(record, order.at)?.value, valueItems(record, from.at));
    if (order.kind === 'index' && order.start !== undefined && from.kind === 'list') {
      const [list, number] = [from.at, order.at].map((at) => findField(record, at)?.value);
      return isList(list) && list.length > 1 && typeof number === 'number' && number <= list.length;
    }
    if (order.kind === 'letters' && from.kind === 'fields') {
      const ranked = letterRanks(record, order.at);
      const items = [...from.at, ...(from.more ?? [])].flatMap((at) => findField(record, at) ?? []);
      return (
        ranked?.ranks.size === items.length &&
        items.every((item) => ranked.ranks.has(letterOf(nameOfItem(item))))
      );
    }
    if (from.kind !== 'list' || order.kind !== 'list') return true;
    const [list, ranks] = [from.at, order.at].map((at) => findField(record, at)?.value);
    if (!isList(list) || !isList(ranks) || list.length !== ranks.length || list.length < 2) return false;
    const { same } = order;
    const nameAt = (item: Json | undefined): Json | undefined =>
      same === undefined ? undefined : findField(item ?? null, same)?.value;
    return list.every((item, i) => nameAt(item) === nameAt(ranks[i]));
  },
  read(answers, context) {
    const pairs = candidatesOf(answers, context).flatMap((group) =>
      pairsOf(group, answers.order, context.record),
    );
    return { pairs, judgements: [] };
  },
  labelAt: ({ from, order }) =>
    order.kind === 'number' || order.kind === 'words'
      ? from.kind === 'fields'
        ? (from.at[0] ?? '')
        : from.at
      : order.at,
  flip(answers, record, target) {
    if (!target) return [];
    const { order } = answers;
    if (order.kind === 'index') {
      const found = findField(record, order.at);
      const [a, b] = target.map((number) => itemAt(answers, record, number));
      const to = order.values?.[target[1]] ?? target[1] + (order.start ?? 0);
      // If a number's spelling would not come back after two flips, swap the two candidates instead.
      return [
        ...(found ? [[{ kind: 'set', path: found.path, to }] as const] : []),
        ...(a && b && !order.values ? [[{ kind: 'swap', a: a.path, b: b.path }] as const] : []),
      ];
    }
    if (order.kind === 'named') {
      const [chosen, rejected] = target.map((number) => itemAt(answers, record, number));
      const named = chosen && rejected && bestNamed(order, record, [chosen, rejected]);
      const to = rejected && nameFor(order, rejected);
      return named && to !== undefined ? [[{ kind: 'set', path: named.label.path, to }]] : [];
    }
    const swaps = exchangeRanks(answers, record, target);
    if (swaps.length === 0) return [];
    if (goesOnWith(answers, record, target))
      return {
        refused:
          'The conversation goes on with one of these two answers, so the record can’t say that the other was chosen. Drop the record, or edit it by hand.',
      };
    return [[...swaps, ...otherVerdicts(answers, record, target, swaps)]];
  },
  tie(answers, record, target) {
    const swaps = target && !namesBest(answers.order) ? exchangeRanks(answers, record, target) : [];
    const copies = swaps.flatMap((swap): PathChange[] =>
      // An order of names has no ties.
      swap.kind === 'swap' &&
      answers.order.kind !== 'letters' &&
      (answers.order.kind !== 'rankings' || toNumber(valueAt(record, swap.a)) !== undefined)
        ? [{ kind: 'copy', from: swap.a, to: swap.b }]
        : [],
    );
    return copies.length > 0 ? copies : undefined;
  },
  margin: () => undefined,
  strength(answers, record, target) {
    const all = candidatesOf(answers, { record, prompt: [] }).flat();
    const [chosen, rejected] = (target ?? []).map((number) => all.find((one) => one.number === number));
    const { kind } = answers.order;
    const isMeasured = kind === 'number' || kind === 'list' || kind === 'rankings';
    return chosen && rejected && isMeasured ? advantage(answers.order, record, chosen, rejected) : undefined;
  },
};

/** True if a dialogue continues after the turn of two answers, and one of them is the answer that it continues. */
function goesOnWith(answers: CandidateAnswers, record: JsonObject, target: readonly number[]): boolean {
  const { from } = answers;
  if (from.kind !== 'dialogue') return false;
  const groups = groupsOf(answers, { record, prompt: [] });
  const before = groups.slice(0, -1).flatMap(({ items }) => items);
  return target.some((number) => {
    const item = before[number];
    return item !== undefined && valueAt(item.value, [from.chosen]) === true;
  });
}

/** The changes of other fields that say which of two candidates is better. */
function otherVerdicts(
  answers: CandidateAnswers,
  record: JsonObject,
  [own, other]: readonly [number, number],
  ranks: readonly PathChange[],
): readonly PathChange[] {
  const { order } = answers;
  if (order.kind === 'list') {
    const list = findField(record, order.at);
    return list ? swapInLists(record, list.path, own, other) : [];
  }
  const [a, b] = [itemAt(answers, record, own), itemAt(answers, record, other)];
  return a && b ? swapMarks(record, a.path, b.path, ranks) : [];
}

/** Swaps fields of two items. */
function swapsOf(refs: readonly FieldRef[], a: Item, b: Item): PathChange[] {
  return refs.flatMap((at): PathChange[] => {
    const [from, to] = [findField(a.value, at, a.path), findField(b.value, at, b.path)];
    return from && to ? [{ kind: 'swap', a: from.path, b: to.path }] : [];
  });
}

/** Swaps the ranks of two candidates. Everything else stays with its text. */
function exchangeRanks(
  answers: CandidateAnswers,
  record: JsonObject,
  [own, other]: readonly [number, number],
): PathChange[] {
  const { order } = answers;
  if (order.kind === 'list') {
    const list = findField(record, order.at);
    const [from, to] = [own, other].map((at): Item | undefined => {
      const item = itemAt(answers, record, at);
      const beside = item && besideItem(list?.value, item, at);
      return list && beside && { path: [...list.path, ...beside.path], value: beside.value };
    });
    return from && to
      ? order.each
        ? swapsOf(order.each, from, to)
        : [{ kind: 'swap', a: from.path, b: to.path }]
      : [];
  }
  const [a, b] = [itemAt(answers, record, own), itemAt(answers, record, other)];
  if (a && b && order.kind === 'letters')
    return exchangeLetters(record, order.at, [nameOfItem(a), nameOfItem(b)]);
  if (a && b && order.kind === 'rankings') {
    const [first, second] = [nameOfItem(a), nameOfItem(b)];
    return rankingsIn(record, order).flatMap((ranking): PathChange[] => {
      const [from, to] = [ranking.get(first), ranking.get(second)];
      return from && to ? [{ kind: 'swap', a: from.path, b: to.path }] : [];
    });
  }
  if (!a || !b || order.kind === 'index' || order.kind === 'named') return [];
  return swapsOf([order.at].flat(), a, b);
}
