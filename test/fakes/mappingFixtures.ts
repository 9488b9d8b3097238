// The fixtures of schemas: `ID.jsonl`, or `ID~WORD.jsonl` for another file of the same schema.
import type { Recognition } from '#core/mapping/recognise.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { mappingById } from '#core/mapping/table.ts';
import type { JsonObject } from '#core/model/json.ts';

/** The schema that a fixture's name names. */
export const idOf = (name: string): string => name.replace(/\.jsonl$/, '').replace(/~.*/, '');

/** As the file's next reader recognises it; by name if its schema must be named. */
export function recogniseFixture(name: string, values: readonly JsonObject[]): Recognition {
  const mapping = mappingById(idOf(name));
  const found = recogniseAs(mapping?.onlyNamed === undefined ? undefined : mapping, values);
  if (!found) throw new Error(`${name} is not recognised`);
  return found;
}
