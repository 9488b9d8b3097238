// Scores that a record stores for each of its two answers.
import type { JsonObject, Path } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { toNumber } from './forms/label.ts';
import { hasNameBeside, sideFields } from './sideFields.ts';

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

/** The scores of a pair's two answers. */
export interface SideScores extends ColumnMargin {
  readonly chosen: number;
  readonly rejected: number;
  /** Path of the chosen answer's score. */
  readonly path: Path;
}

/** Undefined if the record has no scores for its answers. */
export function sideScores(record: JsonObject, pair: Pair): SideScores | undefined {
  if (!hasNameBeside(record, pair, (name) => ANY_NAME.test(name))) return undefined;
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
