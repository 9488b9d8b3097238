// Scores stored in the records: in fields of the two answers, or in the label itself.
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { findField } from './field.ts';
import { toNumber } from './forms/label.ts';
import type { Mapping } from './mapping.ts';
import { labelPath, partFor, strengthOf } from './read.ts';
import type { ColumnMargin } from './sideScores.ts';
import { sideScores } from './sideScores.ts';

/** Margins that the mapping defines: the dataset's own margin, or one from its label, votes, ratings or ranks. */
function ownMargin(mapping: Mapping, record: JsonObject, pair: Pair): ColumnMargin | undefined {
  const { answers } = mapping;
  const at = answers.kind === 'pair' ? answers.margin : undefined;
  const margin =
    at === undefined ? strengthOf(mapping, record, pair) : toNumber(findField(record, at)?.value);
  return margin === undefined ? undefined : { margin, field: at ?? labelPath(mapping, record).join('.') };
}

/** How much better the record says the chosen answer is; undefined if it does not say. */
export function columnMargin(whole: Mapping, record: JsonObject, pair: Pair): ColumnMargin | undefined {
  const mapping = partFor(whole, record);
  // The candidates' own ratings order them, so they take precedence over other fields.
  const own = ownMargin(mapping, record, pair);
  if (own && mapping.answers.kind === 'candidates') return own;
  return sideScores(record, pair) ?? own;
}
