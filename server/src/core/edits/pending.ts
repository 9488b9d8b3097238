// Edits of a file that are not saved yet, and the history that undo and redo go by. Every edit is in one of two places
// at each moment: in the file, or here.

/** What a record is to become; null drops it. */
export type Bytes = Uint8Array | null;

export interface PastEdit {
  readonly id: number;
  readonly record: number;
  readonly before: Bytes;
  readonly after: Bytes;
  /** What was done, in a few words. */
  readonly label: string;
  /** False once it is taken back. */
  readonly isDone: boolean;
  /** The file holds it, as it was last saved. */
  readonly isInFile: boolean;
}

/** A record that differs from the file. */
export interface Pending {
  /** What the file holds. */
  readonly base: Uint8Array;
  readonly bytes: Bytes;
}

/** An edit of a record that the file does not hold any more. */
export interface SetAside extends Pending {
  readonly record: number;
}

/** What a save writes. */
export interface Taken {
  readonly pending: ReadonlyMap<number, Pending>;
  /** Edits that the file holds once it is saved. */
  readonly done: ReadonlySet<number>;
}

/** All there is to know, as plain data. */
export interface EditState {
  readonly nextId: number;
  readonly history: readonly PastEdit[];
  readonly pending: readonly SetAside[];
  readonly aside: readonly SetAside[];
}

/** What became of edits when they were held against a file that may have changed. */
export interface Rebased {
  /** Edits that fit nowhere. */
  readonly aside: readonly SetAside[];
  /** Edits that fitted nowhere earlier and do now. */
  readonly back: readonly PastEdit[];
  /** Records, by their new numbers, that stand in another place or have come back. */
  readonly moved: number;
}

/** The file's bytes of a record; undefined where it has no such record. */
export type BytesAt = (record: number) => Uint8Array | undefined;

/** What an edit is called that came from an earlier session, where its own name is not known. */
const EARLIER_LABEL = 'Earlier edit';

const LINE_FEED = 0x0a;
/** Space, tab and carriage return. */
const BLANKS = new Set([0x20, 0x09, 0x0d]);

export function sameBytes(a: Bytes | undefined, b: Bytes | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** How many records these bytes are once they are saved: lines that hold something. */
export function recordsIn(bytes: Bytes): number {
  if (!bytes) return 0;
  if (!bytes.includes(LINE_FEED)) return Number(bytes.some((byte) => !BLANKS.has(byte)));
  let count = 0;
  let isBlank = true;
  for (const byte of bytes) {
    if (byte === LINE_FEED) {
      count += Number(!isBlank);
      isBlank = true;
    } else isBlank &&= BLANKS.has(byte);
  }
  return count + Number(!isBlank);
}

/**
 * The numbers of records once these are saved, whose bytes are no longer one record: dropped, or on several lines.
 * −1 for such a one.
 */
export function renumberBy(
  saved: Iterable<readonly [record: number, bytes: Bytes]>,
): (record: number) => number {
  const counts = [...saved].map(([record, bytes]) => [record, recordsIn(bytes)] as const);
  const others = counts.filter(([, count]) => count !== 1).sort((a, b) => a[0] - b[0]);
  /** By how much records behind the first so many of them move. */
  const moved = [0];
  for (const [, count] of others) moved.push((moved.at(-1) ?? 0) + count - 1);
  return (record) => {
    let [low, high] = [0, others.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((others[middle]?.[0] ?? 0) < record) low = middle + 1;
      else high = middle;
    }
    return others[low]?.[0] === record ? -1 : record + (moved[low] ?? 0);
  };
}

function nearest(places: readonly number[], record: number): number | undefined {
  return places.reduce<number | undefined>(
    (best, place) =>
      best === undefined || Math.abs(place - record) < Math.abs(best - record) ? place : best,
    undefined,
  );
}

export class PendingEdits {
  #history: PastEdit[] = [];
  #pending = new Map<number, Pending>();
  #aside: SetAside[] = [];
  #nextId = 0;

  static from({ nextId, history, pending, aside }: EditState): PendingEdits {
    const edits = new PendingEdits();
    edits.#nextId = nextId;
    edits.#history = [...history];
    edits.#pending = new Map(pending.map(({ record, base, bytes }) => [record, { base, bytes }]));
    edits.#aside = [...aside];
    return edits;
  }

  get state(): EditState {
    return {
      nextId: this.#nextId,
      history: this.#history,
      pending: [...this.#pending].map(([record, one]) => ({ record, ...one })),
      aside: this.#aside,
    };
  }

  /** Records that differ from the file. */
  get count(): number {
    return this.#pending.size;
  }

  /** There is nothing that a later session would need. */
  get isEmpty(): boolean {
    return this.#pending.size === 0 && this.#aside.length === 0;
  }

  get pending(): ReadonlyMap<number, Pending> {
    return this.#pending;
  }

  /** Edits that undo can take back, the oldest first. */
  get done(): readonly PastEdit[] {
    return this.#history.filter(({ isDone }) => isDone);
  }

  /**
   * Adds an edit; its number.
   * @param before what stands there now, with the edits that are pending
   */
  add(record: number, before: Bytes, after: Bytes, label: string): number {
    // What was taken back of this record cannot be made again on top of it.
    if (this.#history.some((one) => !one.isDone && one.record === record))
      this.#history = this.#history.filter((one) => one.isDone || one.record !== record);
    const id = this.#nextId++;
    this.#history.push({ id, record, before, after, label, isDone: true, isInFile: false });
    this.#put(record, before, after);
    return id;
  }

  /** False where an edit cannot be taken back or made again: it is not known any more, or a later one stands on it. */
  canRetrace(id: number, direction: 'undo' | 'redo'): boolean {
    const at = this.#history.findLastIndex((one) => one.id === id);
    const edit = this.#history[at];
    const isUndo = direction === 'undo';
    if (edit?.isDone !== isUndo) return false;
    const { record } = edit;
    const now = this.#pending.get(record);
    if (now && !sameBytes(now.bytes, isUndo ? edit.after : edit.before)) return false;
    // Edits of one record are taken back from the last to the first.
    return !this.#history.some(
      (one, i) => one.record === record && (i > at ? one.isDone : i < at && !one.isDone),
    );
  }

  /**
   * Takes an edit back, or makes it again. Nothing where that cannot be.
   * @param base what the file holds for its record, where that is not what the edit says
   */
  retrace(id: number, direction: 'undo' | 'redo', base?: Uint8Array): void {
    const edit = this.#history.findLast((one) => one.id === id);
    if (!edit || !this.canRetrace(id, direction)) return;
    const isDone = direction === 'redo';
    this.#history = this.#history.with(this.#history.lastIndexOf(edit), { ...edit, isDone });
    const [from, to] = isDone ? [edit.before, edit.after] : [edit.after, edit.before];
    this.#put(edit.record, base ?? from, to);
  }

  /** The record that an edit changed. */
  recordOf(id: number): number | undefined {
    return this.#history.find((one) => one.id === id)?.record;
  }

  /** What a save that begins now has to write. */
  take(): Taken {
    return { pending: new Map(this.#pending), done: new Set(this.done.map(({ id }) => id)) };
  }

  /**
   * False where a record that the save drops, or puts on several lines, is to be another one by now: once it is saved,
   * it could not be edited any more.
   */
  isStillMeant(taken: Taken): boolean {
    return [...taken.pending].every(([record, { bytes }]) => {
      const now = this.#pending.get(record);
      return recordsIn(bytes) === 1 || (now !== undefined && sameBytes(now.bytes, bytes));
    });
  }

  /** The file holds now what was taken. What was edited since stays pending. */
  commit({ pending: taken, done }: Taken): void {
    const renumber = renumberBy([...taken].map(([record, { bytes }]) => [record, bytes]));
    const left = new Map<number, Pending>();
    const put = (record: number, base: Uint8Array, bytes: Bytes): void => {
      if (renumber(record) >= 0 && !sameBytes(base, bytes)) left.set(renumber(record), { base, bytes });
    };
    for (const [record, { base, bytes }] of this.#pending)
      put(record, taken.get(record)?.bytes ?? base, bytes);
    for (const [record, { base, bytes }] of taken)
      if (bytes !== null && !this.#pending.has(record)) put(record, bytes, base);
    this.#pending = left;
    this.#history = this.#history.flatMap((one) => {
      const record = renumber(one.record);
      return record < 0 ? [] : [{ ...one, record, isInFile: done.has(one.id) }];
    });
  }

  /** The same file says some records in other words since it was saved: a table that got a column. */
  renew(bytesAt: BytesAt): void {
    for (const [record, { base, bytes }] of [...this.#pending]) {
      const now = bytesAt(record) ?? base;
      if (sameBytes(now, bytes)) this.#pending.delete(record);
      else this.#pending.set(record, { base: now, bytes });
    }
  }

  /** Forgets what is pending. The records that are as in the file again. */
  discard(): readonly number[] {
    const records = [...this.#pending.keys()];
    this.#pending.clear();
    this.#aside = [];
    this.#history = this.#history.filter(({ isInFile }) => isInFile).map((one) => ({ ...one, isDone: true }));
    return records;
  }

  /** Old bytes that the file does not hold where they stood: they have to be looked for. */
  sought(bytesAt: BytesAt): readonly Uint8Array[] {
    const moved = [...this.#pending].filter(
      ([record, { base, bytes }]) =>
        !sameBytes(bytesAt(record), base) && !(bytes && sameBytes(bytesAt(record), bytes)),
    );
    return [...moved.map(([, { base }]) => base), ...this.#aside.map(({ base }) => base)];
  }

  /**
   * Holds the edits against a file that may have changed. An edit stays with the bytes that it was made of; what the
   * file holds already is no longer pending.
   * @param placesOf where the file holds these bytes, of those that were sought
   */
  rebase(bytesAt: BytesAt, placesOf: (bytes: Uint8Array) => readonly number[]): Rebased {
    const [pending, aside] = [new Map<number, Pending>(), [] as SetAside[]];
    /** Where an edited record stands now; undefined where it does not. */
    const placeNow = new Map<number, number | undefined>();
    const unplaced: SetAside[] = [];
    for (const [record, one] of this.#pending) {
      const now = bytesAt(record);
      placeNow.set(record, undefined);
      if (sameBytes(now, one.base)) {
        placeNow.set(record, record);
        pending.set(record, one);
      } else if (!one.bytes || !sameBytes(now, one.bytes)) unplaced.push({ record, ...one });
    }
    let moved = 0;
    const place = ({ record, base, bytes }: SetAside): number | undefined => {
      const free = placesOf(base).filter((one) => !pending.has(one));
      const at = nearest(free, record);
      if (at !== undefined) pending.set(at, { base, bytes });
      return at;
    };
    for (const one of unplaced) {
      const at = place(one);
      placeNow.set(one.record, at);
      if (at !== undefined) moved++;
      // What was to be dropped and is gone needs nothing more.
      else if (one.bytes !== null) aside.push(one);
    }
    const taken = new Set(
      [...placeNow].flatMap(([from, to]) => (from === to || to === undefined ? [] : [to])),
    );
    const current = this.#currentByHistory();
    this.#history = this.#history.flatMap((one) => {
      if (placeNow.has(one.record)) {
        const record = placeNow.get(one.record);
        return record === undefined ? [] : [{ ...one, record }];
      }
      const isSame = sameBytes(bytesAt(one.record), current.get(one.record));
      return isSame && !taken.has(one.record) ? [one] : [];
    });
    const back = this.#aside.flatMap((one): PastEdit[] => {
      const at = place(one);
      if (at === undefined) {
        aside.push(one);
        return [];
      }
      moved++;
      this.#history = this.#history.filter(({ record }) => record !== at);
      const id = this.#nextId++;
      const edit = { id, record: at, before: one.base, after: one.bytes, label: EARLIER_LABEL };
      this.#history.push({ ...edit, isDone: true, isInFile: false });
      return this.#history.slice(-1);
    });
    const isNew = (one: SetAside): boolean => !this.#aside.includes(one);
    const fresh = aside.filter(isNew);
    this.#pending = pending;
    this.#aside = aside;
    return { aside: fresh, back, moved };
  }

  /**
   * Makes the history that of an editor that has just opened the file: with every edit taken back, nothing is pending.
   */
  restart(): void {
    const kept = this.#history.filter(({ isInFile }) => !isInFile);
    const done = kept.filter(({ isDone }) => isDone);
    const first = new Map(done.toReversed().map((one) => [one.record, one]));
    const last = new Map(done.map((one) => [one.record, one]));
    const missing = [...new Set([...this.#pending.keys(), ...first.keys()])].flatMap((record): PastEdit[] => {
      const before = this.#pending.get(record)?.base ?? last.get(record)?.after ?? null;
      const start = first.get(record);
      const after = start ? start.before : (this.#pending.get(record)?.bytes ?? null);
      if (sameBytes(before, after)) return [];
      const id = this.#nextId++;
      return [{ id, record, before, after, label: EARLIER_LABEL, isDone: true, isInFile: false }];
    });
    // Edits that were saved and taken back since are not in the list any more: what stood on them cannot be redone.
    const current = new Map([...this.#pending].map(([record, { bytes }]) => [record, bytes]));
    const undone = kept.filter(({ isDone, record, before, after }) => {
      const isNext = !isDone && (!current.has(record) || sameBytes(current.get(record), before));
      if (isNext) current.set(record, after);
      return isNext;
    });
    this.#history = [...missing, ...done, ...undone];
  }

  /** Takes in the edits of another session; those that contradict edits here are set aside and given back. */
  merge(other: PendingEdits): readonly SetAside[] {
    const clashes: SetAside[] = [];
    const taken = new Set<number>();
    for (const [record, one] of other.#pending) {
      const own = this.#pending.get(record);
      if (own && !sameBytes(own.bytes, one.bytes)) clashes.push({ record, ...one });
      if (own) continue;
      this.#pending.set(record, one);
      taken.add(record);
    }
    for (const one of other.#history)
      if (taken.has(one.record)) this.#history.push({ ...one, id: this.#nextId++ });
    this.#aside.push(...other.#aside, ...clashes);
    return clashes;
  }

  /** What a record is after its edits, by its history alone. */
  #currentByHistory(): ReadonlyMap<number, Bytes> {
    const current = new Map<number, Bytes>();
    for (const { record, before, after, isDone } of this.#history) {
      if (isDone) current.set(record, after);
      else if (!current.has(record)) current.set(record, before);
    }
    return current;
  }

  #put(record: number, from: Bytes, to: Bytes): void {
    const base = this.#pending.get(record)?.base ?? from;
    this.#pending.delete(record);
    // An edit that gives the file's bytes again is none.
    if (base && !sameBytes(base, to)) this.#pending.set(record, { base, bytes: to });
  }
}
