// The fields of records that fit no schema: their types, how many records have them, and an example of each.
import { hasSecret } from '../checks/text/secret.ts';
import { refOf } from '../mapping/field.ts';
import { isMessage } from '../mapping/message.ts';
import { hasShape, isPythonText } from '../mapping/shape.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';

/** A field of the records, or of the items of a list. Plain data. */
export interface FieldSeen {
  /** As preflens.json spells it: `info.post`, relative to the item for a field of a list's items. */
  readonly ref: string;
  /** The last name in its path. */
  readonly name: string;
  /** What the values are, most frequent first. */
  readonly types: readonly FieldType[];
  /** Share of the records that have a value, 0 to 1. */
  readonly share: number;
  /** The first value: one line, cut, and without keys and tokens. */
  readonly example: string;
  /** The values, if there are few and none is a list or an object. */
  readonly values?: readonly Json[];
  /** Numbers alone: the lowest and the highest. */
  readonly range?: readonly [number, number];
  /** Fields of the objects in a list. */
  readonly items?: readonly FieldSeen[];
}

export type FieldType =
  | 'text'
  | 'JSON text'
  | 'Python text'
  | 'number'
  | 'true or false'
  | 'messages'
  | 'message'
  | 'list of texts'
  | 'list of numbers'
  | 'list of objects'
  | 'list'
  | 'object';

/** Fields nested more deeply are not looked at. */
const MAX_DEPTH = 3;

/** Names come from files: a hostile file has any number of them. */
const MAX_FIELDS = 200;

/** Items of a list to look at. */
const MAX_ITEMS = 16;

/** A field with more different values is no label. */
export const MAX_VALUES = 6;

/** Longest example, in UTF-16 units. */
const MAX_EXAMPLE = 60;

/** Longest value of a label, in UTF-16 units. */
const MAX_VALUE_LENGTH = 60;

function typeOf(value: Json): FieldType {
  if (typeof value === 'string')
    return hasShape(value, 'json') ? 'JSON text' : isPythonText(value) ? 'Python text' : 'text';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'true or false';
  if (hasShape(value, 'message')) return 'message';
  if (!isList(value)) return 'object';
  if (hasShape(value, 'messages')) return 'messages';
  if (hasShape(value, 'texts')) return 'list of texts';
  if (hasShape(value, 'ids')) return 'list of numbers';
  return value.length > 0 && value.every(isObject) ? 'list of objects' : 'list';
}

/** The beginning of a value, on one line. */
function exampleOf(value: Json, depth = 0): string {
  if (typeof value === 'string') {
    // A key may begin before the cut and end after it.
    if (hasSecret(value.slice(0, 4 * MAX_EXAMPLE))) return '(a key or token)';
    const start = value.slice(0, MAX_EXAMPLE);
    return JSON.stringify(start) + (start.length < value.length ? '…' : '');
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth === MAX_DEPTH) return '…';
  const [first = null, ...more] = isList(value) ? value : [];
  if (isList(value))
    return value.length === 0 ? '[]' : `[${exampleOf(first, depth + 1)}${more.length > 0 ? ', …' : ''}]`;
  const [entry, ...others] = Object.entries(value).slice(0, 3);
  if (!entry) return '{}';
  const shown = [entry, ...others].map(
    ([name, own = null]) => `${JSON.stringify(name.slice(0, MAX_EXAMPLE))}: ${exampleOf(own, depth + 1)}`,
  );
  const text = `{${shown.join(', ')}}`;
  return text.length > 2 * MAX_EXAMPLE ? `${text.slice(0, 2 * MAX_EXAMPLE)}…` : text;
}

interface Count {
  readonly ref: string;
  readonly name: string;
  readonly example: string;
  readonly types: Map<FieldType, number>;
  count: number;
  /** Undefined once there are too many, or a value is a list or an object. */
  values: Set<string | number | boolean> | undefined;
  range: [number, number] | undefined;
  isNumeric: boolean;
  readonly items: Map<string, Count>;
  itemCount: number;
}

function newCount(ref: string, name: string, value: Json): Count {
  return {
    ref,
    name,
    example: exampleOf(value),
    types: new Map(),
    count: 0,
    values: new Set(),
    range: undefined,
    isNumeric: true,
    items: new Map(),
    itemCount: 0,
  };
}

/** @param depth levels of fields to read in the items of a list */
function addValue(count: Count, value: Json, depth: number): void {
  count.count++;
  const type = typeOf(value);
  count.types.set(type, (count.types.get(type) ?? 0) + 1);
  if (
    typeof value === 'object' ||
    (typeof value === 'string' && (value.length > MAX_VALUE_LENGTH || hasSecret(value)))
  )
    count.values = undefined;
  else count.values?.add(value);
  if ((count.values?.size ?? 0) > MAX_VALUES) count.values = undefined;
  if (typeof value !== 'number') count.isNumeric = false;
  else {
    const [low, high] = count.range ?? [value, value];
    count.range = [Math.min(low, value), Math.max(high, value)];
  }
  if (!isList(value) || depth === 0) return;
  for (const item of value.slice(0, MAX_ITEMS)) {
    if (!isObject(item)) continue;
    count.itemCount++;
    addFields(count.items, item, [], depth);
  }
}

/** Two answers may be the items of a list. */
function innerOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (isObject(value)) return Object.entries(value).map(([name, own = null]) => [name, own] as const);
  return isList(value) && value.length === 2 && !value.some(isMessage)
    ? value.map((own, i) => [i, own] as const)
    : [];
}

function addFields(
  fields: Map<string, Count>,
  root: Json,
  above: readonly (string | number)[],
  depth: number,
): void {
  for (const [step, value] of innerOf(root)) {
    if (value === null) continue;
    const path = [...above, step];
    const ref = refOf(path);
    let count = fields.get(ref);
    if (!count) {
      if (fields.size >= MAX_FIELDS) continue;
      fields.set(ref, (count = newCount(ref, String(step), value)));
    }
    addValue(count, value, depth - 1);
    const isConversation = hasShape(value, 'messages') || hasShape(value, 'message');
    if (depth > 1 && !isConversation) addFields(fields, value, path, depth - 1);
  }
}

function finish(fields: ReadonlyMap<string, Count>, all: number): FieldSeen[] {
  return [...fields.values()].map((count): FieldSeen => {
    const { ref, name, example, values, range, isNumeric, items, itemCount } = count;
    const types = [...count.types].sort((a, b) => b[1] - a[1]).map(([type]) => type);
    return {
      ref,
      name,
      types,
      share: count.count / Math.max(1, all),
      example,
      ...(values && values.size > 0 && { values: [...values] }),
      ...(isNumeric && range && { range }),
      ...(items.size > 0 && { items: finish(items, itemCount) }),
    };
  });
}

/** The fields of some records, in the order of their first appearance. */
export function fieldsSeen(sample: readonly JsonObject[]): readonly FieldSeen[] {
  const fields = new Map<string, Count>();
  for (const record of sample) addFields(fields, record, [], MAX_DEPTH);
  return finish(fields, sample.length);
}

const ANSWER_TYPES: ReadonlySet<FieldType> = new Set(['text', 'JSON text', 'messages', 'message']);

/** True if the field can hold a prompt or an answer. */
export function isTextual({ types }: FieldSeen): boolean {
  const [most] = types;
  return most !== undefined && ANSWER_TYPES.has(most);
}
