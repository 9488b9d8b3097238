// What both pages show of a pair, and what they name one by.
import type { Outcome } from '../editor/outcome.ts';
import type { TokenStringsRequest, Written } from '../editor/templates.ts';
import type { PairTokens, TokensRequest } from '../editor/tokens.ts';
import type { RecordView } from '../editor/views.ts';

/** The pair that an action is about: what the page showed when the person chose the action. */
export interface ShownPair {
  readonly uri: string;
  readonly record: number;
  readonly pair: number;
  /** Absent until the file is read through. */
  readonly pairKey?: string;
}

export interface ShownView {
  readonly view: RecordView;
  /** Of the file; a view of the same file with an older revision is out of date. */
  readonly revision: number;
  /** Edits that can be undone. */
  readonly undoCount: number;
}

/** The view to show after an action; null if the action leaves it unchanged. */
export type ActionResult = ShownView | null;

/** Of both pages. */
export interface PairRequests {
  /** The two conversations of a pair of the file at `uri`, as the template of a model writes them. */
  tokenStrings: {
    params: TokenStringsRequest & { readonly uri: string };
    result: readonly Written[];
  };
  tokens: { params: TokensRequest; result: Outcome<PairTokens> };
}
