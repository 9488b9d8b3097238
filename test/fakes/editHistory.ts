// Random histories of one file opened from disk: edits, undo, redo, saves with concurrent edits, reloads,
// crashes, and other programs that write to it. File and pending edits together must always hold every edit
// once.
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';

import { DEFAULT_SETTINGS } from '#node/config.ts';
import type { Disk } from '#node/diskTools.ts';
import { openDisk } from '#node/diskTools.ts';
import { openFile } from '#node/files.ts';
import type { Owner } from '#node/owner.ts';
import { digestOf, surveyFile } from '#node/surveyFile.ts';
import { DiskSource } from '#session/sources/disk.ts';
import type { DocumentSurvey } from '#session/sources/resurvey.ts';

import { EditModel, NUMBER, rowText, text } from './editModel.ts';
import { never } from './files.ts';
import { Owners } from './owners.ts';
import { decode, encode } from './records.ts';
import { HERE } from './threads.ts';

/** The process ends here. */
class Crash extends Error {}

/** Moments of a save at which the process ends. */
type Moment = 'before it is written down' | 'before the rename' | 'after the rename';
const MOMENTS: readonly Moment[] = ['before it is written down', 'before the rename', 'after the rename'];

export type Counts = Record<string, number>;

export interface HistoryOptions {
  readonly folder: string;
  readonly random: () => number;
  readonly counts: Counts;
  readonly suffix?: '.jsonl' | '.jsonl.gz';
}

export class EditHistory {
  readonly #random: () => number;
  readonly #counts: Counts;
  readonly #path: string;
  readonly #cache: string;
  readonly #backup: string;
  readonly #owners = new Owners();
  readonly #model: EditModel;
  #owner: Owner;
  #source!: DiskSource;
  #survey!: DocumentSurvey;
  #crashAt: Moment | undefined;
  #nextRow: number;
  /** Past steps, for the message of a failure. */
  readonly log: string[] = [];

  constructor({ folder, random, counts, suffix = '.jsonl' }: HistoryOptions) {
    this.#random = random;
    this.#counts = counts;
    this.#path = join(folder, `data${suffix}`);
    this.#cache = join(folder, 'cache');
    this.#backup = join(folder, 'backup', 'one');
    const size = 1 + Math.floor(random() * 7);
    this.#nextRow = size;
    this.#model = new EditModel(Array.from({ length: size }, (_, id) => rowText(id)));
    mkdirSync(dirname(this.#backup), { recursive: true });
    this.#owner = this.#owners.start();
  }

  async run(steps: number): Promise<void> {
    this.#write(this.#model.fileText);
    await this.#open({});
    for (let step = 0; step < steps; step++) {
      await this.#step();
      this.#check();
    }
    await this.#save(0);
    this.#check();
    if (this.#model.pendingCount !== 0 || this.#source.unsavedCount !== 0)
      throw new Error('edits are pending after the last save');
    this.#source.close();
  }

  get #isPacked(): boolean {
    return this.#path.endsWith('.gz');
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
    this.log.push(what);
  }

  async #step(): Promise<void> {
    const draw = this.#random();
    if (draw < 0.42) this.#edit();
    else if (draw < 0.52) this.#retrace('undo');
    else if (draw < 0.57) this.#retrace('redo');
    else if (draw < 0.72) await this.#save(this.#random() < 0.6 ? 1 + Math.floor(this.#random() * 3) : 0);
    else if (draw < 0.79) await this.#reload();
    else if (draw < 0.86) await this.#crash();
    else if (draw < 0.9) await this.#crashInSave();
    else if (draw < 0.92) this.#discard();
    else await this.#meddle();
  }

  #edit(): void {
    const open = this.#model.rows.flatMap(({ want }, record) => (want === null ? [] : [record]));
    if (open.length === 0) return;
    const record = this.#pick(open);
    const { want, file } = this.#model.rows[record]!;
    const id = Number(NUMBER.exec(want!)![1]);
    const draw = this.#random();
    const after =
      draw < 0.2
        ? null
        : draw < 0.35
          ? file
          : draw < 0.7
            ? rowText(id, this.#pick(['a', 'b']), this.#pick(['b', 'a']))
            : rowText(id, 'a', 'b', `,"margin":${Math.floor(this.#random() * 1000)}`);
    if (after === want) return;
    const made = this.#source.edit(record, after === null ? null : encode(after), 'Edit');
    this.#model.edit(record, made, after);
    this.#count('edits');
  }

  #retrace(direction: 'undo' | 'redo'): void {
    const { done, undone } = this.#model;
    const step = (direction === 'undo' ? done : undone).at(-1);
    if (!step) return;
    if (this.#source.retrace(step.id, direction)) {
      this.#model[direction]();
      this.#count(direction === 'undo' ? 'undos' : 'redos');
      return;
    }
    this.#count('refused undos and redos');
    const isDrop = direction === 'undo' && step.after === null;
    if (!step.isUnsure && !(this.#isSaving && isDrop)) throw new Error(`${direction} ${step.id} was refused`);
    if (step.isUnsure) (direction === 'undo' ? done : undone).pop();
  }

  #isSaving = false;

  #read(): string {
    const bytes = readFileSync(this.#path);
    return (this.#isPacked ? gunzipSync(bytes) : bytes).toString();
  }

  #write(text: string): void {
    writeFileSync(this.#path, this.#isPacked ? gzipSync(text) : text);
  }

  /** Saves, with this many concurrent edits. */
  async #save(meanwhile: number): Promise<void> {
    this.#model.beginSave();
    this.#isSaving = true;
    const onCommit = (): void => {
      this.#model.saved(this.#read());
      this.#refresh();
      this.#check();
    };
    const isOver = { value: false };
    const save = async (): Promise<void> => {
      const { isCarried } = await this.#source.save(never, onCommit);
      if (isCarried) return;
      isOver.value = true;
      this.#model.saved(this.#read());
      await this.#reopen();
    };
    const saves = [save()];
    if (!this.#isPacked && meanwhile > 1 && this.#random() < 0.3) {
      saves.push(save());
      this.#count('saves at the same time');
    }
    for (let i = 0; i < meanwhile; i++) {
      for (let wait = Math.floor(this.#random() * 8); wait >= 0; wait--) await setImmediate();
      const draw = this.#random();
      // A compressed file is reread before it can be edited.
      if (isOver.value) break;
      if (draw < 0.6) this.#edit();
      else if (draw < 0.9) this.#retrace('undo');
      else this.#retrace('redo');
      this.#count('steps during a save');
    }
    await Promise.all(saves);
    this.#isSaving = false;
    this.#count('saves');
  }

  async #crashInSave(): Promise<void> {
    this.#crashAt = this.#pick(MOMENTS);
    // Another program may have written the same bytes: then the save fails after the write.
    if (this.#crashAt !== 'after the rename' && this.#random() < 0.3) this.#write(this.#read());
    const before = this.#read();
    this.#model.beginSave();
    await this.#source
      .save(never, () => undefined)
      .then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof Crash) && !String(error).includes('changed the file during the save'))
            throw error;
        },
      );
    if (this.#read() !== before) this.#model.saved(this.#read());
    this.#count(`crashes ${this.#crashAt}`);
    this.#crashAt = undefined;
    await this.#begin({});
  }

  async #crash(): Promise<void> {
    this.#count('crashes');
    await this.#begin({});
  }

  /** Reopens a window: VS Code kept a backup, and may have asked the server to discard the edits. */
  async #reload(): Promise<void> {
    this.#count('reloads');
    const isKept = this.#model.pendingCount > 0;
    const draw = this.#random();
    if (isKept) await this.#source.backup(this.#backup);
    // The backup may be older than the journal, which then has more edits.
    if (draw < 0.3) this.#edit();
    else if (isKept && draw < 0.6) this.#source.discard();
    await this.#begin(isKept ? { backup: this.#backup } : {});
  }

  /** Another process replaces this one. */
  async #begin(options: { backup?: string }): Promise<void> {
    this.#owners.end(this.#owner);
    this.#source.close();
    this.#owner = this.#owners.start();
    await this.#open(options);
    const settled = this.#source.takeSettled();
    if (settled?.aside.length !== 0) throw new Error('edits were set aside');
    // An editor starts with the reported edits: if all are undone, the file is as it was saved.
    const now = this.#model.rows.map(({ want }) => want);
    for (const { record, before, after } of settled.added.toReversed()) {
      if (text(after) !== now[record]) throw new Error('the history does not end at what is pending');
      now[record] = text(before);
    }
    if (this.#model.rows.some(({ file }, i) => file !== now[i]))
      throw new Error('with all taken back, the file is not as it was');
    this.#model.done = settled.added.map(({ id, record, before, after }) => ({
      id,
      row: this.#model.rows[record]!,
      before: text(before),
      after: text(after),
      isInFile: false,
      isUnsure: false,
    }));
    this.#model.undone = [];
  }

  async #reopen(): Promise<void> {
    await this.#source.reopen();
    await this.#readAll();
  }

  async #open(options: { backup?: string }): Promise<void> {
    this.#source = new DiskSource(`file://${this.#path}`, await openFile(this.#path), this.#disk(), options);
    await this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#survey = (await this.#source.survey(DEFAULT_SETTINGS, never))!;
    this.#refresh();
  }

  #disk(): Disk {
    const disk = openDisk(this.#cache, HERE, this.#owner);
    return {
      ...disk,
      survey: async (file, settings, signal) => ({
        ...(await surveyFile(file, { ranges: HERE, settings, signal })),
        digest: await digestOf(file, signal),
      }),
      session: (file, backup) => {
        const session = disk.session(file, backup);
        const saving = session.saving.bind(session);
        const commit = session.commit.bind(session);
        session.saving = (stamp) => {
          if (this.#crashAt === 'before it is written down') throw new Crash();
          saving(stamp);
          if (this.#crashAt === 'before the rename') throw new Crash();
        };
        session.commit = (...args) => {
          if (this.#crashAt === 'after the rename') throw new Crash();
          commit(...args);
        };
        return session;
      },
    };
  }

  #refresh(): void {
    const carried = this.#source.refresh(this.#survey);
    if (carried) this.#survey = carried.survey;
  }

  #discard(): void {
    this.#count('reverts');
    this.#source.discard();
    this.#model.discard();
  }

  /** Another program writes to the file. */
  async #meddle(): Promise<void> {
    const { rows } = this.#model;
    const draw = this.#random();
    const rewrite = (isNew: boolean): void => {
      const target = isNew ? `${this.#path}.new` : this.#path;
      const content = this.#model.fileText;
      writeFileSync(target, this.#isPacked ? gzipSync(content) : content);
      if (isNew) renameSync(target, this.#path);
    };
    let aside = 0;
    let isSame = false;
    if (draw < 0.3) {
      this.#count('touches');
      const time = new Date(1_600_000_000_000 + Math.floor(this.#random() * 1e9));
      utimesSync(this.#path, time, time);
      isSame = true;
    } else if (draw < 0.5) {
      this.#count('rewrites with the same bytes');
      rewrite(true);
      isSame = true;
    } else {
      this.#count('changes by others');
      const at = Math.floor(this.#random() * (rows.length + 1));
      const other = rows[at];
      if (draw < 0.7 || !other) {
        const made = rowText(this.#nextRow++);
        rows.splice(at, 0, { file: made, want: made });
      } else {
        const isPending = other.file !== other.want;
        // A row of the same name with a new text, or none.
        const made = draw < 0.85 ? rowText(this.#nextRow++) : undefined;
        if (isPending && other.want !== null) aside = 1;
        rows.splice(at, 1, ...(made === undefined ? [] : [{ file: made, want: made }]));
      }
      const isThere = (row: (typeof rows)[number]): boolean => rows.includes(row);
      for (const list of ['done', 'undone'] as const) {
        this.#model[list] = this.#model[list].filter(({ row }) => isThere(row));
        for (const step of this.#model[list]) step.isUnsure = true;
      }
      rewrite(this.#random() < 0.5);
    }
    if (this.#random() < 0.3) {
      // No update before the process ends.
      if (aside > 0) return this.#beginAside(aside);
      await this.#begin({});
      return;
    }
    const isChanged = await this.#source.isChanged(never);
    if (isChanged) await this.#reopen();
    const found = this.#source.takeSettled();
    if (!isChanged && !isSame) throw new Error('a change went unnoticed');
    if ((found?.aside.length ?? 0) !== aside)
      throw new Error(`${found?.aside.length} edits set aside, not ${aside}`);
  }

  async #beginAside(aside: number): Promise<void> {
    this.#owners.end(this.#owner);
    this.#source.close();
    this.#owner = this.#owners.start();
    await this.#open({});
    const found = this.#source.takeSettled();
    if (found?.aside.length !== aside)
      throw new Error(`${found?.aside.length} edits set aside, not ${aside}`);
    this.#model.done = [];
    this.#model.undone = [];
  }

  /** The visible rows are the wanted ones, and the file holds the saved ones. */
  #check(): void {
    this.#refresh();
    const { rows, pendingCount } = this.#model;
    const { facts } = this.#survey;
    if (facts.recordCount !== rows.length)
      throw new Error(`${facts.recordCount} records, not ${rows.length}`);
    const { byteStart, byteEnd } = facts.records;
    rows.forEach(({ want }, record) => {
      const bytes = this.#source.bytesOf(record, byteStart[record]!, byteEnd[record]!);
      const seen = this.#source.isDropped(record) ? null : decode(bytes);
      if (seen !== want) throw new Error(`record ${record} says ${seen}, not ${want}`);
    });
    if (this.#source.unsavedCount !== pendingCount)
      throw new Error(`${this.#source.unsavedCount} edits pending, not ${pendingCount}`);
    if (!this.#isSaving && this.#read() !== this.#model.fileText)
      throw new Error('the file holds something else');
  }
}
