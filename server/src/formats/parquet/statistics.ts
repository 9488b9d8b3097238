// Lowest and highest values of pages and columns, in the order that the format defines for their type.
import { compareBytes } from '../bytes.ts';
import type { Leaf } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { bytesIn, numberIn, setField, T } from './thrift.ts';
import { widthOf } from './values.ts';

export interface Extremes {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** Field numbers of Statistics. The first two are deprecated because their order is undefined. */
export const STATISTICS = {
  oldMax: 1,
  oldMin: 2,
  nulls: 3,
  distinct: 4,
  max: 5,
  min: 6,
  isMaxExact: 7,
  isMinExact: 8,
} as const;

type Compare = (a: Uint8Array, b: Uint8Array) => number;

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function sign(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const COMPARES: Partial<Record<Leaf['meaning']['kind'], Partial<Record<Leaf['type'], Compare>>>> = {
  boolean: { BOOLEAN: (a, b) => (a[0] ?? 0) - (b[0] ?? 0) },
  float: { FLOAT: (a, b) => sign(view(a).getFloat32(0, true), view(b).getFloat32(0, true)) },
  double: { DOUBLE: (a, b) => sign(view(a).getFloat64(0, true), view(b).getFloat64(0, true)) },
  unsigned: {
    INT32: (a, b) => sign(view(a).getUint32(0, true), view(b).getUint32(0, true)),
    INT64: (a, b) => sign(view(a).getBigUint64(0, true), view(b).getBigUint64(0, true)),
  },
};

const SIGNED: Partial<Record<Leaf['type'], Compare>> = {
  INT32: (a, b) => sign(view(a).getInt32(0, true), view(b).getInt32(0, true)),
  INT64: (a, b) => sign(view(a).getBigInt64(0, true), view(b).getBigInt64(0, true)),
};

/** Undefined if the format defines no order, or one that we don't implement. */
function compareOf({ type, meaning }: Leaf): Compare | undefined {
  const { kind } = meaning;
  if (kind === 'text' || kind === 'json' || kind === 'bytes' || kind === 'uuid') return compareBytes;
  if (kind === 'decimal' && type !== 'INT32' && type !== 'INT64') return undefined;
  return COMPARES[kind]?.[type] ?? SIGNED[type];
}

/** The extremes of several pages together. */
export function mergeExtremes(leaf: Leaf, all: readonly (Extremes | undefined)[]): Extremes | undefined {
  const ends = all.flatMap((one) => (one ? [one.min, one.max] : []));
  return extremesOf(
    leaf,
    ends.map((bytes) => ({ bytes, start: 0, end: bytes.length })),
  );
}

/** Maximum length of a text in a page's statistics: longer ones would make indexes larger than pages. */
const MAX_BYTES = 64;

function isNumberless(leaf: Leaf, bytes: Uint8Array): boolean {
  if (leaf.type === 'FLOAT') return Number.isNaN(view(bytes).getFloat32(0, true));
  return leaf.type === 'DOUBLE' && Number.isNaN(view(bytes).getFloat64(0, true));
}

/** Undefined if there are no values, or no order. */
export function extremesOf(
  leaf: Leaf,
  values: readonly { readonly bytes: Uint8Array; readonly start: number; readonly end: number }[],
): Extremes | undefined {
  const compare = compareOf(leaf);
  if (!compare) return undefined;
  let [min, max]: (Uint8Array | undefined)[] = [];
  for (const { bytes, start, end } of values) {
    const value = bytes.subarray(start, end);
    if (isNumberless(leaf, value)) continue;
    if (!min || compare(value, min) < 0) min = value;
    if (!max || compare(value, max) > 0) max = value;
  }
  // Copies, because a subarray would keep the whole page in memory.
  return min && max && { min: new Uint8Array(min), max: new Uint8Array(max) };
}

/** Truncates a text to one that is not greater. */
function cutLeast(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, MAX_BYTES);
}

/**
 * Truncates a text and raises its last raisable byte, so that the result is not less. Undefined if none can be
 * raised.
 */
function cutGreatest(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length <= MAX_BYTES) return bytes.slice();
  // Raises only within ASCII, so that the text stays UTF-8.
  for (let at = MAX_BYTES - 1; at >= 0; at--) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x7f) continue;
    // Copies Node buffers too: their `slice` does not.
    const head = new Uint8Array(bytes.subarray(0, at + 1));
    head[at] = byte + 1;
    return head;
  }
  return undefined;
}

/** Bounds for the file: long texts are truncated in the safe direction. */
export function boundsOf(leaf: Leaf, { min, max }: Extremes): Extremes | undefined {
  if (leaf.type !== 'BYTE_ARRAY') return { min: min.slice(), max: max.slice() };
  const top = cutGreatest(max);
  return top && { min: cutLeast(min), max: top };
}

/**
 * Updates a column's statistics. A removed value may have been an extreme, so the old bounds remain bounds, new
 * values widen them, and they are no longer marked exact. Null counts stay exact.
 */
export function updateStatistics(
  statistics: ThriftStruct,
  leaf: Leaf,
  added: readonly (Extremes | undefined)[],
  nulls: number,
): void {
  const known = numberIn(statistics, STATISTICS.nulls);
  if (known !== undefined) setField(statistics, STATISTICS.nulls, T.i64, known + nulls);
  for (const id of [STATISTICS.distinct, STATISTICS.oldMin, STATISTICS.oldMax])
    setField(statistics, id, T.binary, undefined);
  const compare = compareOf(leaf);
  let [min, max] = [bytesIn(statistics, STATISTICS.min), bytesIn(statistics, STATISTICS.max)];
  const drop = (): void => {
    for (const id of [STATISTICS.max, STATISTICS.min, STATISTICS.isMaxExact, STATISTICS.isMinExact])
      setField(statistics, id, T.binary, undefined);
  };
  const width = widthOf(leaf);
  const isSound = [min, max].every((bytes) => bytes && (width === 0 || bytes.length === width));
  if (!compare || !min || !max || !isSound) {
    drop();
    return;
  }
  for (const one of added) {
    const bounds = one && boundsOf(leaf, one);
    if (one && !bounds) {
      drop();
      return;
    }
    if (bounds && compare(bounds.min, min) < 0) min = bounds.min;
    if (bounds && compare(bounds.max, max) > 0) max = bounds.max;
  }
  setField(statistics, STATISTICS.max, T.binary, max);
  setField(statistics, STATISTICS.min, T.binary, min);
  setField(statistics, STATISTICS.isMaxExact, T.false, false);
  setField(statistics, STATISTICS.isMinExact, T.false, false);
}
