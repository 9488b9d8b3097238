// Random histories of pending edits without a disk: the same model, thousands of times a second.
import type { EditState } from '#core/edits/pending.ts';
import { PendingEdits } from '#core/edits/pending.ts';
import { decodeBytes, encodeBytes } from '#node/journal.ts';

import type { Counts } from './editHistory.ts';
import { EditModel, text } from './editModel.ts';
import { decode, encode } from './records.ts';

export class MemoryHistory {
  readonly #random: () => number;
  readonly #counts: Counts;
  readonly #model: EditModel;
  #file: string[];
  #edits = new PendingEdits();
  #nextRow: number;
  readonly log: string[] = [];

  constructor(random: () => number, counts: Counts) {
    this.#random = random;
    this.#counts = counts;
    const size = 1 + Math.floor(random() * 8);
    this.#nextRow = size;
    this.#file = Array.from({ length: size }, (_, i) => `${i}`);
    this.#model = new EditModel(this.#file);
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      this.#step();
      this.#check();
    }
    this.#save(0);
    this.#check();
    if (this.#edits.count > 0 || !this.#edits.isEmpty)
      throw new Error('edits are pending after the last save');
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
    this.log.push(what);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #step(): void {
    const draw = this.#random();
    if (draw < 0.45) this.#edit();
    else if (draw < 0.58) this.#retrace('undo');
    else if (draw < 0.63) this.#retrace('redo');
    else if (draw < 0.8) this.#save(this.#below(4));
    else if (draw < 0.9) this.#restart();
    else if (draw < 0.93) this.#discard();
    else this.#meddle();
  }

  #edit(): void {
    const open = this.#model.rows.flatMap(({ want }, record) => (want === null ? [] : [record]));
    const record = open[this.#below(open.length)];
    const row = record === undefined ? undefined : this.#model.rows[record];
    if (record === undefined || !row?.want) return;
    const name = row.want.split(':')[0] ?? '';
    const draw = this.#random();
    const after = draw < 0.2 ? null : draw < 0.4 ? row.file : `${name}:${this.#below(3)}`;
    if (after === row.want) return;
    const id = this.#edits.add(record, encode(row.want), after === null ? null : encode(after), 'Edit');
    this.#model.edit(record, id, after);
    this.#count('edits in memory');
  }

  #retrace(direction: 'undo' | 'redo'): void {
    const list = direction === 'undo' ? this.#model.done : this.#model.undone;
    const step = list.at(-1);
    if (!step) return;
    if (this.#edits.canRetrace(step.id, direction)) {
      const { file } = step.row;
      this.#edits.retrace(step.id, direction, encode(file));
      this.#model[direction]();
      this.#count(`${direction}s in memory`);
    } else if (step.isUnsure) list.pop();
    else throw new Error(`${direction} ${step.id} was refused`);
  }

  #save(meanwhile: number): void {
    this.#model.beginSave();
    let taken = this.#edits.take();
    for (let i = 0; i < meanwhile; i++) {
      const draw = this.#random();
      if (draw < 0.6) this.#edit();
      else this.#retrace(draw < 0.9 ? 'undo' : 'redo');
    }
    while (!this.#edits.isStillMeant(taken)) taken = this.#edits.take();
    this.#file = this.#file.flatMap((line, record) => {
      const one = taken.pending.get(record);
      return one ? (text(one.bytes) ?? []) : [line];
    });
    this.#edits.commit(taken);
    this.#model.saved(this.#file.map((line) => `${line}\n`).join(''));
    this.#count('saves in memory');
  }

  #restart(): void {
    const state = JSON.parse(JSON.stringify(this.#edits.state, encodeBytes), decodeBytes) as EditState;
    this.#edits = PendingEdits.from(state);
    this.#edits.restart();
    const now = this.#model.rows.map(({ want }) => want);
    for (const { record, before, after } of this.#edits.done.toReversed()) {
      if (text(after) !== now[record]) throw new Error('the history does not end at what is pending');
      now[record] = text(before);
    }
    if (now.some((line, i) => line !== this.#file[i]))
      throw new Error('with all taken back, the file is not as it was');
    this.#model.done = this.#edits.done.map(({ id, record, before, after }) => ({
      id,
      row: this.#model.rows[record]!,
      before: text(before),
      after: text(after),
      isInFile: false,
      isUnsure: false,
    }));
    this.#model.undone = [];
    this.#count('restarts in memory');
  }

  #discard(): void {
    this.#edits.discard();
    this.#model.discard();
    this.#count('reverts in memory');
  }

  /** Another program adds, changes or removes a row. */
  #meddle(): void {
    const { rows } = this.#model;
    const at = this.#below(rows.length + 1);
    const other = rows[at];
    const made = `${this.#nextRow++}`;
    const isAdded = this.#random() < 0.4 || !other;
    const isReplaced = this.#random() < 0.5;
    const lost = !isAdded && other.want !== null && other.file !== other.want ? 1 : 0;
    rows.splice(at, Number(!isAdded), ...(isAdded || isReplaced ? [{ file: made, want: made }] : []));
    this.#file = rows.map(({ file }) => file);
    const bytes = this.#file.map(encode);
    for (const list of ['done', 'undone'] as const) {
      this.#model[list] = this.#model[list].filter(({ row }) => rows.includes(row));
      for (const step of this.#model[list]) step.isUnsure = true;
    }
    const { aside } = this.#edits.rebase(
      (record) => bytes[record],
      (wanted) => this.#file.flatMap((line, record) => (line === decode(wanted) ? [record] : [])),
    );
    if (aside.length !== lost) throw new Error(`${aside.length} edits set aside, not ${lost}`);
    // Edits that fit nowhere stay until they fit again, which never happens for these rows.
    if (lost > 0) this.#edits = PendingEdits.from({ ...this.#edits.state, aside: [] });
    this.#count('changes by others in memory');
  }

  #check(): void {
    this.#model.rows.forEach(({ want, file }, record) => {
      const pending = this.#edits.pending.get(record);
      const seen = pending ? text(pending.bytes) : this.#file[record];
      if (seen !== want) throw new Error(`record ${record} says ${seen}, not ${want}`);
      if (pending && decode(pending.base) !== file) throw new Error(`record ${record} has another base`);
    });
    if (this.#edits.count !== this.#model.pendingCount)
      throw new Error(`${this.#edits.count} edits pending, not ${this.#model.pendingCount}`);
  }
}
