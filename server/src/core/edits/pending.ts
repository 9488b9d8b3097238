// Unsaved edits of a file, and the undo history. At each moment, an edit is either in the file or pending here.
import { JsonSyntaxError, skipValue } from '../json/scan.ts';

/** New content of a record; null drops it. */
export type Bytes = Uint8Array | null;

export interface PastEdit {
  readonly id: number;
  readonly record: number;
  readonly before: Bytes;
  readonly after: Bytes;
  /** What the edit did, in a few words. */
  readonly label: string;
  /** False once it is undone. */
  readonly isDone: boolean;
  /** The saved file contains it. */
  readonly isInFile: boolean;
}

/** A record that differs from the file. */
export interface Pending {
  /** Its content in the file. */
  readonly base: Uint8Array;
  readonly bytes: Bytes;
}

/** An edit of a record that is no longer in the file. */
export interface SetAside extends Pending {
  readonly record: number;
}

/** A snapshot of what a save writes. */
export interface Taken {
  readonly pending: ReadonlyMap<number, Pending>;
  /** Edits that the file will contain after the save. */
  readonly done: ReadonlySet<number>;
}

/** The complete state as plain data. */
export interface EditState {
  readonly nextId: number;
  readonly history: readonly PastEdit[];
  readonly pending: readonly SetAside[];
  readonly aside: readonly SetAside[];
}

/** The result of matching edits against a file that may have changed. */
export interface Rebased {
  /** Edits whose record was not found. */
  readonly aside: readonly SetAside[];
  /** Edits that were set aside earlier and now match again. */
  readonly back: readonly PastEdit[];
  /** Present numbers of records that moved or came back. */
  readonly moved: number;
}

/** A record's bytes in the file; undefined if there is no such record. */
export type BytesAt = (record: number) => Uint8Array | undefined;

/** Label of an edit from an earlier session if its own is unknown. */
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

/** Whether bytes are one value that spans lines, as the records of JSON documents do. */
function isOneValue(bytes: Uint8Array): boolean {
  try {
    const end = skipValue(bytes, 0, bytes.length);
    return (
      bytes.indexOf(LINE_FEED) < end &&
      bytes.subarray(end).every((byte) => byte === LINE_FEED || BLANKS.has(byte))
    );
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** How many records these bytes will be once saved: their non-blank lines, or one value over several lines. */
export function recordsIn(bytes: Bytes): number {
  if (!bytes) return 0;
  if (!bytes.includes(LINE_FEED)) return Number(bytes.some((byte) => !BLANKS.has(byte)));
  if (isOneValue(bytes)) return 1;
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
 * Renumbers records for a save. The given records are no longer exactly one record: they were dropped or span several lines.
 * Returns −1 for these.
 */
export function renumberBy(
  saved: Iterable<readonly [record: number, bytes: Bytes]>,
): (record: number) => number {
  const counts = [...saved].map(([record, bytes]) => [record, recordsIn(bytes)] as const);
  const others = counts.filter(([, count]) => count !== 1).sort((a, b) => a[0] - b[0]);
  /** Shift of the records after the first i given ones. */
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

  /** Number of records that differ from the file. */
  get count(): number {
    return this.#pending.size;
  }

  /** Nothing that a later session needs. */
  get isEmpty(): boolean {
    return this.#pending.size === 0 && this.#aside.length === 0;
  }

  get pending(): ReadonlyMap<number, Pending> {
    return this.#pending;
  }

  /** Edits that can be undone, oldest first. */
  get done(): readonly PastEdit[] {
    return this.#history.filter(({ isDone }) => isDone);
  }

  /**
   * Adds an edit and returns its id.
   * @param before the record's present content, with pending edits
   */
  add(record: number, before: Bytes, after: Bytes, label: string): number {
    // A new edit of a record discards its redo history.
    if (this.#history.some((one) => !one.isDone && one.record === record))
      this.#history = this.#history.filter((one) => one.isDone || one.record !== record);
    const id = this.#nextId++;
    this.#history.push({ id, record, before, after, label, isDone: true, isInFile: false });
    this.#put(record, before, after);
    return id;
  }

  /** False if the edit can't be undone or redone: it is unknown, or a later edit builds on it. */
  canRetrace(id: number, direction: 'undo' | 'redo'): boolean {
    const at = this.#history.findLastIndex((one) => one.id === id);
    const edit = this.#history[at];
    const isUndo = direction === 'undo';
    if (edit?.isDone !== isUndo) return false;
    const { record } = edit;
    const now = this.#pending.get(record);
    if (now && !sameBytes(now.bytes, isUndo ? edit.after : edit.before)) return false;
    // Edits of one record are undone from last to first.
    return !this.#history.some(
      (one, i) => one.record === record && (i > at ? one.isDone : i < at && !one.isDone),
    );
  }

  /**
   * Undoes or redoes an edit if possible.
   * @param base the record's content in the file, if it differs from what the edit says
   */
  retrace(id: number, direction: 'undo' | 'redo', base?: Uint8Array): void {
    const edit = this.#history.findLast((one) => one.id === id);
    if (!edit || !this.canRetrace(id, direction)) return;
    const isDone = direction === 'redo';
    this.#history = this.#history.with(this.#history.lastIndexOf(edit), { ...edit, isDone });
    const [from, to] = isDone ? [edit.before, edit.after] : [edit.after, edit.before];
    this.#put(edit.record, base ?? from, to);
  }

  recordOf(id: number): number | undefined {
    return this.#history.find((one) => one.id === id)?.record;
  }

  /** A snapshot for a save that begins now. */
  take(): Taken {
    return { pending: new Map(this.#pending), done: new Set(this.done.map(({ id }) => id)) };
  }

  /**
   * False if the save would drop a record, or split it into several lines, although a later edit gives it
   * different content: after the save, that record could no longer be edited.
   */
  isStillMeant(taken: Taken): boolean {
    return [...taken.pending].every(([record, { bytes }]) => {
      const now = this.#pending.get(record);
      return recordsIn(bytes) === 1 || (now !== undefined && sameBytes(now.bytes, bytes));
    });
  }

  /** The file now contains the snapshot. Later edits stay pending. */
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

  /** A save may respell unchanged records, for example when a table gains a column: reads their bytes again. */
  renew(bytesAt: BytesAt): void {
    for (const [record, { base, bytes }] of [...this.#pending]) {
      const now = bytesAt(record) ?? base;
      if (sameBytes(now, bytes)) this.#pending.delete(record);
      else this.#pending.set(record, { base: now, bytes });
    }
  }

  /** Discards all pending edits. Returns the records that match the file again. */
  discard(): readonly number[] {
    const records = [...this.#pending.keys()];
    this.#pending.clear();
    this.#aside = [];
    this.#history = this.#history.filter(({ isInFile }) => isInFile).map((one) => ({ ...one, isDone: true }));
    return records;
  }

  /** Base bytes that are no longer at their old position in the file, so the caller must search for them. */
  sought(bytesAt: BytesAt): readonly Uint8Array[] {
    const moved = [...this.#pending].filter(
      ([record, { base, bytes }]) =>
        !sameBytes(bytesAt(record), base) && !(bytes && sameBytes(bytesAt(record), bytes)),
    );
    return [...moved.map(([, { base }]) => base), ...this.#aside.map(({ base }) => base)];
  }

  /**
   * Matches the edits against a file that may have changed. An edit follows the bytes it was made on; an edit that the file
   * already contains is no longer pending.
   * @param placesOf positions in the file of bytes from `sought`
   */
  rebase(bytesAt: BytesAt, placesOf: (bytes: Uint8Array) => readonly number[]): Rebased {
    const [pending, aside] = [new Map<number, Pending>(), [] as SetAside[]];
    /** Present number of an edited record; undefined if it was not found. */
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
      // A record to drop that is gone already needs nothing more.
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

  /** Resets the history to that of a freshly opened file: if every edit is undone, nothing is pending. */
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
    // Saved edits that were undone since are no longer in the list, so edits based on them can't be redone.
    const current = new Map([...this.#pending].map(([record, { bytes }]) => [record, bytes]));
    const undone = kept.filter(({ isDone, record, before, after }) => {
      const isNext = !isDone && (!current.has(record) || sameBytes(current.get(record), before));
      if (isNext) current.set(record, after);
      return isNext;
    });
    this.#history = [...missing, ...done, ...undone];
  }

  /** Adopts the edits of another session. Edits that contradict ours are set aside and returned. */
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

  /** The content of each record after its edits, according to the history. */
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
    // An edit that restores the file's bytes is not pending.
    if (base && !sameBytes(base, to)) this.#pending.set(record, { base, bytes: to });
  }
}
