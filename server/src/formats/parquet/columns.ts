// Tables of numbers as whole columns: no nulls, no lists, each value of one width.
import type { PageCodecs } from './footer.ts';
import { FILE } from './footer.ts';
import type { ParquetFile } from './rows.ts';
import type { PhysicalType } from './schema.ts';
import { ParquetError, TYPES } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { structOf, structsIn, T, textIn } from './thrift.ts';
import { widthOf } from './values.ts';
import { TableWriter } from './write.ts';

/** Values of a column, one after the other, low byte first. */
export interface PlainColumn {
  readonly name: string;
  readonly type: PhysicalType;
  /** Of FIXED_LEN_BYTE_ARRAY. */
  readonly length?: number;
  readonly isUnsigned?: boolean;
  readonly bytes: Uint8Array;
}

const REQUIRED = 0;
const OPTIONAL_FIELDS = { converted: 6, logical: 10 };
/** Of the field LogicalType, and of ConvertedType. */
const INTEGER = 10;
const UNSIGNED: Partial<Record<PhysicalType, readonly [bits: number, converted: number]>> = {
  INT32: [32, 13],
  INT64: [64, 14],
};

/** Rows of a row group: a reader that needs one column reads a megabyte at a time. */
const GROUP_ROWS = 1 << 17;

const encoder = new TextEncoder();

function elementOf({ name, type, length, isUnsigned = false }: PlainColumn): ThriftStruct {
  const [bits, converted] = (isUnsigned ? UNSIGNED[type] : undefined) ?? [];
  return structOf(
    [1, T.i32, TYPES.indexOf(type)],
    [2, T.i32, length],
    [3, T.i32, REQUIRED],
    [4, T.binary, encoder.encode(name)],
    [OPTIONAL_FIELDS.converted, T.i32, converted],
    [
      OPTIONAL_FIELDS.logical,
      T.struct,
      bits === undefined
        ? undefined
        : structOf([INTEGER, T.struct, structOf([1, T.byte, bits], [2, T.true, false])]),
    ],
  );
}

/** The bytes of a table. */
export function* writeColumns(
  columns: readonly PlainColumn[],
  rows: number,
  options: {
    readonly codec: number;
    readonly codecs: PageCodecs;
    readonly createdBy: string;
    readonly keyValues: ReadonlyMap<string, string>;
  },
): Generator<Uint8Array> {
  const root = structOf([4, T.binary, encoder.encode('schema')], [5, T.i32, columns.length]);
  const writer = new TableWriter([root, ...columns.map(elementOf)], options);
  const bytes = columns.map((column) => column.bytes);
  yield writer.head();
  for (let from = 0; from < rows; from += GROUP_ROWS)
    yield writer.addRows(bytes, from, Math.min(rows, from + GROUP_ROWS));
  yield writer.end();
}

/** A text about the whole file. */
export function keyValueOf({ footer }: ParquetFile, name: string): string | undefined {
  const found = structsIn(footer.file, FILE.keyValues).find((one) => textIn(one, 1) === name);
  return found && textIn(found, 2);
}

const columnOf = <Leaf extends { readonly path: readonly string[] }>(
  leaves: readonly Leaf[],
  name: string,
): Leaf | undefined => leaves.find(({ path }) => path.length === 1 && path[0] === name);

/** Whether a table has a column that is in no group. */
export function hasColumn(file: ParquetFile, name: string): boolean {
  return columnOf(file.footer.schema.leaves, name) !== undefined;
}

/** The values of a column, one after the other. Throws ParquetError if there is no such column, or if it has nulls. */
export function readColumn(file: ParquetFile, name: string): Uint8Array<ArrayBuffer> {
  const { schema, groups, rows } = file.footer;
  const leaf = columnOf(schema.leaves, name);
  const width = leaf ? widthOf(leaf) : 0;
  if (!leaf || width === 0) throw new ParquetError(`not a table of facts: it has no column ${name}`);
  const values = new Uint8Array(width * rows);
  let at = 0;
  for (const [group] of groups.entries()) {
    const table = file.table(group, leaf.column);
    for (const number of table.pages.keys()) {
      const page = file.page(table, number);
      if (page.definition ?? page.repetition)
        throw new ParquetError(`not a table of facts: column ${name} has nulls or lists`);
      if (page.indices) {
        for (const index of page.indices) {
          values.set(page.values.bytes.subarray(index * width, (index + 1) * width), at);
          at += width;
        }
      } else {
        values.set(page.values.bytes.subarray(0, page.count * width), at);
        at += page.count * width;
      }
    }
  }
  return values;
}
