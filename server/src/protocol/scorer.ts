// server ↔ scoring process: JSON-RPC over process IPC with structured clone, so typed arrays stay what they are.
import type { Turn } from '#core/model/pair.ts';
import type { ModelSpec } from '#core/reward/folder.ts';
import type { Provider } from '#core/reward/scorerRule.ts';
import type { TokenLikelihoods } from '#core/reward/tokenRewards.ts';
import type { PartFit } from '#core/score/consistency.ts';
import type { EmbeddingHead } from '#core/score/head.ts';
import type { FittedModels, Grouping } from '#core/score/model.ts';
import type { Nearest, NearestWish } from '#core/score/nearest.ts';
import type { FitEvidence, SelfTest, Trust } from '#core/score/quality.ts';
import type { PairInput } from '#core/score/readPairs.ts';

import type { Conversation, Written } from './editor/templates.ts';

export type WirePair = PairInput;

export interface Plan {
  /** Fits to make: one for each fold. */
  readonly parts: number;
  /** Pairs to visit in a part: the unit of progress. */
  readonly work: number;
  /** Parts that the process fits side by side. */
  readonly width: number;
  /** What a fit can stand on, the least of it first. */
  readonly evidence: readonly FitEvidence[];
}

/** A fit on labels of which some were flipped on purpose, in the order in which pairs were added. */
export interface PlantedFit {
  readonly test: SelfTest;
  /** Out-of-fold log-odds of the labels as planted. */
  readonly margins: Float32Array;
  /** −1 for a flipped one. */
  readonly sign: Int8Array;
}

/** Everything that scoring a file gives. Arrays of pairs are in the order in which they were added. */
export interface ConsistencyResult extends FittedModels {
  /** Log-odds of the recorded label, out of fold. Negative speaks against it. */
  readonly margins: Float32Array;
  readonly trust: Trust;
}

export interface OpenModel {
  readonly folder: string;
  readonly spec: ModelSpec;
  /** Tried one after the other. */
  readonly providers: readonly Provider[];
  readonly threads: number;
  /** Texts whose ids are known, to check the tokenizer with. */
  readonly referenceIds: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

export interface OpenedModel {
  readonly provider: Provider;
  /** Of the providers that were wanted more: why they are not used. */
  readonly failed: readonly { readonly provider: Provider; readonly reason: string }[];
  /** Numbers for each unit. */
  readonly width: number;
  readonly precision: 'fp32' | 'fp16';
}

/** An answer under its prompt, or two answers in their order. */
export interface ScoringItem {
  readonly prompt: readonly Turn[];
  readonly texts: readonly string[];
  /** With how many others it may share a batch, itself included: fewer once a batch with it brought a process down. */
  readonly max: number;
}

/** Request name → parameters and result. Requests are answered in order. */
export interface ScorerRequests {
  hello: { params: { version: number }; result: { version: number; pid: number } };
  add: { params: { pairs: readonly WirePair[] }; result: { count: number } };
  /** Chooses the groups of pairs; sends `progress` meanwhile. */
  plan: { params: { seed: number; grouping: Grouping }; result: Plan };
  /** Fits one part; sends `progress` meanwhile. */
  fit: { params: { part: number }; result: PartFit };
  /** Hands back a part that an earlier process fitted. */
  restore: { params: { part: number; fit: PartFit }; result: null };
  join: { params: null; result: ConsistencyResult };
  /** Plants flips in the pairs that are here, fits again with the evidence up to this, and says how many were found. */
  selfTest: {
    params: { seed: number; share: number; evidence: FitEvidence };
    result: PlantedFit;
  };

  /**
   * Takes differences of embeddings, chosen minus rejected, each with a group: for a fit the fold of its pair, for a search of
   * neighbours a number of its prompt.
   */
  addDifferences: {
    params: { width: number; differences: Float32Array; groups: Int32Array };
    result: { count: number };
  };
  /** Fits a head on the differences that are here; sends `progress` meanwhile. */
  fitHead: { params: { foldCount: number; seed: number }; result: EmbeddingHead };
  /** Searches the differences that are here for those nearest to some of them; sends `progress` meanwhile. */
  nearest: { params: NearestWish & { queries: Int32Array }; result: Nearest };

  /** Tries a provider. Rejects with why it does not work. */
  checkProvider: { params: { provider: Provider }; result: { readonly ms: number } };
  /** Opens the one model that this process serves from now on. */
  open: { params: OpenModel; result: OpenedModel };
  /**
   * Scores units; `rated` and `refused` tell of them as they come. Requests of a lower `priority` number go first,
   * between batches.
   */
  rate: {
    params: {
      request: number;
      priority: number;
      items: readonly ScoringItem[];
      /** `rated` has the single tokens too. Only language models have them. */
      wantsTokens?: boolean;
    };
    result: RateFigures;
  };

  /** Writes conversations with the chat template of a model folder. */
  tokenStrings: {
    params: { readonly folder: string; readonly conversations: readonly Conversation[] };
    result: readonly Written[];
  };
}

/** What a request took. */
export interface RateFigures {
  /** Tokens of texts, and with padding. */
  readonly tokens: number;
  readonly paddedTokens: number;
  /** Inside the model. */
  readonly ms: number;
  /** Padded tokens that a batch may have by now. */
  readonly budget: number;
}

export interface ScorerNotifications {
  /** Pairs visited since the last message. */
  progress: { visited: number };
  /**
   * A batch begins: should the process die now, one of these units did it. `tokens` with padding; 0 while texts are
   * turned into tokens.
   */
  running: { request: number; items: Int32Array; tokens: number };
  /** What a batch gave: `values` holds as many numbers a unit as the model is wide; `flags` as in core/reward/table.ts. */
  rated: {
    request: number;
    items: Int32Array;
    values: Float32Array;
    tokens: Int32Array;
    flags: Uint8Array;
    each?: readonly Omit<TokenLikelihoods, 'flags'>[];
  };
  /** A text that cannot be given to the model. */
  refused: { request: number; item: number; reason: string };
  /** The provider was given up after its first batch. */
  provider: { provider: Provider; reason: string };
}
