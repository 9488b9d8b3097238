// The columns of an Arrow file and their types.
// Source: Schema.fbs of the Arrow format, version 1.5. The numbers are those of its fields.
import type { FlatTable } from './flatbuffer.ts';
import { ArrowError, damaged } from './flatbuffer.ts';

/** `digits`: decimal places of seconds. `isWide`: offsets have 64 bits. */
export type ArrowType =
  | { readonly kind: 'null' | 'bool' | 'struct' | 'runs' }
  | { readonly kind: 'int'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'bytes' | 'view'; readonly as: 'text' | 'bytes' | 'json'; readonly isWide: boolean }
  | { readonly kind: 'fixed'; readonly width: number; readonly isUuid: boolean }
  | { readonly kind: 'decimal'; readonly bits: number; readonly scale: number }
  | { readonly kind: 'date'; readonly bits: 32 | 64 }
  | { readonly kind: 'time'; readonly bits: number; readonly digits: number }
  | { readonly kind: 'timestamp'; readonly digits: number; readonly isUtc: boolean }
  | { readonly kind: 'duration' }
  | { readonly kind: 'interval'; readonly unit: 0 | 1 | 2 }
  | { readonly kind: 'list' | 'list view'; readonly isWide: boolean }
  | { readonly kind: 'fixed list'; readonly size: number }
  | { readonly kind: 'union'; readonly isDense: boolean; readonly typeIds: readonly number[] };

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
  /** The values stand in dictionary batches of this number, the batches hold indices. */
  readonly dictionary?: { readonly id: number; readonly index: ArrowType };
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  /** The values of each dictionary, by its number. */
  readonly dictionaries: ReadonlyMap<number, ArrowField>;
}

const MAX_DEPTH = 64;
const MAX_FIELDS = 100_000;

/** Decimal places of a unit: seconds, milliseconds, microseconds, nanoseconds. */
const digitsOf = (unit: number): number => 3 * unit;

function intType(table: FlatTable | undefined): ArrowType {
  return { kind: 'int', bits: table?.int32(0) ?? 32, isSigned: table ? table.int8(1) !== 0 : true };
}

type ReadType = (table: FlatTable, extension: string | undefined) => ArrowType;

const bytesType =
  (kind: 'bytes' | 'view', isText: boolean, isWide = false): ReadType =>
  (_table, extension) => ({
    kind,
    as: extension === 'arrow.json' ? 'json' : isText ? 'text' : 'bytes',
    isWide,
  });

const plainType =
  (type: ArrowType): ReadType =>
  () =>
    type;

/** By their number in the union `Type`. */
const TYPES: readonly (ReadType | undefined)[] = [
  undefined,
  plainType({ kind: 'null' }),
  intType,
  (table) => ({ kind: 'float', bits: [16, 32, 64][table.int16(0)] ?? 64 }),
  bytesType('bytes', false),
  bytesType('bytes', true),
  plainType({ kind: 'bool' }),
  (table) => ({ kind: 'decimal', bits: table.int32(2, 128), scale: table.int32(1) }),
  (table) => ({ kind: 'date', bits: table.int16(0, 1) === 0 ? 32 : 64 }),
  (table) => ({ kind: 'time', bits: table.int32(1, 32), digits: digitsOf(table.int16(0, 1)) }),
  (table) => ({
    kind: 'timestamp',
    digits: digitsOf(table.int16(0)),
    isUtc: (table.text(1) ?? '') !== '',
  }),
  (table) => ({ kind: 'interval', unit: ([0, 1, 2] as const)[table.int16(0)] ?? 0 }),
  plainType({ kind: 'list', isWide: false }),
  plainType({ kind: 'struct' }),
  (table) => ({ kind: 'union', isDense: table.int16(0) === 1, typeIds: table.int32s(1) }),
  (table, extension) => ({ kind: 'fixed', width: table.int32(0), isUuid: extension === 'arrow.uuid' }),
  (table) => ({ kind: 'fixed list', size: table.int32(0) }),
  // A map is a list of structs of key and value.
  plainType({ kind: 'list', isWide: false }),
  plainType({ kind: 'duration' }),
  bytesType('bytes', false, true),
  bytesType('bytes', true, true),
  plainType({ kind: 'list', isWide: true }),
  plainType({ kind: 'runs' }),
  bytesType('view', false),
  bytesType('view', true),
  plainType({ kind: 'list view', isWide: false }),
  plainType({ kind: 'list view', isWide: true }),
];

function extensionOf(field: FlatTable): string | undefined {
  const found = field.tables(6).find((pair) => pair.text(0) === 'ARROW:extension:name');
  return found?.text(1);
}

/** Number of children that each kind needs; undefined if any number will do. */
function childCountOf({ kind }: ArrowType): number | undefined {
  if (kind === 'struct' || kind === 'union') return undefined;
  if (kind === 'runs') return 2;
  return kind === 'list' || kind === 'list view' || kind === 'fixed list' ? 1 : 0;
}

/** Two columns of one name would make one field of a record. */
function assertDistinct(fields: readonly ArrowField[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (seen.has(name))
      throw new ArrowError(`unable to be read as records: two of its columns are named "${name}"`);
    seen.add(name);
  }
}

/** Throws ArrowError for a schema that can't be read. */
export function readSchema(table: FlatTable): ArrowSchema {
  if (table.int16(0) !== 0)
    throw new ArrowError('written with the high byte first, which PrefLens can’t read');
  const dictionaries = new Map<number, ArrowField>();
  let count = 0;
  const readField = (field: FlatTable, depth: number): ArrowField => {
    if (++count > MAX_FIELDS || depth > MAX_DEPTH) throw damaged('its schema has too many fields');
    const name = field.text(0) ?? '';
    const read = TYPES[field.int8(2)];
    const type = field.table(3);
    if (!read || !type)
      throw new ArrowError(`unable to be read: PrefLens does not know the type of "${name}"`);
    const own: ArrowField = {
      name,
      type: read(type, extensionOf(field)),
      children: field.tables(5).map((child) => readField(child, depth + 1)),
    };
    const needed = childCountOf(own.type);
    if (needed !== undefined && own.children.length !== needed)
      throw damaged(`"${name}" has the wrong parts`);
    if (own.type.kind === 'struct') assertDistinct(own.children);
    const encoding = field.table(4);
    if (!encoding) return own;
    const id = encoding.int64(0);
    dictionaries.set(id, own);
    return { ...own, dictionary: { id, index: intType(encoding.table(1)) } };
  };
  const fields = table.tables(1).map((field) => readField(field, 0));
  assertDistinct(fields);
  return { fields, dictionaries };
}
