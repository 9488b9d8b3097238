// Saves a table: finds the cells that differ, and verifies the written file.
import type { LateReplacement } from '#core/edits/splice.ts';
import { fieldsOf } from '#core/json/scan.ts';
import type { RecordChange } from '#core/model/record.ts';
import type { AddedColumn } from '#formats/parquet/addColumn.ts';
import { newColumn } from '#formats/parquet/addColumn.ts';
import type { ParquetFile } from '#formats/parquet/rows.ts';
import { RowReader } from '#formats/parquet/rows.ts';
import type { Node, Schema } from '#formats/parquet/schema.ts';
import { ParquetError } from '#formats/parquet/schema.ts';
import type { RowChange } from '#formats/parquet/splice.ts';
import { planSplice } from '#formats/parquet/splice.ts';

import type { SavePlan } from '../save.ts';
import type { OpenParquet } from './open.ts';
import { explainParquet, openParquet } from './open.ts';

const decoder = new TextDecoder();

interface Cell {
  readonly name: string;
  readonly json: Uint8Array;
}

function cellsOf(line: Uint8Array): readonly Cell[] {
  // Edited lines may begin with blanks.
  return [...fieldsOf(line, line.indexOf(0x7b), line.length)].map(
    ({ keyStart, keyEnd, valueStart, valueEnd }) => ({
      name: JSON.parse(decoder.decode(line.subarray(keyStart, keyEnd))) as string,
      json: line.slice(valueStart, valueEnd),
    }),
  );
}

interface LineChange {
  readonly cells: ReadonlyMap<Node, Uint8Array>;
  /** Values of fields without a column. */
  readonly added: readonly Cell[];
}

const NULL = new TextEncoder().encode('null');

/** The cells in which two lines of a row differ. The old line has all columns of the schema in order. */
function changedCells(schema: Schema, before: Uint8Array, after: Uint8Array): LineChange {
  const old = cellsOf(before);
  const left = [...cellsOf(after)];
  const cells = new Map<Node, Uint8Array>();
  schema.fields.forEach((field, i) => {
    const at = left.findIndex(({ name }) => name === field.name);
    const [now] = at < 0 ? [] : left.splice(at, 1);
    // A removed field is a cell without a value.
    const json = now?.json ?? NULL;
    if (Buffer.compare(json, old[i]?.json ?? NULL) !== 0) cells.set(field, json);
  });
  return { cells, added: left };
}

interface TablePlan {
  readonly rows: readonly RowChange[];
  readonly added: readonly AddedColumn[];
}

function planRows(file: ParquetFile, changes: readonly RecordChange[]): TablePlan {
  const reader = new RowReader(file);
  const added = new Map<string, Map<number, Uint8Array>>();
  const rows = changes.map(({ raw: { record: row }, bytes, before }): RowChange => {
    if (!bytes) return { row, cells: null };
    const change = changedCells(file.footer.schema, before ?? reader.read(row), bytes);
    for (const { name, json } of change.added) {
      // A missing column already means null.
      if (Buffer.compare(json, NULL) === 0) continue;
      const column = added.get(name) ?? new Map<number, Uint8Array>();
      added.set(name, column.set(row, json));
    }
    return { row, cells: change.cells };
  });
  const first = file.footer.schema.leaves.length;
  return { rows, added: [...added].map(([name, cells], i) => newColumn(name, first + i, cells)) };
}

/** The line of a row; undefined if the row is damaged. */
function lineOf(reader: RowReader, row: number): Uint8Array | undefined {
  try {
    return reader.read(row);
  } catch (error) {
    if (error instanceof ParquetError) return undefined;
    throw error;
  }
}

/** Offsets of extra rows to verify: faults in a page show first next to edited rows. */
const NEIGHBOURS = [-1, 1];

/** True if the new file has the old rows with the edits applied. */
function isAsPlanned(
  before: ParquetFile,
  after: ParquetFile,
  changes: readonly RecordChange[],
  rows: number,
): boolean {
  if (after.footer.rows !== rows) return false;
  // Checks that every page of every column is where the footer says.
  after.footer.groups.forEach((group, number) => {
    group.chunks.forEach((_, column) => after.table(number, column));
  });
  const [old, made] = [new RowReader(before), new RowReader(after)];
  const byRow = new Map(changes.map(({ raw, bytes }) => [raw.record, bytes]));
  const dropped = [...byRow].flatMap(([row, bytes]) => (bytes ? [] : [row])).sort((a, b) => a - b);
  /** New number of an old row. */
  const nowAt = (row: number): number => {
    let [low, high] = [0, dropped.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((dropped[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return row - low;
  };
  const { schema } = after.footer;
  const isSame = (row: number): boolean => {
    const wanted = byRow.get(row);
    if (wanted === null || row < 0 || row >= before.footer.rows) return true;
    const should = wanted ?? lineOf(old, row);
    // A row that was unreadable before can't be compared.
    if (!should) return true;
    // Compares cells, so that spaces and field order don't matter.
    const line = made.read(nowAt(row)).slice();
    const { cells, added } = changedCells(schema, line, should);
    return cells.size === 0 && added.length === 0;
  };
  return changes.every(({ raw: { record } }) => [0, ...NEIGHBOURS].every((step) => isSame(record + step)));
}

/** Explains an unreadable page, which is found only when the stream reaches it. */
function explained(path: string, { start, end, bytes }: LateReplacement): LateReplacement {
  if (typeof bytes !== 'function') return { start, end, bytes };
  return {
    start,
    end,
    bytes: () => {
      try {
        return bytes();
      } catch (error) {
        throw explainParquet(path, error);
      }
    },
  };
}

/** Plans a save of changed rows. */
export function planTable(path: string, changes: () => Promise<readonly RecordChange[]>): SavePlan {
  let found: readonly RecordChange[] = [];
  let opened: OpenParquet | undefined;
  let rows = 0;
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  return {
    isLikelyInPlace: false,
    async replacements(): Promise<readonly LateReplacement[]> {
      found = await changes();
      if (found.length === 0) return [];
      try {
        opened = openParquet(path);
        const plan = planRows(opened.file, found);
        const splice = planSplice(opened.file, plan.rows, plan.added);
        ({ rows } = splice);
        return splice.replacements.map((one) => explained(path, one));
      } catch (error) {
        throw explainParquet(path, error);
      }
    },
    async verify(partial) {
      if (!opened) return false;
      const made = openParquet(partial);
      try {
        return await Promise.resolve(isAsPlanned(opened.file, made.file, found, rows));
      } catch (error) {
        throw explainParquet(path, error);
      } finally {
        made.close();
        // Some systems can't replace an open file by a rename.
        close();
      }
    },
    close,
  };
}
