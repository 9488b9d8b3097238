import type { Kinds } from '../mapping/kinds.ts';
import { kindBy, kindsOf } from '../mapping/kinds.ts';
import { originsOf } from '../mapping/sideFields.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { promptText, scoredText } from '../model/pair.ts';
import type { GroupTrial } from './consistency.ts';
import { CONSISTENCY_VERSION, foldOf } from './consistency.ts';
import type { Explanation } from './explain.ts';
import { explain } from './explain.ts';
import type { LinearModel } from './fit.ts';
import { answerKey, promptKey } from './folds.ts';
import type { OriginTable } from './origins.ts';
import type { PairInput, PairText } from './readPairs.ts';

/** Names the scorer in written scores. */
export const CONSISTENCY_ID = `consistency@${CONSISTENCY_VERSION}`;

/** How pairs are grouped: by the column that predicts labels best, by none, or by a field. */
export type Grouping =
  { readonly by: 'best' } | { readonly by: 'none' } | { readonly by: 'field'; readonly field: string };

/** The grouping that a setting names: empty for the best, "none", or a field. */
export function groupingOf(setting: string | undefined): Grouping {
  if (setting === undefined || setting === '') return { by: 'best' };
  return setting === 'none' ? { by: 'none' } : { by: 'field', field: setting };
}

/** Group of the pairs of one of several files. */
export const FILE_FIELD = 'file name';

export function pairText(pair: Pair): PairText {
  return { prompt: promptText(pair), chosen: scoredText(pair.chosen), rejected: scoredText(pair.rejected) };
}

/** The kinds of a record that may group its pairs. */
function kindsFor(record: JsonObject, grouping: Grouping, file: string | undefined): Kinds | undefined {
  if (grouping.by === 'none') return undefined;
  if (grouping.by === 'best')
    return { ...kindsOf(record), ...(file !== undefined && { [FILE_FIELD]: file }) };
  const value = kindBy(record, grouping.field);
  return value === undefined ? undefined : { [grouping.field]: value };
}

/** What the scorer reads of a pair. @param file its name, if the dataset has several */
export function inputOf(pair: Pair, record: JsonObject, grouping: Grouping, file?: string): PairInput {
  const origins = originsOf(record, pair);
  const kinds = kindsFor(record, grouping, file);
  return { ...pairText(pair), ...(origins.length > 0 && { origins }), ...(kinds && { kinds }) };
}

/** The result of a fit: enough to score any pair. */
export interface FittedModels {
  readonly foldCount: number;
  readonly seed: number;
  /** The field whose values are groups, and the values with a group of their own. */
  readonly groups?: { readonly field: string; readonly values: readonly string[] };
  /** The fields that were compared; empty if a setting decided. */
  readonly trials: readonly GroupTrial[];
  readonly origins: OriginTable;
  /** One model per fold. */
  readonly models: readonly LinearModel[];
  /** Conversations that continue from an answer elsewhere in the file. */
  readonly answered: Float64Array;
  /** Folds of answers without a prompt, by `answerKey`. */
  readonly answerFolds: ReadonlyMap<number, number>;
}

/** The fold of any pair: from its prompt, or from an answer that it shares with fitted pairs. */
function foldFor(text: PairText, { seed, foldCount, answerFolds }: FittedModels): number {
  if (text.prompt !== '') return foldOf(promptKey(text.prompt), seed, foldCount);
  const [own, other] = [answerKey(text.chosen), answerKey(text.rejected)];
  return answerFolds.get(own) ?? answerFolds.get(other) ?? foldOf(own, seed, foldCount);
}

/** Scores a pair with the model that left its fold out: for hovers, reasons and records edited since. */
export type PairReader = (pair: PairInput, max?: number) => Explanation;

export function readerOf(fitted: FittedModels): PairReader {
  const { groups, models, origins } = fitted;
  const answered = new Set(fitted.answered);
  return (pair, max) => {
    const model = models[foldFor(pair, fitted)] ?? models[0];
    if (!model) throw new Error('scorer: a fit without models');
    const group = groups?.values.indexOf(pair.kinds?.[groups.field] ?? '') ?? -1;
    return explain(pair, { model, group, origins, answered }, max);
  };
}
