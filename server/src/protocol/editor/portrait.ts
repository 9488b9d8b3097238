// An open file as a whole.
import type { Portrait } from '#core/portrait/portrait.ts';

export interface PortraitRequest {
  readonly uri: string;
  /** In the query language: of the pairs that it selects, as `Portrait.subset` says; '' for all of the file. */
  readonly query: string;
}

export interface PortraitResult {
  /** Undefined until the file is read, and for a query with a fault. Numbers that do not exist, such as a share of nothing, are null on the wire. */
  readonly portrait?: Portrait;
  /** The state of the file that it shows, as `DatasetStatus` has it. */
  readonly revision: number;
}
