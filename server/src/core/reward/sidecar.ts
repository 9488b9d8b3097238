// One row of a file of scores: which pair, in which direction, and how much.
import type { Key } from '../hash.ts';
import { parseKey } from '../hash.ts';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';

/** A pair is named by the keys of its answers, or by where it stands. Keys hold wherever the pair goes. */
export type SidecarRow =
  | { readonly chosenKey: Key; readonly rejectedKey: Key; readonly margin: number }
  | { readonly record: number; readonly pair: number; readonly margin: number };

/**
 * Reads `{chosenKey, rejectedKey, margin}` or `{record, pair, margin}`; `pair` is 0 where it is absent, and
 * `chosen_reward` less `rejected_reward` stands for a margin. Undefined for a row that says that there is no score
 * (`margin` null, or `error`), as a filter writes them. What is wrong otherwise, in words.
 */
export function readSidecarRow(row: Json): SidecarRow | string | undefined {
  if (!isObject(row)) return 'it is no object';
  if (row['margin'] === null || (row['margin'] === undefined && typeof row['error'] === 'string'))
    return undefined;
  const numberOf = (name: string): number | undefined =>
    typeof row[name] === 'number' ? row[name] : undefined;
  const [chosen, rejected] = [numberOf('chosen_reward'), numberOf('rejected_reward')];
  const margin =
    numberOf('margin') ?? (chosen !== undefined && rejected !== undefined ? chosen - rejected : undefined);
  if (margin === undefined) return 'it has no "margin"';
  const keys = [row['chosenKey'], row['rejectedKey']].map((key) =>
    typeof key === 'string' ? parseKey(key) : undefined,
  );
  const [chosenKey, rejectedKey] = keys;
  if (chosenKey && rejectedKey) return { chosenKey, rejectedKey, margin };
  const [record, pair] = [numberOf('record'), numberOf('pair') ?? 0];
  if (record === undefined) return 'it has neither "chosenKey" and "rejectedKey" nor "record"';
  return { record, pair, margin };
}
