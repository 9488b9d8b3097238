// client ↔ compare page. The page draws and requests; it never holds a dataset.
import type { ViewOptions } from './options.ts';
import type { ActionResult, PairRequests, ShownPair, ShownView } from './pair.ts';

/** Steps from one place to another. */
export type WalkAction =
  'next' | 'previous' | 'nextPair' | 'previousPair' | 'nextInRecord' | 'previousInRecord';

export type PageAction =
  | WalkAction
  | 'flip'
  | 'undo'
  | 'keep'
  | 'reveal'
  /** Both texts in VS Code's diff editor. */
  | 'diff'
  /** The view in a tab of full width. */
  | 'widen';

export interface ComparePageRequests extends PairRequests {
  act: { params: { readonly action: PageAction; readonly at: ShownPair }; result: ActionResult };
}

/** page → client. */
export interface ComparePageSends {
  readonly requests: ComparePageRequests;
  readonly notifications: {
    ready: null;
    /** The person chose how records are drawn. */
    options: ViewOptions;
    /** The person chose a link in a text. */
    openLink: { readonly address: string };
    /** The person wants another pair of the shown file. */
    openPlace: { readonly record: number; readonly pair: number };
    /** The person wants to map the fields of the shown file. */
    mapFields: null;
  };
}

/** client → page. */
export interface CompareClientSends {
  readonly requests: object;
  readonly notifications: {
    /** Another pair, or a newer state of the same one. */
    view: ShownView;
    /** As remembered; before the first view. */
    options: ViewOptions;
    /** A command of the editor. */
    act: { readonly action: PageAction };
  };
}
