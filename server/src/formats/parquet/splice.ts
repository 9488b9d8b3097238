// Saves a few cells: rebuilds only the pages that contain them, copies everything else byte for byte, and writes
// the footer with all of its original fields.
import type { LateReplacement } from '#core/edits/splice.ts';

import type { AddedColumn } from './addColumn.ts';
import { addChunk, addToSchema } from './addColumn.ts';
import type { RowEdits } from './encode.ts';
import { remakePages } from './encode.ts';
import type { RowGroup } from './footer.ts';
import { CHUNK, FILE, GROUP, MAGIC, META } from './footer.ts';
import type { Segment, Touched } from './indexes.ts';
import { newColumnIndex, newOffsetIndex } from './indexes.ts';
import { Layout } from './layout.ts';
import type { PageRef, PageTable } from './pages.ts';
import type { ParquetFile } from './rows.ts';
import type { Leaf, Node } from './schema.ts';
import type { Entries } from './shred.ts';
import { shred } from './shred.ts';
import { updateStatistics } from './statistics.ts';
import type { ThriftStruct } from './thrift.ts';
import {
  ByteSink,
  copyStruct,
  listIn,
  numberIn,
  setField,
  structIn,
  structsIn,
  T,
  thriftBytes,
  updateNumber,
} from './thrift.ts';
import { ENCODING } from './values.ts';

/** Edits of one row: new JSON values by field of the schema, or null to drop the row. */
export interface RowChange {
  readonly row: number;
  readonly cells: ReadonlyMap<Node, Uint8Array> | null;
}

/** The changed rows of a row group, by column. */
function editsByLeaf(
  leaves: readonly Leaf[],
  group: RowGroup,
  changes: readonly RowChange[],
): Map<Leaf, RowEdits> {
  const byLeaf = new Map<Leaf, Map<number, Entries | null>>();
  const put = (leaf: Leaf, row: number, entries: Entries | null): void => {
    const own = byLeaf.get(leaf) ?? new Map<number, Entries | null>();
    own.set(row, entries);
    byLeaf.set(leaf, own);
  };
  for (const { row, cells } of changes) {
    const own = row - group.firstRow;
    if (cells === null) for (const leaf of leaves) put(leaf, own, null);
    for (const [node, json] of cells ?? [])
      for (const [leaf, entries] of shred(json, 0, json.length, node)) put(leaf, own, entries);
  }
  return byLeaf;
}

/** The pages with edited rows. Pages onto which a row continues are joined with the page in which it begins. */
function segmentsOf(file: ParquetFile, table: PageTable, edits: RowEdits): Segment[] {
  const { pages, leaf } = table;
  const touched = new Map<number, number>();
  for (const row of edits.keys()) {
    const first = file.pageOf(table, row);
    let end = first + 1;
    const ref = pages[first];
    const isLast = ref !== undefined && row === ref.firstRow + ref.rows - 1;
    // A row of a list may continue on the next page.
    while (isLast && leaf.maxRepetition > 0 && end < pages.length) {
      const { repetition } = file.page(table, end);
      if ((repetition?.[0] ?? 0) === 0) break;
      end++;
      if (repetition?.includes(0)) break;
    }
    touched.set(first, Math.max(end, touched.get(first) ?? 0));
  }
  const segments: Segment[] = [];
  const ordered = [...touched].sort((a, b) => a[0] - b[0]);
  for (let i = 0; i < ordered.length; i++) {
    const first = ordered[i]?.[0] ?? 0;
    let end = ordered[i]?.[1] ?? 0;
    while ((ordered[i + 1]?.[0] ?? Infinity) < end) end = Math.max(end, ordered[++i]?.[1] ?? 0);
    segments.push({ refs: pages.slice(first, end), numbers: [first, end] });
  }
  return segments;
}

function storedLength({ headerLength, compressedLength }: PageRef): number {
  return headerLength + compressedLength;
}

/** Updates the numbers of a changed column, once its pages are made. */
function updateChunk(meta: ThriftStruct, { table, segments }: Touched): void {
  let [compressed, uncompressed, count, nulls] = [0, 0, 0, 0];
  let hasPlain = false;
  for (const { refs, made } of segments) {
    for (const ref of refs) {
      compressed -= storedLength(ref);
      uncompressed -= ref.headerLength + ref.uncompressedLength;
      count -= ref.count;
    }
    if (!made) throw new Error('parquet: the footer was written before its pages');
    compressed += made.length;
    uncompressed += made.headerLength + made.uncompressedLength;
    count += made.count;
    nulls += made.nulls - made.oldNulls;
    hasPlain ||= made.encoding === ENCODING.plain;
  }
  updateNumber(meta, META.compressed, (value) => value + compressed);
  updateNumber(meta, META.uncompressed, (value) => value + uncompressed);
  updateNumber(meta, META.count, (value) => value + count);
  const encodings = listIn(meta, META.encodings)?.items ?? [];
  if (hasPlain && !encodings.includes(ENCODING.plain))
    setField(meta, META.encodings, T.list, { itemType: T.i32, items: [...encodings, ENCODING.plain] });
  const statistics = structIn(meta, META.statistics);
  if (statistics)
    updateStatistics(
      statistics,
      table.leaf,
      segments.map(({ made }) => made?.extremes),
      nulls,
    );
  // These count pages by encoding, bytes and levels, or contain removed values. They are optional.
  for (const id of [META.encodingStats, META.sizes, META.bloomOffset, META.bloomLength])
    setField(meta, id, T.struct, undefined);
}

/** Total size of a row group's columns, from their metadata. */
function sizesOf(metas: readonly ThriftStruct[]): {
  readonly uncompressed: number;
  readonly compressed: number;
} {
  const sum = (id: number): number => metas.reduce((all, meta) => all + (numberIn(meta, id) ?? 0), 0);
  return { uncompressed: sum(META.uncompressed), compressed: sum(META.compressed) };
}

function moveOffsets(chunk: ThriftStruct, meta: ThriftStruct, moved: (offset: number) => number): void {
  // Offsets start at 4; 0 means that there is none.
  const move = (value: number): number => (value > 0 ? moved(value) : value);
  updateNumber(chunk, CHUNK.fileOffset, move);
  for (const id of [CHUNK.offsetIndex, CHUNK.columnIndex]) updateNumber(chunk, id, move);
  for (const id of [META.dataPage, META.indexPage, META.dictionaryPage, META.bloomOffset])
    updateNumber(meta, id, move);
}

/** A page index in the file. */
interface IndexPlace {
  readonly offset: number;
  readonly length: number;
}

function indexPlace(chunk: ThriftStruct, offsetId: number, lengthId: number): IndexPlace | undefined {
  const [offset, length] = [numberIn(chunk, offsetId), numberIn(chunk, lengthId)];
  return offset !== undefined && length !== undefined && offset > 0 && length > 0
    ? { offset, length }
    : undefined;
}

/** The plan of a save. */
export interface Splice {
  readonly replacements: readonly LateReplacement[];
  /** Rows in the new file. */
  readonly rows: number;
}

const keyOf = (group: number, column: number): string => `${group} ${column}`;

interface ColumnSplice {
  readonly file: ParquetFile;
  readonly layout: Layout;
  /** The future footer, completed while the stream is written. */
  readonly root: ThriftStruct;
  /** By row group and column. */
  readonly touched: ReadonlyMap<string, Touched>;
  readonly droppedRows: ReadonlyMap<number, number>;
}

/** Plans the pages of a row group. */
function touchGroup(
  file: ParquetFile,
  number: number,
  changes: readonly RowChange[],
  layout: Layout,
): Touched[] {
  const group = file.footer.groups[number] as RowGroup;
  const byLeaf = editsByLeaf(file.footer.schema.leaves, group, changes);
  return [...byLeaf].map(([leaf, edits]) => {
    const table = file.table(number, leaf.column);
    const segments = segmentsOf(file, table, edits);
    for (const segment of segments) {
      const { refs, numbers } = segment;
      const last = refs.at(-1) as PageRef;
      layout.add((refs[0] as PageRef).offset, last.offset + storedLength(last), () => {
        const pages = refs.map((_, i) => file.page(table, numbers[0] + i));
        const made = remakePages(table, refs, pages, edits, file.codecs);
        segment.made = made.numbers;
        return made.bytes;
      });
    }
    return { table, edits, segments };
  });
}

/** Expects indexes after all pages. Drops those that are elsewhere; readers don't need them. */
function planIndexes({ file, layout, root, touched }: ColumnSplice): void {
  const dataEnd = Math.max(0, ...file.footer.groups.flatMap(({ chunks }) => chunks.map(({ end }) => end)));
  structsIn(root, FILE.groups).forEach((group, number) => {
    structsIn(group, GROUP.columns).forEach((chunk, column) => {
      const own = touched.get(keyOf(number, column));
      const place = (
        offsetId: number,
        lengthId: number,
        make: (old: ThriftStruct) => ThriftStruct | undefined,
      ): void => {
        const at = indexPlace(chunk, offsetId, lengthId);
        const old = at && at.offset >= dataEnd && at.offset + at.length <= file.footer.start ? at : undefined;
        if (!old) {
          for (const id of [offsetId, lengthId]) setField(chunk, id, T.i64, undefined);
          return;
        }
        layout.add(old.offset, old.offset + old.length, () => {
          const made = make(file.readStruct(old.offset, old.length));
          if (!made) {
            for (const id of [offsetId, lengthId]) setField(chunk, id, T.i64, undefined);
            return new Uint8Array(0);
          }
          const bytes = thriftBytes(made);
          updateNumber(chunk, lengthId, () => bytes.length);
          return bytes;
        });
      };
      place(CHUNK.offsetIndex, CHUNK.offsetIndexLength, (old) =>
        newOffsetIndex(old, own, (offset) => layout.moved(offset)),
      );
      if (own) place(CHUNK.columnIndex, CHUNK.columnIndexLength, (old) => newColumnIndex(old, own));
    });
  });
}

function finishFooter({ file, layout, root, touched, droppedRows }: ColumnSplice, rows: number): Uint8Array {
  const groups = structsIn(root, FILE.groups);
  groups.forEach((group, number) => {
    const chunks = structsIn(group, GROUP.columns);
    const metas = chunks.map((chunk) => structIn(chunk, CHUNK.meta) as ThriftStruct);
    const own = chunks.flatMap((_, column) => touched.get(keyOf(number, column)) ?? []);
    // Writers count differently, so adjust their sums by the change instead of recomputing them.
    const before = sizesOf(metas.slice(0, file.footer.schema.leaves.length));
    for (const one of own) updateChunk(metas[one.table.leaf.column] as ThriftStruct, one);
    chunks.forEach((chunk, column) => {
      // A new column has its offset already.
      if (column < file.footer.schema.leaves.length)
        moveOffsets(chunk, metas[column] as ThriftStruct, (offset) => layout.moved(offset));
    });
    // Rows may no longer be sorted by these columns.
    const sorted = structsIn(group, GROUP.sorting).map((one) => numberIn(one, 1));
    if (own.some(({ table }) => sorted.includes(table.leaf.column)))
      setField(group, GROUP.sorting, T.list, undefined);
    updateNumber(group, GROUP.fileOffset, (value) => (value > 0 ? layout.moved(value) : value));
    const after = sizesOf(metas);
    updateNumber(group, GROUP.rows, (rowCount) => rowCount - (droppedRows.get(number) ?? 0));
    updateNumber(group, GROUP.uncompressed, (size) => size + after.uncompressed - before.uncompressed);
    updateNumber(group, GROUP.compressed, (size) => size + after.compressed - before.compressed);
  });
  // Drops empty row groups and renumbers the others.
  const kept = groups.filter((group) => numberIn(group, GROUP.rows) !== 0);
  if (kept.length < groups.length) {
    setField(root, FILE.groups, T.list, { itemType: T.struct, items: kept });
    kept.forEach((group, number) => {
      updateNumber(group, GROUP.ordinal, () => number);
    });
  }
  updateNumber(root, FILE.rows, () => rows);
  const out = new ByteSink();
  const bytes = thriftBytes(root);
  out.bytes(bytes);
  out.uint32(bytes.length);
  out.uint32(MAGIC);
  return out.all;
}

/**
 * Plans a save. Pages are made when the stream reaches them, so memory holds one at a time. Throws ParquetError if
 * a cell can't hold its new value; nothing is written then.
 */
export function planSplice(
  file: ParquetFile,
  changes: readonly RowChange[],
  added: readonly AddedColumn[],
): Splice {
  const { groups, rows, start } = file.footer;
  const layout = new Layout();
  const root = copyStruct(file.footer.file);
  const touched = new Map<string, Touched>();
  const droppedRows = new Map<number, number>();
  groups.forEach((group, number) => {
    const own = changes.filter(({ row }) => row >= group.firstRow && row < group.firstRow + group.rows);
    if (own.length === 0) return;
    for (const one of touchGroup(file, number, own, layout))
      touched.set(keyOf(number, one.table.leaf.column), one);
    const dropped = own.filter(({ cells }) => cells === null).length;
    if (dropped > 0) droppedRows.set(number, dropped);
  });
  const droppedAll = new Set(changes.flatMap(({ row, cells }) => (cells === null ? [row] : [])));
  for (const column of added) {
    addToSchema(root, column);
    groups.forEach((group, number) => {
      if (group.rows === 0) return;
      addChunk({
        file,
        layout,
        column,
        number,
        root: structsIn(root, FILE.groups)[number] as ThriftStruct,
        droppedAll,
      });
    });
  }
  const work: ColumnSplice = { file, layout, root, touched, droppedRows };
  planIndexes(work);
  const left = rows - droppedAll.size;
  layout.add(start, file.source.size, () => finishFooter(work, left));
  return { replacements: layout.settle(), rows: left };
}
