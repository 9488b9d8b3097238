// Scores that a record stores for each of its two answers.
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { valueAt } from './field.ts';
import { toNumber } from './forms/label.ts';
import { sideFields } from './sideFields.ts';

/** Names of score fields; the first pattern that matches any field is used. */
const NAMES = [
  /reward|score/i,
  /overall|rating|grade/i,
  /vote|elo|quality|logit|helpful|preference/i,
  /rank/i,
];

/** Lower is better. */
const IS_RANK = /rank/i;

/** A margin, and the fields it comes from. */
export interface ColumnMargin {
  readonly margin: number;
  readonly field: string;
}

const ANY_NAME = new RegExp(NAMES.map(({ source }) => source).join('|'), 'i');

/** Whether a field beside an answer, or in the object that holds it, is named like a score. */
function hasScoreName(record: JsonObject, { chosen }: Pair): boolean {
  let value: Json | undefined = record;
  for (const step of chosen.path) {
    if (isObject(value) && Object.keys(value).some((name) => ANY_NAME.test(name))) return true;
    value = valueAt(value, [step]);
  }
  return false;
}

/** The scores of a pair's two answers. */
export interface SideScores extends ColumnMargin {
  readonly chosen: number;
  readonly rejected: number;
  /** Path of the chosen answer's score. */
  readonly path: Path;
}

/** Undefined if the record has no scores for its answers. */
export function sideScores(record: JsonObject, pair: Pair): SideScores | undefined {
  // Quick test: most records have no scores, and names are cheaper to check than sides.
  if (!hasScoreName(record, pair)) return undefined;
  const fields = sideFields(record, pair.chosen.path, pair.rejected.path);
  for (const pattern of NAMES) {
    for (const { name, path, chosen, rejected } of fields) {
      const [a, b] = pattern.test(name) ? [toNumber(chosen), toNumber(rejected)] : [];
      if (a === undefined || b === undefined) continue;
      return { margin: IS_RANK.test(name) ? b - a : a - b, field: name, path, chosen: a, rejected: b };
    }
  }
  return undefined;
}
