// The columns of a record batch: which buffers each type has, and how its values become JSON. Every length and
// offset is checked before it is used.
// Source: "Arrow Columnar Format", physical memory layout and the buffer listing for each layout.
import {
  bytesText,
  decimalText,
  floatText,
  halfOf,
  signedOf,
  stampText,
  timeText,
  uuidText,
  writeJson,
} from '../jsonValues.ts';
import type { TextSink } from '../textSink.ts';
import { damaged } from './flatbuffer.ts';
import type { ArrowField, ArrowType } from './schema.ts';

/** Writes the value at an index, null included. */
export type WriteValue = (out: TextSink, index: number) => void;

export interface Column {
  readonly length: number;
  readonly write: WriteValue;
}

/** What a batch holds, in the order in which the schema's fields take it. */
export interface BatchParts {
  /** Length and number of nulls of the next field. */
  nextNode(): readonly [length: number, nulls: number];
  nextBuffer(): Uint8Array;
  /** Number of data buffers of the next column of views. */
  nextViewBuffers(): number;
  /** A dictionary that the batch uses. */
  dictionary(id: number): Column;
  /** Version 4 and earlier: unions have a bitmap too. */
  readonly isOld: boolean;
  /** Longer rows are left unfinished. */
  readonly maxRowBytes: number;
}

/** Stops the writing of a row that is too long. */
export class RowTooLong extends Error {}

const encoder = new TextEncoder();
const NULL = encoder.encode('null');
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, COMMA] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c];

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function assertBytes(bytes: Uint8Array, needed: number, name: string): void {
  if (bytes.length < needed) throw damaged(`column "${name}" is shorter than its number of rows`);
}

/** Nulls as a test of an index; undefined if there are none. */
function nullsOf(
  parts: BatchParts,
  length: number,
  nulls: number,
  name: string,
): ((i: number) => boolean) | undefined {
  const bitmap = parts.nextBuffer();
  if (nulls === 0 || (bitmap.length === 0 && nulls < 0)) return undefined;
  assertBytes(bitmap, Math.ceil(length / 8), name);
  return (i) => (((bitmap[i >> 3] ?? 0) >> (i & 7)) & 1) === 0;
}

function withNulls(isNull: ((i: number) => boolean) | undefined, write: WriteValue): WriteValue {
  if (!isNull) return write;
  return (out, i) => {
    if (isNull(i)) out.bytes(NULL);
    else write(out, i);
  };
}

/** Reads 32-bit or 64-bit offsets. */
function offsetsOf(bytes: Uint8Array, count: number, isWide: boolean, name: string): (i: number) => number {
  const width = isWide ? 8 : 4;
  // No offsets at all are allowed for no rows.
  assertBytes(bytes, count <= 1 && bytes.length === 0 ? 0 : count * width, name);
  const view = viewOf(bytes);
  return isWide ? (i) => Number(view.getBigInt64(8 * i, true)) : (i) => view.getInt32(4 * i, true);
}

/** Checks a range of offsets. */
function assertRange(start: number, end: number, length: number, name: string): void {
  if (!(start >= 0 && start <= end && end <= length)) throw damaged(`an offset in column "${name}" is wrong`);
}

/** Writes bytes as their type says. */
function writeBytes(out: TextSink, bytes: Uint8Array, as: 'text' | 'bytes' | 'json'): void {
  if (as === 'text') out.text(bytes, 0, bytes.length);
  else if (as === 'json') writeJson(out, bytes);
  else out.bytes(encoder.encode(JSON.stringify(bytesText(bytes))));
}

const MS_A_DAY = 86_400_000n;

interface FixedValue {
  /** In bytes. */
  readonly width: number;
  /** JSON text of the value at a position in bytes. */
  readonly text: (at: number) => string;
}

type Of<K extends ArrowType['kind']> = Extract<ArrowType, { kind: K }>;

function intValue({ bits, isSigned }: Of<'int'>, view: DataView): FixedValue {
  switch (bits) {
    case 8:
      return { width: 1, text: (at) => String(isSigned ? view.getInt8(at) : view.getUint8(at)) };
    case 16:
      return {
        width: 2,
        text: (at) => String(isSigned ? view.getInt16(at, true) : view.getUint16(at, true)),
      };
    case 32:
      return {
        width: 4,
        text: (at) => String(isSigned ? view.getInt32(at, true) : view.getUint32(at, true)),
      };
    default:
      return {
        width: 8,
        text: (at) => (isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true)).toString(),
      };
  }
}

function floatValue({ bits }: Of<'float'>, view: DataView): FixedValue {
  if (bits === 16) return { width: 2, text: (at) => floatText(halfOf(view.getUint16(at, true)), false) };
  return bits === 32
    ? { width: 4, text: (at) => floatText(view.getFloat32(at, true), true) }
    : { width: 8, text: (at) => floatText(view.getFloat64(at, true), false) };
}

/** Types whose values all have the same number of bytes. */
const FIXED: {
  readonly [K in ArrowType['kind']]?: (type: Of<K>, view: DataView, bytes: Uint8Array) => FixedValue;
} = {
  int: intValue,
  float: floatValue,
  // Stored low byte first.
  decimal: ({ bits, scale }, _view, bytes) => ({
    width: bits / 8,
    text: (at) => decimalText(signedOf(bytes.slice(at, at + bits / 8).reverse()), scale),
  }),
  date: ({ bits }, view) =>
    bits === 32
      ? { width: 4, text: (at) => dayText(BigInt(view.getInt32(at, true)) * MS_A_DAY) }
      : { width: 8, text: (at) => dayText(view.getBigInt64(at, true)) },
  time: ({ bits, digits }, view) =>
    bits === 32
      ? { width: 4, text: (at) => timeText(BigInt(view.getInt32(at, true)), digits) }
      : { width: 8, text: (at) => timeText(view.getBigInt64(at, true), digits) },
  timestamp: ({ digits, isUtc }, view) => ({
    width: 8,
    text: (at) => {
      const value = view.getBigInt64(at, true);
      return stampText(value, digits, isUtc) ?? value.toString();
    },
  }),
  duration: (_type, view) => ({ width: 8, text: (at) => view.getBigInt64(at, true).toString() }),
  interval: ({ unit }, view) => intervalValue(unit, view),
  fixed: ({ width, isUuid }, _view, bytes) => ({
    width,
    text: (at) => {
      const own = bytes.subarray(at, at + width);
      return isUuid && width === 16 ? uuidText(own) : JSON.stringify(bytesText(own));
    },
  }),
};

function fixedValue(type: ArrowType, bytes: Uint8Array): FixedValue | undefined {
  const make = FIXED[type.kind] as
    ((type: ArrowType, view: DataView, bytes: Uint8Array) => FixedValue) | undefined;
  return make?.(type, viewOf(bytes), bytes);
}

/** A date of milliseconds since 1970, with its time of day unless it is midnight. */
function dayText(ms: bigint): string {
  const text = stampText(ms, 3, false);
  if (text === undefined) return (ms % MS_A_DAY === 0n ? ms / MS_A_DAY : ms).toString();
  return ms % MS_A_DAY === 0n ? `${text.slice(0, 11)}"` : text;
}

function intervalValue(unit: 0 | 1 | 2, view: DataView): FixedValue {
  const int = (at: number): number => view.getInt32(at, true);
  if (unit === 0) return { width: 4, text: (at) => `{"months":${int(at)}}` };
  if (unit === 1) return { width: 8, text: (at) => `{"days":${int(at)},"milliseconds":${int(at + 4)}}` };
  return {
    width: 16,
    text: (at) =>
      `{"months":${int(at)},"days":${int(at + 4)},"nanoseconds":${view.getBigInt64(at + 8, true)}}`,
  };
}

type Read = (field: ArrowField, parts: BatchParts, length: number, nulls: number) => WriteValue;

const readFixed: Read = ({ name, type }, parts, length, nulls) => {
  const isNull = nullsOf(parts, length, nulls, name);
  const bytes = parts.nextBuffer();
  const value = fixedValue(type, bytes);
  if (!value || !(value.width >= 0)) throw damaged(`column "${name}" has an unknown type`);
  const { width, text } = value;
  assertBytes(bytes, length * width, name);
  return withNulls(isNull, (out, i) => {
    const json = text(i * width);
    // Bytes may be a text in any script.
    if (type.kind === 'fixed') out.bytes(encoder.encode(json));
    else out.ascii(json);
  });
};

const readBool: Read = ({ name }, parts, length, nulls) => {
  const isNull = nullsOf(parts, length, nulls, name);
  const bits = parts.nextBuffer();
  assertBytes(bits, Math.ceil(length / 8), name);
  return withNulls(isNull, (out, i) => {
    out.ascii(((bits[i >> 3] ?? 0) >> (i & 7)) & 1 ? 'true' : 'false');
  });
};

const readBytes: Read = ({ name, type }, parts, length, nulls) => {
  const { as, isWide } = type as Extract<ArrowType, { kind: 'bytes' }>;
  const isNull = nullsOf(parts, length, nulls, name);
  const offsetAt = offsetsOf(parts.nextBuffer(), length + 1, isWide, name);
  const bytes = parts.nextBuffer();
  return withNulls(isNull, (out, i) => {
    const [start, end] = [offsetAt(i), offsetAt(i + 1)];
    assertRange(start, end, bytes.length, name);
    if (as === 'text') out.text(bytes, start, end);
    else writeBytes(out, bytes.subarray(start, end), as);
  });
};

/** Longer values stand in a data buffer. */
const INLINE_BYTES = 12;

const readView: Read = ({ name, type }, parts, length, nulls) => {
  const { as } = type as Extract<ArrowType, { kind: 'view' }>;
  const isNull = nullsOf(parts, length, nulls, name);
  const views = parts.nextBuffer();
  assertBytes(views, 16 * length, name);
  const buffers = Array.from({ length: parts.nextViewBuffers() }, () => parts.nextBuffer());
  const view = viewOf(views);
  return withNulls(isNull, (out, i) => {
    const size = view.getInt32(16 * i, true);
    const isInline = size <= INLINE_BYTES;
    const bytes = isInline ? views : buffers[view.getInt32(16 * i + 8, true)];
    const start = isInline ? 16 * i + 4 : view.getInt32(16 * i + 12, true);
    if (!bytes) throw damaged(`a value of column "${name}" lies outside the file`);
    assertRange(start, start + size, bytes.length, name);
    writeBytes(out, bytes.subarray(start, start + size), as);
  });
};

/** Writes the elements [start, end) of a list. */
function writeList(out: TextSink, element: WriteValue, start: number, end: number, maxBytes: number): void {
  out.byte(OPEN_LIST);
  for (let i = start; i < end; i++) {
    if (i > start) out.byte(COMMA);
    element(out, i);
    if (out.length > maxBytes) throw new RowTooLong();
  }
  out.byte(CLOSE_LIST);
}

function onlyChild({ name, children }: ArrowField, parts: BatchParts): Column {
  const [child] = children;
  if (!child) throw damaged(`column "${name}" has no elements`);
  return readColumn(child, parts);
}

const readLists: Read = (field, parts, length, nulls) => {
  const { name, type } = field;
  const { isWide } = type as Extract<ArrowType, { kind: 'list' }>;
  const isNull = nullsOf(parts, length, nulls, name);
  const offsetAt = offsetsOf(parts.nextBuffer(), length + 1, isWide, name);
  const elements = onlyChild(field, parts);
  return withNulls(isNull, (out, i) => {
    const [start, end] = [offsetAt(i), offsetAt(i + 1)];
    assertRange(start, end, elements.length, name);
    writeList(out, elements.write, start, end, parts.maxRowBytes);
  });
};

const readListViews: Read = (field, parts, length, nulls) => {
  const { name, type } = field;
  const { isWide } = type as Extract<ArrowType, { kind: 'list view' }>;
  const isNull = nullsOf(parts, length, nulls, name);
  const offsetAt = offsetsOf(parts.nextBuffer(), length, isWide, name);
  const sizeAt = offsetsOf(parts.nextBuffer(), length, isWide, name);
  const elements = onlyChild(field, parts);
  return withNulls(isNull, (out, i) => {
    const [start, size] = [offsetAt(i), sizeAt(i)];
    assertRange(start, start + size, elements.length, name);
    writeList(out, elements.write, start, start + size, parts.maxRowBytes);
  });
};

const readFixedLists: Read = (field, parts, length, nulls) => {
  const { name, type } = field;
  const { size } = type as Extract<ArrowType, { kind: 'fixed list' }>;
  const isNull = nullsOf(parts, length, nulls, name);
  const elements = onlyChild(field, parts);
  if (size < 0 || elements.length < size * length) throw damaged(`column "${name}" has too few elements`);
  return withNulls(isNull, (out, i) => {
    writeList(out, elements.write, i * size, (i + 1) * size, parts.maxRowBytes);
  });
};

/** `"name":`, or `,"name":`. */
function keyOf(name: string, i: number): Uint8Array {
  return encoder.encode(`${i > 0 ? ',' : ''}${JSON.stringify(name)}:`);
}

/** Writes an object of the columns' values at an index. */
export function objectWriter(fields: readonly ArrowField[], columns: readonly Column[]): WriteValue {
  const members = columns.map(({ write }, i) => ({ key: keyOf(fields[i]?.name ?? '', i), write }));
  return (out, i) => {
    out.byte(OPEN_OBJECT);
    for (const { key, write } of members) {
      out.bytes(key);
      write(out, i);
    }
    out.byte(CLOSE_OBJECT);
  };
}

const readStructs: Read = ({ name, children }, parts, length, nulls) => {
  const isNull = nullsOf(parts, length, nulls, name);
  const columns = children.map((child) => readColumn(child, parts));
  if (columns.some((column) => column.length < length))
    throw damaged(`column "${name}" has a part that is too short`);
  return withNulls(isNull, objectWriter(children, columns));
};

const readUnions: Read = ({ name, type, children }, parts, length) => {
  const { isDense, typeIds } = type as Extract<ArrowType, { kind: 'union' }>;
  if (parts.isOld) parts.nextBuffer();
  const ids = parts.nextBuffer();
  assertBytes(ids, length, name);
  const offsetAt = isDense ? offsetsOf(parts.nextBuffer(), length, false, name) : (i: number) => i;
  const columns = children.map((child) => readColumn(child, parts));
  return (out, i) => {
    const id = ids[i] ?? 0;
    const column = columns[typeIds.length > 0 ? typeIds.indexOf(id) : id];
    const at = offsetAt(i);
    if (!column || at < 0 || at >= column.length) throw damaged(`a value of column "${name}" is of no type`);
    column.write(out, at);
  };
};

/** Runs of equal values: the ends of the runs, and one value for each. */
const readRuns: Read = ({ name, children }, parts, length) => {
  const [endField, valueField] = children;
  if (!endField || !valueField) throw damaged(`column "${name}" has no runs`);
  const { bits } = endField.type as Extract<ArrowType, { kind: 'int' }>;
  const [count, nulls] = parts.nextNode();
  nullsOf(parts, count, nulls, name);
  const bytes = parts.nextBuffer();
  assertBytes(bytes, (count * bits) / 8, name);
  const view = viewOf(bytes);
  const endOf = (run: number): number =>
    bits === 16
      ? view.getInt16(2 * run, true)
      : bits === 32
        ? view.getInt32(4 * run, true)
        : Number(view.getBigInt64(8 * run, true));
  const values = readColumn(valueField, parts);
  if (values.length < count || (length > 0 && !(endOf(count - 1) >= length)))
    throw damaged(`the runs of column "${name}" end too early`);
  return (out, i) => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(middle) > i) high = middle;
      else low = middle + 1;
    }
    values.write(out, low);
  };
};

const readNulls: Read = () => (out) => {
  out.bytes(NULL);
};

const READERS: Readonly<Record<ArrowType['kind'], Read>> = {
  null: readNulls,
  bool: readBool,
  int: readFixed,
  float: readFixed,
  decimal: readFixed,
  date: readFixed,
  time: readFixed,
  timestamp: readFixed,
  duration: readFixed,
  interval: readFixed,
  fixed: readFixed,
  bytes: readBytes,
  view: readView,
  list: readLists,
  'list view': readListViews,
  'fixed list': readFixedLists,
  struct: readStructs,
  union: readUnions,
  runs: readRuns,
};

/** Indices into a dictionary. */
const readIndices = (
  { name, dictionary }: ArrowField,
  parts: BatchParts,
  length: number,
  nulls: number,
): WriteValue => {
  if (!dictionary) throw new Error('arrow: a column without a dictionary');
  const { id, index } = dictionary;
  const isNull = nullsOf(parts, length, nulls, name);
  const bytes = parts.nextBuffer();
  const { bits, isSigned } = index as Extract<ArrowType, { kind: 'int' }>;
  assertBytes(bytes, (length * bits) / 8, name);
  const view = viewOf(bytes);
  const indexAt = (i: number): number => {
    if (bits === 8) return isSigned ? view.getInt8(i) : view.getUint8(i);
    if (bits === 16) return isSigned ? view.getInt16(2 * i, true) : view.getUint16(2 * i, true);
    if (bits === 32) return isSigned ? view.getInt32(4 * i, true) : view.getUint32(4 * i, true);
    return Number(view.getBigInt64(8 * i, true));
  };
  const values = parts.dictionary(id);
  return withNulls(isNull, (out, i) => {
    const at = indexAt(i);
    if (!(at >= 0 && at < values.length))
      throw damaged(`a value of column "${name}" is not in its dictionary`);
    values.write(out, at);
  });
};

/** Takes the parts of a column from a batch. Throws ArrowError if they don't fit. */
export function readColumn(field: ArrowField, parts: BatchParts): Column {
  const [length, nulls] = parts.nextNode();
  const read = field.dictionary ? readIndices : READERS[field.type.kind];
  return { length, write: read(field, parts, length, nulls) };
}
