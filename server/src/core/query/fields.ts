// Fields of a record by name: `source`, `info.post`, `"a.b".0`, as preflens.json spells them. A name also leads through
// lists: `messages.role` is the list of all roles.
import type { FieldRef } from '../mapping/field.ts';
import { pathsOf } from '../mapping/field.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';

function valueFrom(value: Json | undefined, path: Path, from: number): Json | undefined {
  const step = path[from];
  if (step === undefined || value === undefined) return value;
  if (typeof step === 'number') return isList(value) ? valueFrom(value[step], path, from + 1) : undefined;
  if (isObject(value)) return Object.hasOwn(value, step) ? valueFrom(value[step], path, from + 1) : undefined;
  if (!isList(value)) return undefined;
  const found = value.flatMap((item) => valueFrom(item, path, from) ?? []);
  return found.length === 0 ? undefined : found;
}

/** The name of a top field as a query and preflens.json spell it. */
export function spellName(name: string): FieldRef {
  return /^[^.|"\d\s][^.|"\s]*$/.test(name) ? name : JSON.stringify(name);
}

/** The value of a field; undefined if the record lacks it. A name with a dot may also be that of one field. */
export function fieldOf(record: JsonObject, name: FieldRef): Json | undefined {
  if (Object.hasOwn(record, name)) return record[name];
  for (const path of pathsOf(name)) {
    const value = valueFrom(record, path, 0);
    if (value !== undefined) return value;
  }
  return undefined;
}
