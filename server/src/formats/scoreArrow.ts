// Scores as an Arrow stream that grows by record batches, with checksums that tell how much of it is intact: after
// a crash the file may end anywhere or contain anything, and Arrow readers must not see such bytes.
import type { RecordBatch, Vector } from 'apache-arrow';
import {
  Field,
  FixedSizeList,
  Float32,
  makeData,
  makeVector,
  RecordBatchReader,
  Schema,
  Table,
  tableToIPC,
} from 'apache-arrow';

import type { ScoreRow } from '#core/reward/table.ts';

/** Length of the end mark, which an append overwrites. */
const END_BYTES = 8;

/** Facts about all scores of a stream, in the schema's metadata. */
export type Provenance = Readonly<Record<string, string>>;

/** Length of a checksum entry: the end of a batch, and the checksum of its bytes. */
const SUM_BYTES = 16;

function sumOf(bytes: Uint8Array, seed = 0): number {
  let hash = bytes.length ^ seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const encoder = new TextEncoder();

/** Entry for a batch that ends at offset `end`; `key` identifies the owner of the scores. */
export function sumEntry(batch: Uint8Array, end: number, key: string): Uint8Array {
  const entry = new DataView(new ArrayBuffer(SUM_BYTES));
  entry.setFloat64(0, end, true);
  entry.setUint32(8, sumOf(batch, sumOf(encoder.encode(key))), true);
  entry.setUint32(12, sumOf(new Uint8Array(entry.buffer, 0, 12)), true);
  return new Uint8Array(entry.buffer);
}

/** The part of a stream that its checksums confirm, under the same key. */
export function wholePart(stream: Uint8Array, sums: Uint8Array, key: string): Uint8Array {
  const seed = sumOf(encoder.encode(key));
  const view = new DataView(sums.buffer, sums.byteOffset, sums.byteLength);
  let whole = 0;
  for (let at = 0; at + SUM_BYTES <= sums.length; at += SUM_BYTES) {
    const end = view.getFloat64(at, true);
    const isEntry = view.getUint32(at + 12, true) === sumOf(sums.subarray(at, at + 12));
    if (!isEntry || !(end > whole) || end > stream.length) break;
    if (view.getUint32(at + 8, true) !== sumOf(stream.subarray(whole, end), seed)) break;
    whole = end;
  }
  return stream.subarray(0, whole);
}

/** Up to this width, each number has a column of its own. Embeddings are one column of lists. */
const MAX_COLUMNS = 64;

const listOf = (width: number): FixedSizeList<Float32> =>
  new FixedSizeList(width, new Field('value', new Float32(), false));

/** The columns of the rows' values. */
function valueColumns(rows: readonly ScoreRow[], width: number): Record<string, Vector> {
  if (width <= MAX_COLUMNS) {
    return Object.fromEntries(
      Array.from({ length: width }, (_, i) => [
        `value${i}`,
        makeVector(Float32Array.from(rows, ({ values }) => values[i] ?? Number.NaN)),
      ]),
    );
  }
  const numbers = new Float32Array(rows.length * width);
  rows.forEach(({ values }, row) => {
    numbers.set(values, row * width);
  });
  const child = makeData({ type: new Float32(), data: numbers });
  return { values: makeVector(makeData({ type: listOf(width), length: rows.length, nullCount: 0, child })) };
}

/** Reads the values of a batch's rows by row number. */
function valuesIn(batch: RecordBatch, width: number): (row: number) => ArrayLike<number> {
  if (width <= MAX_COLUMNS) {
    const columns = Array.from(
      { length: width },
      (_, i) => batch.getChild(`value${i}`)?.toArray() as Float32Array,
    );
    return (row) => columns.map((of) => of[row] ?? Number.NaN);
  }
  const numbers = batch.getChild('values')?.getChildAt(0)?.toArray() as Float32Array;
  return (row) => numbers.subarray(row * width, (row + 1) * width);
}

function tableOf(rows: readonly ScoreRow[], width: number, provenance: Provenance): Table {
  const keys = new Uint32Array(2 * rows.length);
  rows.forEach(({ key }, row) => {
    keys.set(key, 2 * row);
  });
  const columns: Record<string, Vector> = {
    key: makeVector(new BigUint64Array(keys.buffer)),
    ...valueColumns(rows, width),
  };
  columns['tokens'] = makeVector(Int32Array.from(rows, ({ tokens }) => tokens));
  columns['flags'] = makeVector(Uint8Array.from(rows, ({ flags }) => flags));
  columns['provider'] = makeVector(Uint8Array.from(rows, ({ provider }) => provider));
  columns['time'] = makeVector(Uint32Array.from(rows, ({ time }) => time));
  const table = new Table(columns);
  return new Table(new Schema(table.schema.fields, new Map(Object.entries(provenance))), table.batches);
}

/** Encodes one stream: the first call's bytes begin it, later ones continue it. */
export function scoreStream(
  width: number,
  provenance: Provenance,
): (rows: readonly ScoreRow[]) => Uint8Array {
  let headBytes = 0;
  return (rows) => {
    const bytes = tableToIPC(tableOf(rows, width, provenance), 'stream');
    const from = headBytes;
    // The schema message: a mark of four bytes, its length, and no body.
    headBytes ||= 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);
    return bytes.subarray(from, bytes.length - END_BYTES);
  };
}

/** Reads a stream of verified bytes. It may be empty or unterminated. */
export function* readScores(bytes: Uint8Array, width: number): Generator<ScoreRow> {
  if (bytes.length === 0) return;
  const ended = new Uint8Array(bytes.length + END_BYTES);
  ended.set(bytes);
  ended.fill(0xff, bytes.length, bytes.length + 4);
  for (const batch of RecordBatchReader.from(ended)) {
    const column = <T>(name: string): T => batch.getChild(name)?.toArray() as T;
    const wide = column<BigUint64Array>('key');
    const keys = new Uint32Array(wide.buffer, wide.byteOffset, 2 * batch.numRows);
    const values = valuesIn(batch, width);
    const [tokens, flags] = [column<Int32Array>('tokens'), column<Uint8Array>('flags')];
    const [providers, times] = [column<Uint8Array>('provider'), column<Uint32Array>('time')];
    for (let at = 0; at < batch.numRows; at++) {
      yield {
        key: [keys[2 * at] ?? 0, keys[2 * at + 1] ?? 0],
        values: values(at),
        tokens: tokens[at] ?? 0,
        flags: flags[at] ?? 0,
        provider: providers[at] ?? 0,
        time: times[at] ?? 0,
      };
    }
  }
}
