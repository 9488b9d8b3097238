// Parquet's hybrid of runs and bit packing, used for levels, dictionary indices and booleans.
import { ParquetError } from './schema.ts';
import { ByteSink } from './thrift.ts';

const DAMAGED = 'damaged: a page ends too early';

/** Bits for a number up to `max`. */
export function bitsFor(max: number): number {
  return 32 - Math.clz32(max);
}

function readVarint(bytes: Uint8Array, at: number, end: number): { value: number; next: number } {
  let value = 0;
  let next = at;
  for (let shift = 1; shift <= 2 ** 35; shift *= 128) {
    if (next >= end) throw new ParquetError(DAMAGED);
    const byte = bytes[next++] ?? 0;
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return { value, next };
  }
  throw new ParquetError('damaged: a number in a page is too long');
}

/** Unpacks `count` numbers of `width` bits, low bits first, from `bytes[at, end)`. Missing bytes count as zero. */
function unpack(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
  into: Uint8Array | Int32Array,
  from: number,
  count: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1;
  let [held, bits, next] = [0, 0, at];
  // Up to 24 bits fit in an int; wider numbers are joined byte by byte.
  for (let i = 0; i < count; i++) {
    if (width > 24) {
      const bit = i * width;
      let value = 0n;
      const first = at + (bit >> 3);
      for (let byte = 0; byte < 6; byte++)
        value |= BigInt(first + byte < end ? (bytes[first + byte] ?? 0) : 0) << BigInt(8 * byte);
      into[from + i] = Number(BigInt.asIntN(32, (value >> BigInt(bit & 7)) & BigInt(mask >>> 0)));
      continue;
    }
    while (bits < width) {
      held |= (next < end ? (bytes[next] ?? 0) : 0) << bits;
      next++;
      bits += 8;
    }
    into[from + i] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

/** Reads `into.length` numbers of `width` bits from `bytes[at, end)`. Throws if there are too few. */
export function readHybrid(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
  into: Uint8Array | Int32Array,
): void {
  if (width > 32 || end > bytes.length || at > end) throw new ParquetError(DAMAGED);
  const valueBytes = (width + 7) >> 3;
  let next = at;
  for (let done = 0; done < into.length;) {
    // With width 0, all values are zero.
    if (width === 0 && next >= end) return;
    const head = readVarint(bytes, next, end);
    next = head.next;
    const left = into.length - done;
    if (head.value % 2 === 1) {
      const groups = (head.value - 1) / 2;
      const count = Math.min(left, groups * 8);
      if (next + Math.ceil((count * width) / 8) > end) throw new ParquetError(DAMAGED);
      unpack(bytes, next, end, width, into, done, count);
      next += groups * width;
      done += count;
    } else {
      const count = Math.min(left, head.value / 2);
      if (next + valueBytes > end) throw new ParquetError(DAMAGED);
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value |= (bytes[next++] ?? 0) << (8 * i);
      into.fill(value, done, done + count);
      done += count;
    }
  }
}

function bitPacked(values: ArrayLike<number>, width: number): Uint8Array {
  const groups = Math.ceil(values.length / 8);
  const out = new ByteSink();
  out.varint(groups * 2 + 1);
  let [held, bits] = [0, 0];
  for (let i = 0; i < groups * 8; i++) {
    // At most 7 bits are pending, so widths up to 24 fit; indices are never wider here.
    held |= (values[i] ?? 0) << bits;
    bits += width;
    for (; bits >= 8; bits -= 8) {
      out.byte(held & 0xff);
      held >>>= 8;
    }
  }
  return out.all;
}

function runs(values: ArrayLike<number>, width: number, max: number): Uint8Array | undefined {
  const out = new ByteSink();
  const valueBytes = (width + 7) >> 3;
  for (let from = 0; from < values.length;) {
    const value = values[from] ?? 0;
    let to = from + 1;
    while (to < values.length && values[to] === value) to++;
    out.varint((to - from) * 2);
    for (let i = 0; i < valueBytes; i++) out.byte((value >>> (8 * i)) & 0xff);
    if (out.length > max) return undefined;
    from = to;
  }
  return out.all;
}

/** Widest numbers that can be written. */
export const MAX_WRITTEN_BITS = 24;

/** Encodes numbers as runs or as bit-packed groups, whichever is shorter. */
export function writeHybrid(values: ArrayLike<number>, width: number): Uint8Array {
  const max = Math.ceil(values.length / 8) * width;
  return runs(values, width, max) ?? bitPacked(values, width);
}
