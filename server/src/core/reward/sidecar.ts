// One row of a score file: a pair, its direction, and its score.
import type { Key } from '../hash.ts';
import { parseKey } from '../hash.ts';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';

/** Names a pair by the keys of its answers, or by its position. Keys stay valid if the pair moves. */
export type SidecarRow =
  | { readonly chosenKey: Key; readonly rejectedKey: Key; readonly margin: number }
  | { readonly record: number; readonly pair: number; readonly margin: number };

/**
 * Reads `{chosenKey, rejectedKey, margin}` or `{record, pair, margin}`. `pair` defaults to 0; `chosen_reward`
 * minus `rejected_reward` can replace the margin. Returns undefined for a row without a score (`margin` null, or
 * `error`), as filters write them, and a message for an invalid row.
 */
export function readSidecarRow(row: Json): SidecarRow | string | undefined {
  if (!isObject(row)) return 'it is not an object';
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
  if (record === undefined) return 'it needs "chosenKey" and "rejectedKey", or "record"';
  return { record, pair, margin };
}
