// Candidates that stand under names, and labels that repeat the name or the text of the best one.
import type { Json, JsonObject } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import type { FieldRef, Found } from '../field.ts';
import { findField } from '../field.ts';
import type { Order } from '../mapping.ts';
import type { Item } from './form.ts';

type Named = Extract<Order, { kind: 'named' }>;

/** The values of an object; none if there is no object. */
export function valueItems(record: JsonObject, at: FieldRef): readonly Item[] {
  const found = findField(record, at, [], isObject);
  if (!found || !isObject(found.value)) return [];
  return Object.entries(found.value).flatMap(([name, value]) =>
    value === undefined ? [] : { path: [...found.path, name], value },
  );
}

/** The name under which a candidate stands: of several steps to it, the last one. */
const nameOfPlace = ({ path }: Item): string => String(path.at(-1));

/** What the label repeats if this candidate is the best. */
export function nameFor({ name }: Named, item: Item): Json | undefined {
  return name === undefined ? nameOfPlace(item) : findField(item.value, name)?.value;
}

/** The label, and the only candidate that it names; undefined if it names none or several. */
export function bestNamed(
  order: Named,
  record: JsonObject,
  items: readonly Item[],
): { readonly label: Found; readonly best: Item } | undefined {
  const names = items.map((item) => nameFor(order, item));
  const label = findField(record, order.at, [], (value) => names.includes(value));
  const [best, ...others] = items.filter((_, i) => label && names[i] === label.value);
  return label && best && others.length === 0 ? { label, best } : undefined;
}

/** What a collection beside the candidates holds for one of them: a list by its number, an object by its name. */
export function besideItem(held: Json | undefined, item: Item, index: number): Found | undefined {
  const step = isList(held) ? index : nameOfPlace(item);
  const value = isList(held) ? held[index] : isObject(held) ? held[String(step)] : undefined;
  return value === undefined ? undefined : { path: [step], value };
}

/** True if an object has the names of all candidates, and no others. */
export function hasNamesOf(held: Json | undefined, items: readonly Item[]): boolean {
  return (
    isObject(held) &&
    Object.keys(held).length === items.length &&
    items.every((item) => Object.hasOwn(held, nameOfPlace(item)))
  );
}
