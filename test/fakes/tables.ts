// Random tables: a schema, rows that fit it, and files of it by our own and other writers.
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

import type { ByteSource } from '#formats/bytes.ts';
import { PageBuilder } from '#formats/parquet/encode.ts';
import { CHUNK, FILE, GROUP, META } from '#formats/parquet/footer.ts';
import { HEADER } from '#formats/parquet/pageHeader.ts';
import { ParquetFile } from '#formats/parquet/rows.ts';
import type { ThriftStruct } from '#formats/parquet/thrift.ts';
import {
  ByteSink,
  copyStruct,
  setField,
  structIn,
  structOf,
  structsIn,
  T,
  thriftBytes,
} from '#formats/parquet/thrift.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';

/** A generator of numbers from 0 to 1, the same for the same seed. */
export type Random = () => number;

export type Kind =
  | 'string'
  | 'int32'
  | 'int64'
  | 'double'
  | 'float'
  | 'boolean'
  | 'timestamp'
  | 'bytes'
  | 'json'
  | 'list'
  | 'struct';

/** A field of a random schema. */
export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly isOptional: boolean;
  /** The element of a list, or the fields of a struct. */
  readonly children: readonly Field[];
}

/** A value as hyparquet takes and returns it. */
export type Value = unknown;

export type Element = NonNullable<Parameters<typeof parquetWrite>[0]['schema']>[number];

const SCALARS: readonly Kind[] = [
  'string',
  'string',
  'int32',
  'int64',
  'double',
  'float',
  'boolean',
  'timestamp',
  'bytes',
  'json',
];

export const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T;

export const below = (random: Random, max: number): number => Math.floor(random() * max);

export function randomField(random: Random, name: string, depth: number): Field {
  const isNested = depth > 0 && random() < 0.4;
  const kind: Kind = isNested ? pick(random, ['list', 'struct']) : pick(random, SCALARS);
  const isOptional = random() < 0.6;
  if (kind === 'list')
    return { name, kind, isOptional, children: [randomField(random, 'element', depth - 1)] };
  const count = kind === 'struct' ? 1 + below(random, 3) : 0;
  const children = Array.from({ length: count }, (_, i) => randomField(random, `f${i}`, depth - 1));
  return { name, kind, isOptional, children };
}

const WORDS = [
  '',
  'a',
  'better',
  'ünï',
  '漢字',
  '"quoted"',
  'back\\slash',
  'line\nbreak',
  '\u0001',
  '😀',
  'x'.repeat(70),
];

function randomText(random: Random): string {
  return Array.from({ length: below(random, 6) }, () => pick(random, WORDS)).join(' ');
}

export function randomValue(random: Random, { kind, isOptional, children }: Field): Value {
  if (isOptional && random() < 0.25) return null;
  switch (kind) {
    case 'string':
      // Few distinct values, so that a dictionary pays off.
      return random() < 0.5 ? pick(random, WORDS) : randomText(random);
    case 'int32':
      return pick(random, [0, -1, 7, 2147483647, -2147483648, below(random, 1000)]);
    case 'int64':
      return pick(random, [0n, -1n, 9007199254740993n, -9223372036854775808n, BigInt(below(random, 1e6))]);
    case 'double':
      return pick(random, [0, -0, 1.5, 1e300, Number.NaN, Infinity, -Infinity, random()]);
    case 'float':
      return Math.fround(pick(random, [0, 0.1, -3.25, random(), Infinity]));
    case 'boolean':
      return random() < 0.5;
    case 'timestamp':
      return new Date(pick(random, [0, -1, 1_700_000_000_123, below(random, 4e12)]));
    case 'bytes': {
      if (random() < 0.3) return new TextEncoder().encode(pick(random, [...WORDS, 'data:a/b;base64,QQ==']));
      return Uint8Array.from({ length: below(random, 20) }, () => below(random, 256));
    }
    case 'json':
      return pick(random, [{ a: 1 }, [1, 'two'], 'text', 3, true, { deep: { x: [null] } }]);
    case 'list':
      return Array.from({ length: below(random, 4) }, () => randomValue(random, children[0] as Field));
    case 'struct':
      return Object.fromEntries(children.map((child) => [child.name, randomValue(random, child)]));
  }
}

const TYPES: Partial<Record<Kind, Partial<Element>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
  boolean: { type: 'BOOLEAN' },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  bytes: { type: 'BYTE_ARRAY' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
};

function elementsOf({ name, kind, isOptional, children }: Field): Element[] {
  const repetition_type = isOptional ? 'OPTIONAL' : 'REQUIRED';
  const below = children.flatMap(elementsOf);
  if (kind === 'list')
    return [
      { name, repetition_type, num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...below,
    ];
  if (kind === 'struct') return [{ name, repetition_type, num_children: children.length }, ...below];
  return [{ name, repetition_type, ...TYPES[kind] }];
}

export function schemaOf(fields: readonly Field[]): Element[] {
  return [{ name: 'root', num_children: fields.length }, ...fields.flatMap(elementsOf)];
}

/** Codec numbers, by hyparquet's names. */
export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;
export const WRITTEN_CODECS = CODECS.filter((name) => name !== 'LZO');

export const compressors = Object.fromEntries(
  WRITTEN_CODECS.map((name) => [
    name,
    (bytes: Uint8Array) => pageCodecs.compress(CODECS.indexOf(name), bytes),
  ]),
);
export const decompressors = Object.fromEntries(
  WRITTEN_CODECS.map((name) => [
    name,
    (bytes: Uint8Array, length: number) =>
      length === 0 ? new Uint8Array(0) : pageCodecs.decompress(CODECS.indexOf(name), bytes, length),
  ]),
);

export interface RandomTable {
  readonly fields: readonly Field[];
  readonly rows: readonly Readonly<Record<string, Value>>[];
  /** The file, by a writer that shares only the codecs with ours. */
  readonly bytes: Uint8Array;
  readonly words: string;
}

export function randomTable(random: Random): RandomTable {
  const fields = Array.from({ length: 1 + below(random, 4) }, (_, i) => randomField(random, `c${i}`, 2));
  const rows = Array.from({ length: 1 + below(random, 60) }, () =>
    Object.fromEntries(fields.map((field) => [field.name, randomValue(random, field)])),
  );
  const writer = new ByteWriter();
  const codec = pick(random, WRITTEN_CODECS);
  const [rowGroupSize, pageSize] = [1 + below(random, 60), 16 << below(random, 8)];
  const columnData = fields.map(({ name }) => {
    const offsetIndex = random() < 0.5;
    return {
      name,
      data: rows.map((row) => row[name]),
      offsetIndex,
      columnIndex: offsetIndex && random() < 0.7,
      bloomFilter: random() < 0.2,
    };
  });
  const kvMetadata = [{ key: 'huggingface', value: '{"info":{}}' }];
  void parquetWrite({
    writer,
    columnData,
    schema: schemaOf(fields),
    codec,
    compressors,
    rowGroupSize,
    pageSize,
    kvMetadata,
  });
  const words = `${codec}, ${rows.length} rows by ${rowGroupSize}, pages of ${pageSize}`;
  return { fields, rows, bytes: writer.getBytes(), words };
}

/** Bytes in memory as a file source. */
export function sourceOf(
  bytes: Uint8Array,
): ByteSource & { readonly reads: { start: number; end: number }[] } {
  const reads: { start: number; end: number }[] = [];
  return {
    size: bytes.length,
    reads,
    read(start, end) {
      if (start < 0 || end > bytes.length || start > end) throw new Error(`read outside: ${start} to ${end}`);
      reads.push({ start, end });
      return bytes.slice(start, end);
    },
  };
}

/** A value in a comparable form: ours from JSON, the other from hyparquet. */
export function comparable({ kind, children }: Field, value: Value): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'int32':
    case 'int64':
      return Number(value);
    case 'double':
    case 'float': {
      const number = typeof value === 'string' ? Number(value) : (value as number);
      // Writers with a dictionary store only one zero.
      return String(Math.fround(number) === number || kind === 'double' ? number : Math.fround(number));
    }
    case 'timestamp':
      return typeof value === 'string' ? Date.parse(value) : (value as Date).getTime();
    case 'bytes': {
      if (typeof value !== 'string') return Buffer.from(value as Uint8Array).toString('latin1');
      const data = /^data:[a-z]+\/[a-z-]+;base64,(.*)$/.exec(value);
      return Buffer.from(data ? (data[1] ?? '') : value, data ? 'base64' : 'utf8').toString('latin1');
    }
    case 'list':
      return (value as Value[]).map((item) => comparable(children[0] as Field, item));
    case 'struct':
      return Object.fromEntries(
        children.map((child) => [
          child.name,
          comparable(child, (value as Record<string, Value>)[child.name]),
        ]),
      );
    case 'string':
    case 'boolean':
    case 'json':
      return value;
  }
}

export function comparableRow(fields: readonly Field[], row: Readonly<Record<string, Value>>): unknown {
  return Object.fromEntries(fields.map((field) => [field.name, comparable(field, row[field.name])]));
}

/**
 * A file of the same rows, with pages of the older kind cut anywhere: rows of lists begin in one page and end
 * in another, as some writers leave them.
 */
export function cutAnywhere(bytes: Uint8Array, random: Random): Uint8Array {
  const file = new ParquetFile(sourceOf(bytes), pageCodecs);
  const out = new ByteSink();
  out.bytes(new TextEncoder().encode('PAR1'));
  const root = copyStruct(file.footer.file);
  structsIn(root, FILE.groups).forEach((group, number) => {
    structsIn(group, GROUP.columns).forEach((chunk, column) => {
      const table = file.table(number, column);
      const meta = structIn(chunk, CHUNK.meta)!;
      const start = out.length;
      let uncompressed = 0;
      table.pages.forEach((_, i) => {
        const page = file.page(table, i);
        let builder = new PageBuilder(table.leaf, undefined);
        let valueAt = 0;
        for (let at = 0; at < page.count; at++) {
          builder.copy(page, at, valueAt);
          if (!page.definition || page.definition[at] === table.leaf.maxDefinition) valueAt++;
          if (random() > 0.2 && at < page.count - 1) continue;
          const made = builder.finish(V1_HEADER, table.chunk.codec, pageCodecs);
          out.bytes(made.bytes);
          uncompressed += made.numbers.headerLength + made.numbers.uncompressedLength;
          builder = new PageBuilder(table.leaf, undefined);
        }
      });
      setField(meta, META.dataPage, T.i64, start);
      setField(meta, META.dictionaryPage, T.i64, undefined);
      setField(meta, META.compressed, T.i64, out.length - start);
      setField(meta, META.uncompressed, T.i64, uncompressed);
      for (const id of [META.bloomOffset, META.bloomLength]) setField(meta, id, T.i64, undefined);
      for (const id of [
        CHUNK.offsetIndex,
        CHUNK.offsetIndexLength,
        CHUNK.columnIndex,
        CHUNK.columnIndexLength,
      ])
        setField(chunk, id, T.i64, undefined);
    });
  });
  const footer = thriftBytes(root);
  out.bytes(footer);
  out.uint32(footer.length);
  out.bytes(new TextEncoder().encode('PAR1'));
  return out.all.slice();
}

const V1_HEADER = structOf([HEADER.type, T.i32, 0], [HEADER.data, T.struct, structOf()]);

/** How writers leave the row group of an empty batch: offsets of 0, no offsets, or no columns at all. */
export const EMPTY_GROUPS = ['zero', 'absent', 'bare'] as const;
export type EmptyGroup = (typeof EMPTY_GROUPS)[number];

/**
 * The file with row groups without rows before the groups of these numbers.
 * @param keepRows false takes all other groups out
 */
export function withEmptyGroups(
  bytes: Uint8Array,
  at: readonly number[],
  kind: EmptyGroup,
  keepRows = true,
): Uint8Array {
  const { footer } = new ParquetFile(sourceOf(bytes), pageCodecs);
  const root = copyStruct(footer.file);
  const full = structsIn(root, FILE.groups);
  const emptied = (): ThriftStruct => {
    const group = copyStruct(structsIn(copyStruct(footer.file), FILE.groups)[0]!);
    for (const chunk of structsIn(group, GROUP.columns)) {
      const meta = structIn(chunk, CHUNK.meta)!;
      for (const id of [
        CHUNK.offsetIndex,
        CHUNK.offsetIndexLength,
        CHUNK.columnIndex,
        CHUNK.columnIndexLength,
      ])
        setField(chunk, id, T.i64, undefined);
      for (const id of [META.dictionaryPage, META.statistics, META.bloomOffset, META.bloomLength])
        setField(meta, id, T.i64, undefined);
      for (const id of [META.count, META.compressed, META.uncompressed]) setField(meta, id, T.i64, 0);
      setField(meta, META.dataPage, T.i64, kind === 'absent' ? undefined : 0);
    }
    if (kind === 'bare') setField(group, GROUP.columns, T.list, { itemType: T.struct, items: [] });
    for (const id of [GROUP.uncompressed, GROUP.rows]) setField(group, id, T.i64, 0);
    return group;
  };
  const items = full.flatMap((group, number) => [
    ...(at.includes(number) ? [emptied()] : []),
    ...(keepRows ? [group] : []),
  ]);
  if (at.includes(full.length)) items.push(emptied());
  setField(root, FILE.groups, T.list, { itemType: T.struct, items });
  if (!keepRows) setField(root, FILE.rows, T.i64, 0);
  const out = new ByteSink();
  out.bytes(bytes.subarray(0, footer.start));
  const made = thriftBytes(root);
  out.bytes(made);
  out.uint32(made.length);
  out.bytes(new TextEncoder().encode('PAR1'));
  return out.all.slice();
}
