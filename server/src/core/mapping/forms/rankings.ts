// Rankings by several annotators, as Argilla exports them. Version 1: `rank[i]` is the rank of the answer that
// `value[i]` names, 1 is the best. Version 2: a list of the answers' names, the best first. Only submitted rankings count.
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import type { FieldRef } from '../field.ts';
import { findField, valueAt } from '../field.ts';
import { toNumber } from './label.ts';

interface Rank {
  readonly rank: number;
  /** Path of the number, or of the name in a list of names. */
  readonly path: Path;
}

/** The ranks of one annotator, by the names of the answers. */
type Ranking = ReadonlyMap<string, Rank>;

interface Response {
  readonly value: Json | undefined;
  readonly path: Path;
  readonly status: Json | undefined;
}

const isNames = (value: Json): boolean =>
  isList(value) && value.length > 1 && value.every((name) => typeof name === 'string');

/** The forms of an export: a list of responses, of rankings by names, and an object of lists. */
function responsesOf(value: Json, path: Path, statusList: Json | undefined): readonly Response[] {
  if (isList(value))
    return value.map((item, i) =>
      isNames(item)
        ? { value: item, path: [...path, i], status: isList(statusList) ? statusList[i] : undefined }
        : { value: valueAt(item, ['value']), path: [...path, i, 'value'], status: valueAt(item, ['status']) },
    );
  const [values, statuses] = [valueAt(value, ['value']), valueAt(value, ['status'])];
  if (!isList(values)) return [];
  return values.map((item, i) => ({
    value: item,
    path: [...path, 'value', i],
    status: isList(statuses) ? statuses[i] : undefined,
  }));
}

function rankingOf({ value, path }: Response): Ranking {
  const ranks = new Map<string, Rank>();
  const add = (name: Json | undefined, rank: Json | undefined, at: Path): void => {
    const number = toNumber(rank);
    if (typeof name === 'string' && number !== undefined) ranks.set(name, { rank: number, path: at });
  };
  if (isObject(value)) {
    const [numbers, names] = [value['rank'], value['value']];
    if (isList(numbers) && isList(names))
      numbers.forEach((rank, i) => {
        add(names[i], rank, [...path, 'rank', i]);
      });
  } else if (isList(value)) {
    value.forEach((item, i) => {
      if (typeof item === 'string') add(item, i, [...path, i]);
      else add(valueAt(item, ['value']), valueAt(item, ['rank']), [...path, i, 'rank']);
    });
  }
  return ranks;
}

function allRankings(
  value: Json,
  path: Path,
  isCounted: (status: Json | undefined) => boolean,
  statusList?: Json,
): Ranking[] {
  return responsesOf(value, path, statusList)
    .filter(({ status }) => isCounted(status))
    .map(rankingOf)
    .filter((ranking) => ranking.size > 0);
}

/** True for a field with at least one ranking, submitted or not. */
export function hasRankings(value: Json): boolean {
  return allRankings(value, [], () => true).length > 0;
}

/** The submitted rankings of a record. */
export function rankingsIn(
  record: JsonObject,
  { at, status: statusAt }: { readonly at: FieldRef; readonly status?: FieldRef },
): readonly Ranking[] {
  const found = findField(record, at, [], hasRankings);
  if (!found) return [];
  return allRankings(
    found.value,
    found.path,
    (status) => status === undefined || status === null || status === 'submitted',
    statusAt === undefined ? undefined : findField(record, statusAt)?.value,
  );
}

/** How many more annotators rank the first name better than the second; undefined if nobody ranks both. */
export function majority(rankings: readonly Ranking[], first: string, second: string): number | undefined {
  const both = rankings.flatMap((ranking) => {
    const [a, b] = [ranking.get(first), ranking.get(second)];
    return a && b ? [Math.sign(b.rank - a.rank)] : [];
  });
  return both.length === 0 ? undefined : both.reduce((sum, one) => sum + one, 0);
}
