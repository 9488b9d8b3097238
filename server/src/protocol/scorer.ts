// server ↔ scoring process: JSON-RPC over process IPC with structured clone, so typed arrays stay what they are.
import type { Part, PartFit } from '#core/score/consistency.ts';
import type { FittedModels } from '#core/score/model.ts';
import type { SelfTest, Trust } from '#core/score/quality.ts';

export interface WirePair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Value of the group column; absent where the file has none. */
  readonly group?: string;
}

export interface Plan {
  readonly parts: readonly Part[];
  /** Pairs to visit in each part: the unit of progress. */
  readonly work: readonly number[];
}

/** Everything that scoring a file gives. Arrays of pairs are in the order in which they were added. */
export interface ConsistencyResult extends FittedModels {
  /** Log-odds of the recorded label, out of fold. Negative speaks against it. */
  readonly margins: Float32Array;
  readonly trust: Trust;
}

/** Request name → parameters and result. Requests are answered in order. */
export interface ScorerRequests {
  hello: { params: { version: number }; result: { version: number; pid: number } };
  add: { params: { pairs: readonly WirePair[] }; result: { count: number } };
  plan: { params: { seed: number }; result: Plan };
  /** Fits one part; sends `progress` meanwhile. */
  fit: { params: { part: number }; result: PartFit };
  /** Hands back a part that an earlier process fitted. */
  restore: { params: { part: number; fit: PartFit }; result: null };
  join: { params: null; result: ConsistencyResult };
  /** Plants flips in the pairs that are here, fits again, and says how many were found. */
  selfTest: { params: { seed: number; share: number }; result: SelfTest };
}

export interface ScorerNotifications {
  /** Pairs visited since the last message. */
  progress: { visited: number };
}
