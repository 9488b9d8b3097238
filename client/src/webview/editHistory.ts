// Edits that a page can undo.
import type { RecordEdit } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

/** An edit that was undone: the pair as it was named before, and as it is named now. */
export interface Undone {
  readonly edited: RecordRef;
  readonly after: RecordRef;
}

export interface EditHistory {
  readonly count: number;
  /** @param after the pair as it is named after the edit */
  add(after: RecordRef, edit: RecordEdit): void;
  /** Undoes the last edit; undefined if the page stays where it is. */
  undo(): Promise<Undone | undefined>;
}

/** What a history needs to know of the edits that VS Code keeps of a file on disk. */
export interface HostPorts {
  /** Edits of the file that are not saved, by its latest status. */
  readonly unsavedCount: () => number;
  /** Rises with each status that may count other edits. */
  readonly revision: () => number;
  /** Undoes the last edit, whatever made it. */
  readonly undo: () => Thenable<unknown>;
}

/** VS Code's own history of a document, which holds edits of earlier sessions too. */
export function hostHistory({ unsavedCount, revision, undo }: HostPorts): EditHistory {
  /** While the file has this revision, its status does not count the last edit. */
  let uncounted = -1;
  return {
    get count() {
      return Math.max(unsavedCount(), uncounted === revision() ? 1 : 0);
    },
    // The server's notification puts the edit into VS Code's history.
    add() {
      uncounted = revision();
    },
    async undo() {
      await undo();
      return undefined;
    },
  };
}

/** Flips, undone by flipping again: that restores every byte and works without focus in the text. */
export function flipHistory(flip: (ref: RecordRef) => Promise<RecordRef>): EditHistory {
  const flipped: RecordRef[] = [];
  return {
    get count() {
      return flipped.length;
    },
    add(after) {
      flipped.push(after);
    },
    async undo() {
      const edited = flipped.at(-1);
      if (!edited) return undefined;
      // If the server refuses, the next undo tries the same flip again, not an earlier one.
      const after = { ...edited, ...(await flip(edited)) };
      flipped.pop();
      return { edited, after };
    },
  };
}
