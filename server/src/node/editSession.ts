// The edits of one open dataset: pending edits and history. Each change is written to the journal before it takes
// effect.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { Bytes, BytesAt, PastEdit, Rebased, SetAside, Taken } from '#core/edits/pending.ts';
import { PendingEdits, renumberBy, sameBytes } from '#core/edits/pending.ts';

import { PRIVATE_FOLDER } from './cachePlace.ts';
import type { Journal, JournalEvent, JournalHead, LeftEdits, SavedStamp } from './journal.ts';
import { beginningOf, readJournal } from './journal.ts';
import type { Stamp } from './stored.ts';
import { codeOf } from './stored.ts';
import { PRIVATE_MODE, writeWhole } from './write.ts';

/** The file content that edits are matched against. */
export interface Content {
  readonly stamp: Stamp;
  /** SHA-256 of the stored bytes, if known. */
  readonly digest: string | undefined;
  readonly bytesAt: BytesAt;
  /** Finds records with exactly these bytes. Reads the whole content. */
  find(wanted: readonly Uint8Array[]): Promise<(bytes: Uint8Array) => readonly number[]>;
}

/** Result of matching edits against a content. */
export interface Settled {
  /** Records with edits of earlier sessions. */
  readonly restored: number;
  /** Edits that the editor does not know yet. */
  readonly added: readonly PastEdit[];
  /** Edits that match nothing. */
  readonly aside: readonly SetAside[];
  /** The file that they were written to. */
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
    // An edit may have been undone during the search.
    if (sought.every((bytes) => known.has(bytes))) return edits.rebase(content.bytesAt, placesOf);
    for (const bytes of sought) known.add(bytes);
    placesOf = await content.find([...known]);
  }
}

/** True if a file contains what a save was about to write. Dropped records prove nothing. */
function holds({ pending }: Taken, bytesAt: BytesAt): boolean {
  const renumber = renumberBy([...pending].map(([record, { bytes }]) => [record, bytes]));
  const written = [...pending].filter(([record, { bytes }]) => bytes !== null && renumber(record) >= 0);
  return (
    written.length > 0 && written.every(([record, { bytes }]) => sameBytes(bytesAt(renumber(record)), bytes))
  );
}

/** The edits of an ended session, matched against the file, without those that its last save wrote. */
async function settle({ edits, saving, digest }: LeftEdits, content: Content): Promise<HeldEdits> {
  const { stamp, bytesAt } = content;
  const saved = PendingEdits.from(edits.state);
  if (saving) saved.commit(saving.taken);
  if (saving && isSavedAs(stamp, saving.stamp)) {
    saved.renew(bytesAt);
    return { edits: saved, aside: [] };
  }
  if (digest !== undefined && digest === content.digest) return { edits, aside: [] };
  // If the file was written since, its stamp differs, so look for the saved content instead.
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
  /** The journal may be incomplete or out of date. */
  #isTorn = false;
  #fault: string | undefined;
  #isFaultTold = false;
  /** From a `backup` of an earlier session. */
  #kept: LeftEdits | undefined;

  /** @param backup a file written by `backup`. It is read now, because it may be deleted later. */
  constructor(path: string, journal: Journal, backup?: string) {
    this.#path = resolve(path);
    this.#journal = journal;
    this.#kept = backup === undefined ? undefined : readJournal(backup);
  }

  get edits(): Omit<PendingEdits, 'add' | 'retrace' | 'commit' | 'discard' | 'rebase' | 'restart' | 'merge'> {
    return this.#edits;
  }

  /**
   * Matches edits against the file's content: those of this session and, the first time, those of earlier
   * sessions.
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
      // The journals still contain the edits that could not be set aside, so keep them until the next edit.
      this.#isTorn = true;
      return settled;
    }
    this.#rewrite();
    // Keep the old journals until their edits are in ours.
    if (!this.#isTorn)
      this.#attempt(() => {
        this.#journal.dropTaken();
      });
    return { ...settled, ...(asidePath !== undefined && { asidePath }) };
  }

  /** Why edits can't be written to the journal; returned once. */
  takeFault(): string | undefined {
    if (this.#isFaultTold || this.#fault === undefined) return undefined;
    this.#isFaultTold = true;
    return this.#fault;
  }

  /** Edits work without a journal too; they are then lost if the process ends. */
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

  /**
   * Edits of earlier sessions, the session to continue first. Of a backup and its journal, the later one counts.
   */
  #left(): readonly LeftEdits[] {
    const journals = this.#attempt(() => this.#journal.takeLeft()) ?? [];
    const kept = this.#kept;
    if (!kept) return journals;
    const same = journals.filter(({ session }) => session === kept.session);
    const others = journals.filter(({ session }) => session !== kept.session);
    const latest = [kept, ...same].reduce((best, one) => (one.revision >= best.revision ? one : best));
    return [latest, ...others];
  }

  /** Adds an edit and returns its id. */
  add(record: number, before: Bytes, after: Bytes, label: string): number {
    this.#append({ kind: 'add', record, before, after, label });
    return this.#edits.add(record, before, after, label);
  }

  /**
   * Undoes or redoes an edit. False if that is impossible.
   * @param base the record's content in the file, if known
   */
  retrace(id: number, direction: 'undo' | 'redo', base?: Uint8Array): boolean {
    if (!this.#edits.canRetrace(id, direction)) return false;
    this.#append({ kind: direction, id, base });
    this.#edits.retrace(id, direction, base);
    return true;
  }

  /** Call before a save renames the file that contains all pending edits. */
  saving(stamp: SavedStamp): void {
    this.#append({ kind: 'saving', stamp: { size: stamp.size, mtimeMs: stamp.mtimeMs, inode: stamp.inode } });
  }

  /** The file now contains the snapshot. `bytesAt` reads it, if possible. */
  commit(taken: Taken, bytesAt: BytesAt = () => undefined): void {
    this.#edits.commit(taken);
    this.#edits.renew(bytesAt);
    this.#digest = undefined;
    this.#rewrite();
  }

  /** Discards pending edits and returns their records. Before `settle`, edits of earlier sessions stay. */
  discard(): readonly number[] {
    this.#kept = undefined;
    const records = this.#edits.discard();
    if (this.#isSettled) this.#rewrite();
    return records;
  }

  /** Writes all edits to a file that another session can continue from. False before they are known. */
  async backup(path: string): Promise<boolean> {
    const left = this.#isSettled ? { ...this.#head(), edits: this.#edits } : this.#kept;
    if (!left) return false;
    // As they are now: more may be made while the file is written.
    const content = beginningOf(left, left.edits.state);
    await mkdir(dirname(path), PRIVATE_FOLDER);
    await writeWhole(path, content, { mode: PRIVATE_MODE });
    return true;
  }

  /** Closes the journal. Pending edits stay on disk for the next session. */
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
    // A partly written line would corrupt the next one, so write the whole journal again.
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
