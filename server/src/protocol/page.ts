// client ↔ compare page, over postMessage. The page draws and asks; it never holds a dataset.
import type { RecordView } from './editor/views.ts';

export type PageAction = 'next' | 'previous' | 'flip' | 'undo' | 'reveal' | 'keep';

/** The place that an action is about: what the page showed when it was chosen. */
export interface ShownPlace {
  readonly uri: string;
  readonly record: number;
  readonly pair: number;
}

/** page → client. */
export type FromPage =
  { readonly kind: 'ready' } | { readonly kind: 'act'; readonly action: PageAction; readonly at: ShownPlace };

/** client → page. */
export interface ToPage {
  readonly kind: 'view';
  readonly view: RecordView;
  /** Flips made in the view that can be taken back. */
  readonly undoCount: number;
}
