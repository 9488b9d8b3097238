// Fields beside the ranks of candidates that also say which one is better. They change places with the ranks.
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import { valueAt } from '../field.ts';
import type { PathChange } from './form.ts';
import { toNumber } from './label.ts';

/** Marks and overall scores of one candidate. Scores of one aspect stay with their text. */
const MARK =
  /^(?:is_|if_|was_)?(?:best|better|chosen|selected|accepted|preferred|winner|rank|ranking)$|^(?:overall|final|total|fine[-_]grained)_(?:score|rating|reward)$/i;

/** Lists with one verdict for each candidate. */
const MARKS =
  /^(?:scores?|rewards?|ratings?|ranks?|rankings?|labels?|(?:is_)?(?:best|chosen|selected|accepted))$/i;

const isVerdict = (value: Json | undefined): boolean => toNumber(value) !== undefined;

/** Swaps the other marks of two candidates that are objects. */
export function swapMarks(
  record: JsonObject,
  own: Path,
  other: Path,
  ranks: readonly PathChange[],
): readonly PathChange[] {
  const [a, b] = [valueAt(record, own), valueAt(record, other)];
  if (!isObject(a) || !isObject(b)) return [];
  const isRank = (name: string): boolean =>
    ranks.some((change) => change.kind === 'swap' && change.a[own.length] === name);
  return Object.keys(a).flatMap((name): PathChange[] => {
    if (!MARK.test(name) || isRank(name) || !isVerdict(a[name]) || !isVerdict(b[name])) return [];
    return [{ kind: 'swap', a: [...own, name], b: [...other, name] }];
  });
}

/** Swaps the items of two candidates in the lists beside the list of their ranks. */
export function swapInLists(
  record: JsonObject,
  list: Path,
  own: number,
  other: number,
): readonly PathChange[] {
  const base = list.slice(0, -1);
  const [parent, ranks] = [valueAt(record, base), valueAt(record, list)];
  if (!isObject(parent) || !isList(ranks)) return [];
  return Object.entries(parent).flatMap(([name, value]): PathChange[] => {
    if (name === list.at(-1) || !MARKS.test(name) || !isList(value) || value.length !== ranks.length)
      return [];
    return value.every(isVerdict)
      ? [{ kind: 'swap', a: [...base, name, own], b: [...base, name, other] }]
      : [];
  });
}
