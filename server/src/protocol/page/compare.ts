// client ↔ compare page. The page draws and requests; it never holds a dataset.
import type { ActionResult, ShownPair, ShownView } from './pair.ts';

export type PageAction = 'next' | 'previous' | 'flip' | 'undo' | 'reveal' | 'keep';

export interface ComparePageRequests {
  act: { params: { readonly action: PageAction; readonly at: ShownPair }; result: ActionResult };
}

/** page → client. */
export interface ComparePageSends {
  readonly requests: ComparePageRequests;
  readonly notifications: {
    ready: null;
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
  };
}
