// The edits of one open dataset: what is pending and its history, each change written down before it counts.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';

import type { Bytes, BytesAt, PastEdit, Rebased, SetAside, Taken } from '#core/edits/pending.ts';
import { PendingEdits, renumberBy, sameBytes } from '#core/edits/pending.ts';

import type { Journal, JournalEvent, JournalHead, LeftEdits, SavedStamp } from './journal.ts';
import { readJournal, writeJournal } from './journal.ts';
import type { Stamp } from './stored.ts';
import { codeOf } from './stored.ts';

/** The content that edits are held against. */
export interface Content {
  readonly stamp: Stamp;
  /** SHA-256 of the stored bytes, where it is known. */
  readonly digest: string | undefined;
  readonly bytesAt: BytesAt;
  /** Where these bytes stand, each as its own list of record numbers. Reads the whole content. */
  find(wanted: readonly Uint8Array[]): Promise<(bytes: Uint8Array) => readonly number[]>;
}

/** What came of edits that were held against a content. */
export interface Settled {
  /** Records with edits of earlier sessions. */
  readonly restored: number;
  /** What an editor that has just opened the file, or that knows the others, has to take up. */
  readonly added: readonly PastEdit[];
  /** Edits that fit nowhere. */
  readonly aside: readonly SetAside[];
  /** Where they are kept. */
  readonly asidePath?: string;
}

interface HeldEdits {
  readonly edits: PendingEdits;
  readonly aside: readonly SetAside[];
}

export function isSavedAs(stamp: Stamp, { size, mtimeMs, inode }: SavedStamp): boolean {
  return stamp.size === size && stamp.mtimeMs === mtimeMs && stamp.inode === inode;
}

async function rebase(edits: PendingEdits, content: Content): Promise<Rebased> {
  const known = new Set<Uint8Array>();
  let placesOf: (bytes: Uint8Array) => readonly number[] = () => [];
  for (;;) {
    const sought = edits.sought(content.bytesAt);
    // While the file was searched an edit may have been taken back.
    if (sought.every((bytes) => known.has(bytes))) return edits.rebase(content.bytesAt, placesOf);
    for (const bytes of sought) known.add(bytes);
    placesOf = await content.find([...known]);
  }
}

/** True when a file holds what a save was to write. Records that were to go are no sign of it. */
function holds({ pending }: Taken, bytesAt: BytesAt): boolean {
  const renumber = renumberBy([...pending].map(([record, { bytes }]) => [record, bytes]));
  const written = [...pending].filter(([record, { bytes }]) => bytes !== null && renumber(record) >= 0);
  return (
    written.length > 0 && written.every(([record, { bytes }]) => sameBytes(bytesAt(renumber(record)), bytes))
  );
}

/** The edits of a session that ended, without those that its last save put into the file, held against the file. */
async function settle({ edits, saving, digest }: LeftEdits, content: Content): Promise<HeldEdits> {
  const { stamp, bytesAt } = content;
  const saved = PendingEdits.from(edits.state);
  if (saving) saved.commit(saving.taken);
  if (saving && isSavedAs(stamp, saving.stamp)) {
    saved.renew(bytesAt);
    return { edits: saved, aside: [] };
  }
  if (digest !== undefined && digest === content.digest) return { edits, aside: [] };
  // Written to since, the file has another stamp: then what was to be saved has to be seen in it.
  const left = saving && holds(saving.taken, bytesAt) ? saved : edits;
  return { edits: left, aside: (await rebase(left, content)).aside };
}

export class EditSession {
  readonly #journal: Journal;
  readonly #path: string;
  #edits = new PendingEdits();
  #name = randomBytes(8).toString('hex');
  #revision = 0;
  #digest: string | undefined;
  #isSettled = false;
  #isClosed = false;
  /** The journal does not say what is pending. */
  #isTorn = false;
  #fault: string | undefined;
  #isFaultTold = false;
  /** What `backup` of an earlier session wrote. */
  #kept: LeftEdits | undefined;

  /** @param backup a file that `backup` wrote in an earlier session: it may be gone by the time it is needed */
  constructor(path: string, journal: Journal, backup?: string) {
    this.#path = resolve(path);
    this.#journal = journal;
    this.#kept = backup === undefined ? undefined : readJournal(backup);
  }

  get edits(): Omit<PendingEdits, 'add' | 'retrace' | 'commit' | 'discard' | 'rebase' | 'restart' | 'merge'> {
    return this.#edits;
  }

  /**
   * Holds the edits against the content of the file: those of this session, and at its start those that earlier
   * sessions left.
   */
  async settle(content: Content): Promise<Settled> {
    const settled = this.#isSettled ? await this.#again(content) : await this.#start(content);
    // Adopted edits stay on disk for the next session.
    if (this.#isClosed) return { restored: 0, added: [], aside: [] };
    this.#isSettled = true;
    this.#digest = content.digest;
    const { aside } = settled;
    const asidePath = aside.length === 0 ? undefined : this.#attempt(() => this.#journal.setAside(aside));
    if (aside.length > 0 && asidePath === undefined) {
      // The journals still hold what could not be set aside: they stay as they are until the next edit.
      this.#isTorn = true;
      return settled;
    }
    this.#rewrite();
    // As long as they are not written down here, they stay where they are.
    if (!this.#isTorn)
      this.#attempt(() => {
        this.#journal.dropTaken();
      });
    return { ...settled, ...(asidePath !== undefined && { asidePath }) };
  }

  /** Why edits cannot be written down; told once. */
  takeFault(): string | undefined {
    if (this.#isFaultTold || this.#fault === undefined) return undefined;
    this.#isFaultTold = true;
    return this.#fault;
  }

  /** Without a journal, edits are made all the same: they are lost only if the process ends. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#fault = codeOf(error) || String(error);
      return undefined;
    }
  }

  async #again(content: Content): Promise<Settled> {
    const { aside, back } = await rebase(this.#edits, content);
    return { restored: 0, added: back, aside };
  }

  async #start(content: Content): Promise<Settled> {
    const aside: SetAside[] = [];
    const left = this.#left();
    for (const [i, one] of left.entries()) {
      const { edits, aside: unplaced } = await settle(one, content);
      aside.push(...unplaced);
      edits.restart();
      if (i > 0) {
        aside.push(...this.#edits.merge(edits));
        continue;
      }
      this.#edits = edits;
      this.#name = one.session;
      this.#revision = one.revision;
    }
    return { restored: this.#edits.count, added: this.#edits.done, aside };
  }

  /** What earlier sessions left, the one that goes on here first. Of a backup and its journal the later one counts. */
  #left(): readonly LeftEdits[] {
    const journals = this.#attempt(() => this.#journal.takeLeft()) ?? [];
    const kept = this.#kept;
    if (!kept) return journals;
    const same = journals.filter(({ session }) => session === kept.session);
    const others = journals.filter(({ session }) => session !== kept.session);
    const latest = [kept, ...same].reduce((best, one) => (one.revision >= best.revision ? one : best));
    return [latest, ...others];
  }

  /** Adds an edit; its number. */
  add(record: number, before: Bytes, after: Bytes, label: string): number {
    this.#append({ kind: 'add', record, before, after, label });
    return this.#edits.add(record, before, after, label);
  }

  /**
   * Takes an edit back, or makes it again. False where that cannot be.
   * @param base what the file holds for its record, where that is known
   */
  retrace(id: number, direction: 'undo' | 'redo', base?: Uint8Array): boolean {
    if (!this.#edits.canRetrace(id, direction)) return false;
    this.#append({ kind: direction, id, base });
    this.#edits.retrace(id, direction, base);
    return true;
  }

  /** A save is about to put the file in place that holds what is pending. */
  saving(stamp: SavedStamp): void {
    this.#append({ kind: 'saving', stamp: { size: stamp.size, mtimeMs: stamp.mtimeMs, inode: stamp.inode } });
  }

  /** The file holds what was taken; `bytesAt` says how, where it can be read. */
  commit(taken: Taken, bytesAt: BytesAt = () => undefined): void {
    this.#edits.commit(taken);
    this.#edits.renew(bytesAt);
    this.#digest = undefined;
    this.#rewrite();
  }

  /** Forgets what is pending; the records that it was of. Before `settle`, what nobody has seen yet stays. */
  discard(): readonly number[] {
    this.#kept = undefined;
    const records = this.#edits.discard();
    if (this.#isSettled) this.#rewrite();
    return records;
  }

  /** Writes all of it to a file, from which another session goes on. False before it is known what there is. */
  backup(path: string): boolean {
    if (this.#isSettled) writeJournal(path, this.#head(), this.#edits.state);
    else if (this.#kept) writeJournal(path, this.#kept, this.#kept.edits.state);
    return this.#isSettled || this.#kept !== undefined;
  }

  /** Lets go of the journal. What is pending is left for the next session. */
  close(): void {
    this.#isClosed = true;
    this.#journal.close();
  }

  #head(): JournalHead {
    return {
      path: this.#path,
      session: this.#name,
      revision: this.#revision,
      ...(this.#digest !== undefined && { digest: this.#digest }),
    };
  }

  #append(event: JournalEvent): void {
    if (this.#isClosed) return;
    // A line that was written in part spoils the next one: then all is written again.
    if (this.#isTorn) this.#rewrite();
    if (!this.#isTorn) {
      this.#isTorn = true;
      this.#attempt(() => {
        this.#journal.append(event, () => [this.#head(), this.#edits.state]);
        this.#isTorn = false;
      });
    }
    this.#revision++;
  }

  #rewrite(): void {
    if (this.#isClosed) return;
    this.#revision++;
    this.#isTorn = true;
    this.#attempt(() => {
      if (this.#edits.isEmpty) this.#journal.remove();
      else this.#journal.rewrite(this.#head(), this.#edits.state);
      this.#isTorn = false;
    });
  }
}
