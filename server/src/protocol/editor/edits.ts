// Edits of records, and the text that they rest on.
import type { RecordRef } from './place.ts';

/**
 * Commands that the server executes. `flip` takes a RecordRef and returns a FlipResult; the others take a uri and return null, or
 * why they do nothing.
 */
export type ServerCommand = 'preflens.flip' | 'preflens.score' | 'preflens.cancelScoring';

/** A finding that somebody decides about. */
export interface KeepRequest extends RecordRef {
  readonly rule: string;
}

/** An edit that was made: the pair as it is known after it, and the number by which undo and redo name it. */
export interface EditDone extends RecordRef {
  readonly id: number;
}

/** The result of `preflens.flip`: null if nothing was flipped. */
export type FlipResult = EditDone | null;

/**
 * What can be done to a record. `repair` is what the first finding of the pair that
 * knows one says.
 */
export type RecordEdit =
  | { readonly kind: 'flip' | 'drop' | 'tie' }
  | { readonly kind: 'repair' }
  | { readonly kind: 'margin'; readonly margin: number };

/** An edit that waits to be saved, as the editor's undo knows it. */
export interface EditMade {
  readonly uri: string;
  /** Its number among the edits of this file. */
  readonly id: number;
  /** Of a step that edited several records: their edits in order, up to `id`. */
  readonly ids?: readonly number[];
  /** What was done, in a few words. */
  readonly label: string;
}

/** Lines of a document as the server has them. */
export interface HeldText {
  readonly uri: string;
  readonly version: number;
  readonly lines: readonly HeldLine[];
}

export interface HeldLine {
  readonly line: number;
  /** Without its end. */
  readonly text: string;
}

export type HeldAnswer =
  | { readonly kind: 'same' }
  /** The editor has another version by now, and rejects the edit itself. */
  | { readonly kind: 'other-version' }
  /** The server's text is wrong; this is the editor's. */
  | { readonly kind: 'differs'; readonly version: number; readonly text: string };

export interface EditRef {
  readonly uri: string;
  readonly id: number;
  /** Several edits, made in this order, in place of the one. */
  readonly ids?: readonly number[];
}
