// The edits of a file that is open from disk, in their order: what an editor's undo and redo go by.

/** What an edit made of a record; null bytes are a record that is dropped. */
export interface PastEdit {
  readonly record: number;
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

/** Outlives a save: an edit that was saved can still be taken back, by another edit. */
export class EditHistory {
  readonly #edits: PastEdit[] = [];
  /** Edits before this one are of a file whose records had other numbers. */
  #firstKnown = 0;

  /** The number of the edit. */
  add(edit: PastEdit): number {
    return this.#edits.push(edit) - 1;
  }

  /** Undefined where rows were removed for good since, and so it is not known any more which one is meant. */
  find(id: number): PastEdit | undefined {
    return id >= this.#firstKnown ? this.#edits[id] : undefined;
  }

  /** Records have other numbers from now on. */
  forget(): void {
    this.#firstKnown = this.#edits.length;
  }
}
