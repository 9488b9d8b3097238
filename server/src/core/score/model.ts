import type { Pair } from '../model/pair.ts';
import { promptText } from '../model/pair.ts';
import type { Part } from './consistency.ts';
import { CONSISTENCY_VERSION, foldOf, partIndexFor } from './consistency.ts';
import type { Explanation } from './explain.ts';
import { explain } from './explain.ts';
import type { PairText } from './features.ts';
import type { LinearModel } from './fit.ts';
import { PromptKeys } from './folds.ts';

/** The name under which written scores say where they came from. */
export const CONSISTENCY_NAME = `consistency@${CONSISTENCY_VERSION}`;

/** What a scorer reads of a pair. */
export function pairText(pair: Pair): PairText {
  return { prompt: promptText(pair), chosen: pair.chosen.text, rejected: pair.rejected.text };
}

/** What a fit leaves behind: enough to read any pair. */
export interface FittedModels {
  readonly foldCount: number;
  readonly seed: number;
  /** Names of the group column's values, by group number. */
  readonly groups: readonly string[];
  readonly parts: readonly Part[];
  /** One model for each part. */
  readonly models: readonly LinearModel[];
  /** Conversations that go on from an answer elsewhere in the file. */
  readonly answered: Float64Array;
}

/** A fitted scorer that reads single pairs: for hovers, reasons, and records that were edited since. */
export interface PairReader {
  /** The fold of a pair that was not among the fitted ones. */
  foldFor(text: PairText): number;
  /** Reads a pair with the model that left its fold out. */
  read(text: PairText, fold: number, group: string | undefined, most?: number): Explanation;
}

export function readerOf(fitted: FittedModels): PairReader {
  const answered = new Set(fitted.answered);
  return {
    foldFor(text) {
      const keys = new PromptKeys();
      keys.add(text.prompt, text.chosen, text.rejected);
      return foldOf(keys.keys()[0] ?? 0, fitted.seed, fitted.foldCount);
    },
    read(text, fold, group, most) {
      const at = partIndexFor(fitted.parts, group === undefined ? -1 : fitted.groups.indexOf(group), fold);
      const model = fitted.models[at >= 0 ? at : 0];
      if (!model) throw new Error('scorer: a fitted result without models');
      return explain(text, model, answered, most);
    },
  };
}
