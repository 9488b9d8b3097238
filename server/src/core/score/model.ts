import type { Pair } from '../model/pair.ts';
import { promptText, scoredText } from '../model/pair.ts';
import type { FitPart } from './consistency.ts';
import { CONSISTENCY_VERSION, foldOf, partIndexFor } from './consistency.ts';
import type { Explanation } from './explain.ts';
import { explain } from './explain.ts';
import type { PairText } from './features.ts';
import type { LinearModel } from './fit.ts';
import { answerKey, promptKey } from './folds.ts';

/** Names the scorer in written scores. */
export const CONSISTENCY_NAME = `consistency@${CONSISTENCY_VERSION}`;

export function pairText(pair: Pair): PairText {
  return { prompt: promptText(pair), chosen: scoredText(pair.chosen), rejected: scoredText(pair.rejected) };
}

/** The result of a fit: enough to score any pair. */
export interface FittedModels {
  readonly foldCount: number;
  readonly seed: number;
  /** Values of the group column, by group number. */
  readonly groups: readonly string[];
  readonly parts: readonly FitPart[];
  /** One model per part. */
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
export type PairReader = (text: PairText, group: string | undefined, max?: number) => Explanation;

export function readerOf(fitted: FittedModels): PairReader {
  const answered = new Set(fitted.answered);
  return (text, group, max) => {
    const number = group === undefined ? -1 : fitted.groups.indexOf(group);
    const at = partIndexFor(fitted.parts, number, foldFor(text, fitted));
    const model = fitted.models[at >= 0 ? at : 0];
    if (!model) throw new Error('scorer: a fit without models');
    return explain(text, model, answered, max);
  };
}
