// Fields that a record has once for each of its two answers: beside the answers by their names, or inside objects of
// their own.
import { saysOrigin, wordsOf } from '../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { valueAt } from './field.ts';
import { sidedFields } from './sides.ts';

export interface SideField {
  /** The name on the chosen side. */
  readonly name: string;
  /** The name without the side: `model` of `chosen_model` and `rejected_model`. */
  readonly title: string;
  /** Path of the chosen answer's value. */
  readonly path: Path;
  readonly chosen: Json | undefined;
  readonly rejected: Json | undefined;
}

function commonName(a: string, b: string): string {
  const other = wordsOf(b);
  const shared = wordsOf(a).filter((word) => other.includes(word));
  return shared.length > 0 ? shared.join('_') : a;
}

/** The fields of both answers, without the answers. */
export function sideFields(record: JsonObject, chosen: Path, rejected: Path): SideField[] {
  const beside = sidedFields(record, chosen, rejected).map(({ first, second }): SideField => ({
    name: String(first.at(-1)),
    title: commonName(String(first.at(-1)), String(second.at(-1))),
    path: first,
    chosen: valueAt(record, first),
    rejected: valueAt(record, second),
  }));
  const fork = chosen.findIndex((step, i) => step !== rejected[i]) + 1;
  const [a, b] = [valueAt(record, chosen.slice(0, fork)), valueAt(record, rejected.slice(0, fork))];
  if (fork === 0 || !isObject(a) || !isObject(b)) return beside;
  const base = chosen.slice(0, fork);
  return [
    ...beside,
    ...Object.keys(a).map((name) => ({
      name,
      title: name,
      path: [...base, name],
      chosen: a[name],
      rejected: b[name],
    })),
  ];
}

/**
 * Whether a name beside an answer, or in the object that holds it, passes a test: most records have no such field, and names
 * are cheaper to check than sides.
 */
export function hasNameBeside(
  record: JsonObject,
  { chosen }: Pair,
  test: (name: string) => boolean,
): boolean {
  let value: Json | undefined = record;
  for (const step of chosen.path) {
    if (isObject(value) && Object.keys(value).some(test)) return true;
    value = valueAt(value, [step]);
  }
  return false;
}

/** FNV-1a of a name's UTF-16 units. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** A value longer than this is a text, not the name of a model. In UTF-16 units. */
const MAX_NAME = 100;

/** What an answer's field says: a category, a number, or nothing. */
export type OriginValue = string | number | undefined;

/** Where an answer comes from, or how it was made: its model, its source, its temperature. */
export interface Origin {
  readonly title: string;
  readonly chosen: OriginValue;
  readonly rejected: OriginValue;
}

function originValue(value: Json | undefined): OriginValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME ? value : undefined;
}

/** The first origin that names something, as a model or a source does, and a temperature doesn't. */
export function namedOrigin(origins: readonly Origin[], title?: string): Origin | undefined {
  return origins.find(
    (one) => typeof (one.chosen ?? one.rejected) === 'string' && (title === undefined || one.title === title),
  );
}

/** A code from 1 to 65,535; 0 for none. */
const codeOf = (value: OriginValue): number =>
  value === undefined ? 0 : 1 + ((hashName(String(value)) >>> 0) % 65_535);

/** The origins of both answers by one field: of the chosen one in the lower 16 bits, of the rejected one in the upper 16. */
export function originCodes(record: JsonObject, pair: Pair, field: string): number {
  const origin = namedOrigin(originsOf(record, pair), field);
  return origin ? (codeOf(origin.chosen) | (codeOf(origin.rejected) << 16)) >>> 0 : 0;
}

/** What the record says of the origin of a pair's two answers; never scores, ranks or votes. Empty for most records. */
export function originsOf(record: JsonObject, pair: Pair): readonly Origin[] {
  if (!hasNameBeside(record, pair, saysOrigin)) return [];
  return sideFields(record, pair.chosen.path, pair.rejected.path).flatMap(({ title, ...field }) => {
    if (!saysOrigin(title)) return [];
    const [chosen, rejected] = [originValue(field.chosen), originValue(field.rejected)];
    return chosen === undefined && rejected === undefined ? [] : [{ title, chosen, rejected }];
  });
}
