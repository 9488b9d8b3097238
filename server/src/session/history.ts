// Our edits of a text that an editor holds, for undo and redo by number. Pending edits of files on disk have a history of
// their own, which their journal keeps (node/editSession.ts).
import { sameBytes } from '#core/edits/pending.ts';

import type { OpenDataset } from './dataset.ts';
import type { RecordEdits } from './planEdit.ts';
import { smallestEdit } from './planEdit.ts';
import type { Carried } from './sources/resurvey.ts';

/** Older edits are forgotten; the editor's own undo still knows them. */
const MAX_EDITS = 200;

export interface TextEditMade {
  readonly record: number;
  readonly before: Uint8Array;
  /** Null: the record was dropped. */
  readonly after: Uint8Array | null;
  readonly label: string;
}

interface PastTextEdit extends TextEditMade {
  readonly id: number;
  readonly isDone: boolean;
}

/** A step back or forth, for the editor to make. */
export interface HistoryStep {
  readonly edits: RecordEdits;
  readonly label: string;
}

export class TextHistory {
  readonly #dataset: OpenDataset;
  #edits: readonly PastTextEdit[] = [];
  #nextId = 0;

  constructor(dataset: OpenDataset) {
    this.#dataset = dataset;
  }

  /** Adds an edit that is about to be made; its number. */
  add(edit: TextEditMade): number {
    const id = this.#nextId++;
    this.#edits = [...this.#edits, { ...edit, id, isDone: true }].slice(-MAX_EDITS);
    return id;
  }

  /** The edit was not made. */
  remove(id: number): void {
    this.#edits = this.#edits.filter((one) => one.id !== id);
  }

  /** Follows the records of the edits through a change of the text. */
  carry({ renumber, changed }: Carried): void {
    if (this.#edits.length === 0) return;
    const lost = this.#edits.filter(({ record }) => renumber(record) < 0);
    const found = this.#findIn(changed, lost);
    this.#edits = this.#edits.map((edit) => {
      const [place = -1, ...others] = found.get(edit.id) ?? [renumber(edit.record)];
      // Of several equal records nobody knows which one was edited.
      return { ...edit, record: others.length > 0 ? -1 : place };
    });
  }

  /** The records among `changed` that read as an edit left or found its record, by the edit's number. */
  #findIn(
    changed: readonly number[],
    edits: readonly PastTextEdit[],
  ): ReadonlyMap<number, readonly number[]> {
    const found = new Map<number, number[]>();
    const lengths = new Set(edits.flatMap(({ before, after }) => [before.length, after?.length ?? -1]));
    for (const record of edits.length === 0 ? [] : changed) {
      const bytes = this.#dataset.rawRecord(record)?.bytes;
      if (!bytes || !lengths.has(bytes.length)) continue;
      for (const { id, before, after } of edits)
        if (sameBytes(bytes, before) || sameBytes(bytes, after))
          found.set(id, [...(found.get(id) ?? []), record]);
    }
    return found;
  }

  /** What undo or redo of an edit changes. Undefined if its record is not as the edit left it. */
  step(id: number, direction: 'undo' | 'redo'): HistoryStep | undefined {
    const edit = this.#edits.find((one) => one.id === id);
    if (edit?.isDone !== (direction === 'undo')) return undefined;
    const [from, to] = edit.isDone ? [edit.after, edit.before] : [edit.before, edit.after];
    const raw = this.#dataset.rawRecord(edit.record);
    // A dropped record has no line: the editor's own undo brings it back.
    if (!raw || !from || !sameBytes(raw.bytes, from)) return undefined;
    return { edits: { raw, edits: to && [smallestEdit(from, to)] }, label: edit.label };
  }

  /** The editor made the step. */
  made(id: number, direction: 'undo' | 'redo'): void {
    this.#edits = this.#edits.map((one) => (one.id === id ? { ...one, isDone: direction === 'redo' } : one));
  }
}
