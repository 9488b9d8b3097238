// Adds a column to a Parquet file, such as a margin, weight or note. It comes last and is null where no value is
// set.
import { Bool, Field, Float64, RecordBatchReader, Schema, Table, tableToIPC, Utf8 } from 'apache-arrow';

import { fromBase64, toBase64 } from '../bytes.ts';
import { PageBuilder } from './encode.ts';
import { CHUNK, FILE, GROUP, META } from './footer.ts';
import type { Layout } from './layout.ts';
import { HEADER } from './pageHeader.ts';
import type { ParquetFile } from './rows.ts';
import type { Leaf } from './schema.ts';
import { ParquetError, TYPES } from './schema.ts';
import { parseValue } from './text.ts';
import type { ThriftStruct } from './thrift.ts';
import { listIn, setField, structOf, structsIn, T, textIn, updateNumber } from './thrift.ts';

/** A new column: JSON values by row number, all of one type. */
export interface AddedColumn {
  readonly leaf: Leaf;
  readonly cells: ReadonlyMap<number, Uint8Array>;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const CONVERTED_UTF8 = 0;
const STRING = 1;
const OPTIONAL = 1;

/** Determines the column's type. Throws ParquetError if the values have different or unsupported types. */
export function newColumn(name: string, column: number, cells: ReadonlyMap<number, Uint8Array>): AddedColumn {
  const kinds = new Set([...cells.values()].map((json) => typeof JSON.parse(decoder.decode(json))));
  const [kind] = kinds;
  const made = {
    number: { type: 'DOUBLE', meaning: { kind: 'double' } },
    string: { type: 'BYTE_ARRAY', meaning: { kind: 'text' } },
    boolean: { type: 'BOOLEAN', meaning: { kind: 'boolean' } },
  } as const;
  if (kinds.size !== 1 || !kind || !(kind in made))
    throw new ParquetError(
      `without a column ${name}; its new values must be all numbers, all strings or all booleans`,
    );
  const leaf: Leaf = {
    kind: 'leaf',
    name,
    column,
    path: [name],
    length: 0,
    definition: 1,
    isOptional: true,
    maxDefinition: 1,
    maxRepetition: 0,
    ...made[kind as keyof typeof made],
  };
  return { leaf, cells };
}

const ARROW_SCHEMA = 'ARROW:schema';
const ARROW_TYPES = { number: Float64, text: Utf8, boolean: Bool };

/**
 * Also adds the column to the schema that Arrow writers store beside Parquet's own: their readers reject a file if
 * the two differ. An unreadable Arrow schema is dropped, so that Parquet's own applies.
 */
function addToArrowSchema(root: ThriftStruct, { leaf }: AddedColumn): void {
  const keyValues = listIn(root, FILE.keyValues);
  const own = structsIn(root, FILE.keyValues).find((entry) => textIn(entry, 1) === ARROW_SCHEMA);
  if (!own || !keyValues) return;
  try {
    const { schema } = RecordBatchReader.from(fromBase64(textIn(own, 2) ?? '')).open();
    const kind = leaf.type === 'DOUBLE' ? 'number' : leaf.type === 'BOOLEAN' ? 'boolean' : 'text';
    const field = new Field(leaf.name, new ARROW_TYPES[kind](), true);
    const bytes = tableToIPC(new Table(new Schema([...schema.fields, field], schema.metadata)), 'stream');
    setField(own, 2, T.binary, encoder.encode(toBase64(bytes)));
  } catch {
    keyValues.items = keyValues.items.filter((entry) => entry !== own);
  }
}

export function addToSchema(root: ThriftStruct, column: AddedColumn): void {
  addToArrowSchema(root, column);
  const { leaf } = column;
  const isText = leaf.meaning.kind === 'text';
  const elements = structsIn(root, FILE.schema);
  const [top] = elements;
  if (top) updateNumber(top, 5, (count) => count + 1);
  listIn(root, FILE.schema)?.items.push(
    structOf(
      [1, T.i32, TYPES.indexOf(leaf.type)],
      [3, T.i32, OPTIONAL],
      [4, T.binary, encoder.encode(leaf.name)],
      [6, T.i32, isText ? CONVERTED_UTF8 : undefined],
      [10, T.struct, isText ? structOf([STRING, T.struct, structOf()]) : undefined],
    ),
  );
  // Ordered by its type.
  listIn(root, FILE.orders)?.items.push(structOf([1, T.struct, structOf()]));
}

export interface AddedChunk {
  readonly file: ParquetFile;
  readonly layout: Layout;
  readonly column: AddedColumn;
  /** The row group's number, and its entry in the new footer. */
  readonly number: number;
  readonly root: ThriftStruct;
  readonly droppedAll: ReadonlySet<number>;
}

const PLAIN_HEADER = structOf([HEADER.type, T.i32, 0], [HEADER.data, T.struct, structOf()]);
const [RLE, PLAIN] = [3, 0];

/** Adds the column to a row group, as one page after the existing ones. */
export function addChunk({ file, layout, column, number, root, droppedAll }: AddedChunk): void {
  const group = file.footer.groups[number];
  if (!group) return;
  const { leaf, cells } = column;
  const codec = group.chunks[0]?.codec ?? 0;
  const at = Math.max(4, ...group.chunks.map(({ end }) => end));
  const meta = structOf(
    [1, T.i32, TYPES.indexOf(leaf.type)],
    [META.encodings, T.list, { itemType: T.i32, items: [PLAIN, RLE] }],
    [META.path, T.list, { itemType: T.binary, items: [encoder.encode(leaf.name)] }],
    [META.codec, T.i32, codec],
  );
  const chunk = structOf([CHUNK.fileOffset, T.i64, 0], [CHUNK.meta, T.struct, meta]);
  const columns = listIn(root, GROUP.columns);
  columns?.items.push(chunk);
  layout.add(at, at, () => {
    const builder = new PageBuilder(leaf, undefined);
    for (let row = group.firstRow; row < group.firstRow + group.rows; row++) {
      if (droppedAll.has(row)) continue;
      const json = cells.get(row);
      const isValue = json !== undefined && decoder.decode(json) !== 'null';
      builder.add({
        repetition: [0],
        definition: [isValue ? 1 : 0],
        values: isValue ? [parseValue(json, leaf)] : [],
      });
    }
    const { bytes, numbers } = builder.finish(PLAIN_HEADER, codec, file.codecs);
    setField(meta, META.count, T.i64, numbers.count);
    setField(meta, META.uncompressed, T.i64, numbers.headerLength + numbers.uncompressedLength);
    setField(meta, META.compressed, T.i64, numbers.length);
    setField(meta, META.dataPage, T.i64, layout.moved(at));
    return bytes;
  });
}
