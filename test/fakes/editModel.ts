// The expected result of edits: which rows exist, the text of each, and what undo restores.

import { decode } from './records.ts';

export const text = (bytes: Uint8Array | null): string | null => bytes && decode(bytes);

/** The row with this number. */
export const rowText = (id: number, answer = 'a', other = 'b', more = ''): string =>
  `{"prompt":"q${id}","chosen":"${answer}","rejected":"${other}"${more}}`;

/** The number of a row. */
export const NUMBER = /"q(\d+)"/;

/** A row identified by its first field, whatever else changes. */
export interface Row {
  /** What the file holds. */
  file: string;
  /** The wanted text; null is dropped. */
  want: string | null;
}

export interface Step {
  readonly id: number;
  readonly row: Row;
  readonly before: string | null;
  readonly after: string | null;
  isInFile: boolean;
  /** The edit may be lost: another program has changed the file since. */
  isUnsure: boolean;
}

interface Snapshot {
  readonly wants: ReadonlyMap<Row, string | null>;
  readonly done: ReadonlySet<Step>;
}

const line = (text: string): string => `${text}\n`;

export class EditModel {
  rows: Row[];
  done: Step[] = [];
  undone: Step[] = [];
  /** States that a running save may write: those since it began. */
  #snapshots: Snapshot[] = [];

  constructor(texts: readonly string[]) {
    this.rows = texts.map((text) => ({ file: text, want: text }));
  }

  get fileText(): string {
    return this.rows.map(({ file }) => line(file)).join('');
  }

  get pendingCount(): number {
    return this.rows.filter(({ file, want }) => file !== want).length;
  }

  edit(record: number, id: number, after: string | null): void {
    const row = this.rows[record];
    if (!row) throw new Error(`no row ${record}`);
    this.done.push({ id, row, before: row.want, after, isInFile: false, isUnsure: false });
    this.#blockUnder(this.undone.filter(({ isInFile }) => isInFile));
    this.undone = [];
    row.want = after;
    this.#remember();
  }

  undo(): void {
    const step = this.done.pop();
    if (!step) return;
    this.undone.push(step);
    step.row.want = step.before;
    this.#remember();
  }

  redo(): void {
    const step = this.undone.pop();
    if (!step) return;
    this.done.push(step);
    step.row.want = step.after;
    this.#remember();
  }

  discard(): void {
    const all = [...this.done, ...this.undone.toReversed()];
    this.done = all.filter(({ isInFile }) => isInFile);
    this.undone = [];
    for (const row of this.rows) row.want = row.file;
  }

  beginSave(): void {
    this.#snapshots = [];
    this.#remember();
  }

  /** A save wrote this text. Throws if the rows never had this state since the save began. */
  saved(text: string): void {
    const alike = this.#snapshots.filter(({ wants }) => text === this.#textOf(wants));
    const at = alike.at(-1);
    if (!at) throw new Error(`the file holds what it never should:\n${text}`);
    this.rows = this.rows.filter((row) => {
      const now = at.wants.get(row);
      if (now === null && row.want !== null) throw new Error(`a row was dropped that is wanted: ${row.want}`);
      if (typeof now === 'string') row.file = now;
      return now !== null;
    });
    const isThere = ({ row }: Step): boolean => this.rows.includes(row);
    for (const step of [...this.done, ...this.undone]) step.isInFile = at.done.has(step);
    // Of two equal states, either may have been saved.
    const maybe = alike.flatMap(({ done }) => [...done]);
    this.#blockUnder(maybe.filter((step) => !alike.every(({ done }) => done.has(step))));
    this.#blockUnder([...at.done].filter((step) => !this.done.includes(step) && !this.undone.includes(step)));
    this.done = this.done.filter(isThere);
    this.undone = this.undone.filter(isThere);
    this.beginSave();
  }

  /** For rows with these steps, undo is uncertain: the file may hold them, and no editor knows them. */
  #blockUnder(steps: readonly Step[]): void {
    for (const { row } of steps)
      for (const step of [...this.done, ...this.undone]) if (step.row === row) step.isUnsure = true;
  }

  #textOf(wants: Snapshot['wants']): string {
    return this.rows
      .flatMap((row) => wants.get(row) ?? [])
      .map(line)
      .join('');
  }

  #remember(): void {
    this.#snapshots.push({
      wants: new Map(this.rows.map((row) => [row, row.want])),
      done: new Set(this.done),
    });
  }
}
