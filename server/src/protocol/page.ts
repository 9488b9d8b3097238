// client ↔ compare page, over postMessage. The page draws and asks; it never holds a dataset.
import type { PairView } from './editor.ts';

export type PageAction = 'next' | 'previous' | 'flip' | 'undo' | 'reveal' | 'keep';

/** page → client. */
export type FromPage = { readonly kind: 'ready' } | { readonly kind: 'act'; readonly action: PageAction };

/** client → page. */
export type ToPage =
  | { readonly kind: 'pair'; readonly pair: PairView; readonly undoCount: number }
  | { readonly kind: 'nothing'; readonly message: string };
