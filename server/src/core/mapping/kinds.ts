// What a record says of its own kind: its source, category, task or language.
import { saysKind } from '../model/fieldNames.ts';
import type { JsonObject } from '../model/json.ts';
import { jsonText } from '../model/json.ts';

/** A value longer than this is a text. In UTF-16 units. */
const MAX_VALUE = 60;

/** Most fields that a record may name. */
const MAX_FIELDS = 8;

/** Field → value. Only fields of the record itself, in its order. */
export type Kinds = Readonly<Record<string, string>>;

export function kindsOf(record: JsonObject): Kinds {
  const kinds: Record<string, string> = {};
  let count = 0;
  for (const name in record) {
    const value = record[name];
    const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : value;
    if (typeof text !== 'string' || text === '' || text.length > MAX_VALUE) continue;
    if (!saysKind(name) || ++count > MAX_FIELDS) continue;
    kinds[name] = text;
  }
  return kinds;
}

/** What one field says, as text, whatever it holds; undefined if the record does not have it. */
export function kindBy(record: JsonObject, field: string): string | undefined {
  const value = record[field];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : jsonText(value);
}
