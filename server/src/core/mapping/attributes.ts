// What a record says of both answers by attribute: ratings such as helpfulness and honesty, the heads of a reward model,
// the scores of several judges.
import { remembered, wordsOf } from '../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { forkOf, valueAt } from './field.ts';
import { toNumber } from './forms/label.ts';
import { hasNameBeside, sideFields } from './sideFields.ts';

/** One attribute of both answers. */
export interface Rating {
  /** Without the side and the object that holds it: "helpfulness", "rewards.3". */
  readonly name: string;
  /** Which end of its scale is better; undefined for a property that is neither good nor bad, such as verbosity. */
  readonly best: 'high' | 'low' | undefined;
  readonly chosen: number;
  readonly rejected: number;
  /** Of the chosen answer's value. */
  readonly path: Path;
}

/** Names of one attribute, or of a score over all of them. */
const RATED =
  /reward|score|rating|grade|rank|elo\b|quality|overall|helpful|honest|truth|harm|correct|coheren|accura|relevan|fluen|clarity|creativ|complete|factual|faithful|follow|safe|toxic|complexity|verbos|informative|engaging|concis|consisten|grounded|useful|depth|ethic|acceptab|preference/i;

/** Objects and lists that hold ratings by attribute. */
const HOLDER =
  /annotations?$|ratings?$|scores?$|rewards?$|attributes?$|aspects?$|criteria$|evaluations?$|heads?$|dimensions?$/i;

/** The rating itself, beside its reasons: {"Rating": "4", "Rationale": "…"}. */
const VALUE = ['Rating', 'rating', 'score', 'Score', 'value'] as const;

/** Numbers that rate nothing. */
const UNRATED = new Set(
  'id idx index count num number n time seed token tokens length len size year version max min total scale weight'.split(
    ' ',
  ),
);

const LOWER_IS_BETTER =
  /rank|toxic|harm(?!less)|unsafe|insult|threat|obscen|hallucinat|error|violation|incorrect|irrelevan/i;
const NEITHER_IS_BETTER = /complexity|verbos|depth|creativ/i;

/** Objects in objects are not followed further. */
const MAX_DEPTH = 3;

/** The heads of the largest reward models are fewer. */
const MAX_HEADS = 64;

const isUnrated = remembered((name) => wordsOf(name).some((word) => UNRATED.has(word)));
const isRated = remembered((name) => RATED.test(name) && !isUnrated(name));

function bestOf(name: string): Rating['best'] {
  if (NEITHER_IS_BETTER.test(name)) return undefined;
  return LOWER_IS_BETTER.test(name) ? 'low' : 'high';
}

/** Values of the two answers, found at the same place of both. */
interface Both {
  /** Names below the one that holds them. */
  readonly name: string;
  readonly path: Path;
  readonly chosen: Json | undefined;
  readonly rejected: Json | undefined;
}

/** A number, or yes and no as 1 and 0. */
function rate(value: Json | undefined): number | undefined {
  if (typeof value === 'string' && /^(?:yes|no)$/i.test(value)) return value.length === 3 ? 1 : 0;
  return toNumber(value);
}

const isNumbers = (list: readonly Json[]): list is readonly number[] =>
  list.every((item) => typeof item === 'number');

/** @param holder name of the object or list that says that its numbers are ratings; undefined outside of one */
function* ratingsIn(both: Both, holder: string | undefined, depth = 0): Generator<Rating> {
  const { name, path, chosen, rejected } = both;
  const isNamed = holder !== undefined || isRated(name);
  const [a, b] = isNamed ? [rate(chosen), rate(rejected)] : [];
  if (a !== undefined && b !== undefined) {
    if (!isUnrated(name)) yield { name, best: bestOf(name), chosen: a, rejected: b, path };
    return;
  }
  const isHolder = holder !== undefined || HOLDER.test(name);
  if (isList(chosen) && isList(rejected)) {
    const isHeads = isHolder && chosen.length > 1 && chosen.length <= MAX_HEADS;
    if (!isHeads || chosen.length !== rejected.length || !isNumbers(chosen) || !isNumbers(rejected)) return;
    for (const [i, own] of chosen.entries())
      yield {
        name: `${name}.${i}`,
        best: bestOf(name),
        chosen: own,
        rejected: rejected[i] ?? own,
        path: [...path, i],
      };
    return;
  }
  if (!isObject(chosen) || !isObject(rejected) || depth === MAX_DEPTH || !(isHolder || isRated(name))) return;
  const value = VALUE.find((key) => Object.hasOwn(chosen, key) && Object.hasOwn(rejected, key));
  const keys = value === undefined ? Object.keys(chosen) : [value];
  for (const key of keys) {
    // "helpfulness" of "annotations.helpfulness.Rating".
    const below = value !== undefined ? name : holder === undefined ? key : `${name}.${key}`;
    const inner: Both = { name: below, path: [...path, key], chosen: chosen[key], rejected: rejected[key] };
    // A text beside the ratings is none, even if it is a number.
    if (value === undefined && typeof inner.chosen === 'string' && !isRated(key)) continue;
    yield* ratingsIn(inner, name, depth + 1);
  }
}

/** The items of lists that stand beside a list of answers, and of lists in an object there. */
function* besideList(
  parent: JsonObject,
  base: Path,
  {
    own,
    length,
    of,
  }: { readonly own: string; readonly length: number; readonly of: readonly [number, number] },
): Generator<Both> {
  const [first, second] = of;
  const itemsOf = (name: string, value: Json | undefined, path: Path): Both[] =>
    isList(value) && value.length === length
      ? [{ name, path: [...path, first], chosen: value[first], rejected: value[second] }]
      : [];
  for (const [name, value] of Object.entries(parent)) {
    if (name === own) continue;
    yield* itemsOf(name, value, [...base, name]);
    if (isObject(value) && HOLDER.test(name))
      for (const [key, list] of Object.entries(value)) yield* itemsOf(key, list, [...base, name, key]);
  }
}

/** Of lists of good and of bad answers, the item of one answer in a list beside them. */
function itemOf(
  value: Json | undefined,
  answers: Json | undefined,
  step: string | number | undefined,
): Json | undefined {
  const isOne =
    isList(value) && isList(answers) && typeof step === 'number' && typeof answers[step] === 'string';
  return isOne && value.length === answers.length ? value[step] : value;
}

function* bothOf(record: JsonObject, { chosen, rejected }: Pair): Generator<Both> {
  const fork = forkOf(chosen.path, rejected.path);
  const [from, to] = [chosen.path[fork], rejected.path[fork]];
  const [own, other] = [chosen.path, rejected.path].map((path) => valueAt(record, path.slice(0, fork + 1)));
  for (const { title, path, chosen: a, rejected: b } of sideFields(record, chosen.path, rejected.path))
    yield {
      name: title,
      path,
      chosen: itemOf(a, own, chosen.path[fork + 1]),
      rejected: itemOf(b, other, rejected.path[fork + 1]),
    };
  const list = chosen.path[fork - 1];
  if (typeof from !== 'number' || typeof to !== 'number' || typeof list !== 'string') return;
  const base = chosen.path.slice(0, fork - 1);
  const [parent, answers] = [valueAt(record, base), valueAt(record, chosen.path.slice(0, fork))];
  if (isObject(parent) && isList(answers))
    yield* besideList(parent, base, { own: list, length: answers.length, of: [from, to] });
}

const mayRate = remembered((name) => RATED.test(name) || HOLDER.test(name));

/** The ratings that a record has for both answers of a pair, each name once. Empty for most records. */
export function ratingsOf(record: JsonObject, pair: Pair): readonly Rating[] {
  if (!hasNameBeside(record, pair, mayRate)) return [];
  const byName = new Map<string, Rating>();
  for (const both of bothOf(record, pair))
    for (const rating of ratingsIn(both, undefined)) {
      const holder = String(
        rating.path.findLast((step, i, path) => i < path.length - 1 && typeof step === 'string'),
      );
      const name = byName.has(rating.name) ? `${holder}.${rating.name}` : rating.name;
      if (!byName.has(name)) byName.set(name, name === rating.name ? rating : { ...rating, name });
    }
  return [...byName.values()];
}

/** A rating without its place. */
export type Rated = Omit<Rating, 'path'>;

/** How much better the chosen answer is by an attribute; undefined if neither end of its scale is better. */
export function advantageBy({ best, chosen, rejected }: Rated): number | undefined {
  return best === undefined ? undefined : best === 'high' ? chosen - rejected : rejected - chosen;
}
