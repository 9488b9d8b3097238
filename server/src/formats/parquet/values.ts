// Decodes a page's values, in every encoding of the format, to ranges of bytes. Values become objects only on
// demand.
import { readHybrid } from './levels.ts';
import type { Leaf, PhysicalType } from './schema.ts';
import { ParquetError } from './schema.ts';

/** Values of a page or a dictionary: value i is `bytes[starts[i], ends[i])`, or `width` bytes from i × width. */
export interface Values {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** 0 if lengths differ. A boolean takes a byte here. */
  readonly width: number;
  readonly starts?: Int32Array;
  readonly ends?: Int32Array;
}

/** Limit for one decoded page: the largest real pages take a fifth of it. */
export const MAX_PAGE_BYTES = 512 * 1024 * 1024;

/** Limit for entries of a page: 4 bytes each while it is processed. */
export const MAX_PAGE_VALUES = 1 << 26;

export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinary: 5,
  deltaLength: 6,
  deltaBytes: 7,
  dictionary: 8,
  streamSplit: 9,
} as const;

const WIDTHS: Readonly<Record<PhysicalType, number>> = {
  BOOLEAN: 1,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 0,
};

export function widthOf({ type, length }: Leaf): number {
  return type === 'FIXED_LEN_BYTE_ARRAY' ? length : WIDTHS[type];
}

const short = (): ParquetError => new ParquetError('damaged: a page has fewer values than its header says');

/** A length before a value: four bytes, low byte first. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)) +
    (bytes[at + 3] ?? 0) * 0x1000000
  );
}

/** Values in PLAIN encoding. */
export function readPlain(bytes: Uint8Array, at: number, leaf: Leaf, count: number): Values {
  const width = widthOf(leaf);
  if (leaf.type === 'BOOLEAN') {
    if (at + Math.ceil(count / 8) > bytes.length) throw short();
    const flags = new Uint8Array(count);
    for (let i = 0; i < count; i++) flags[i] = ((bytes[at + (i >> 3)] ?? 0) >> (i & 7)) & 1;
    return { bytes: flags, count, width };
  }
  if (width > 0) {
    if (at + count * width > bytes.length) throw short();
    return { bytes: bytes.subarray(at, at + count * width), count, width };
  }
  // Each value takes at least four bytes.
  if (at + 4 * count > bytes.length) throw short();
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  let next = at;
  for (let i = 0; i < count; i++) {
    if (next + 4 > bytes.length) throw short();
    const end = next + 4 + lengthAt(bytes, next);
    if (end > bytes.length) throw short();
    starts[i] = next + 4;
    ends[i] = end;
    next = end;
  }
  return { bytes, count, width, starts, ends };
}

/** Reads DELTA_BINARY_PACKED blocks, number by number. */
class DeltaReader {
  readonly #bytes: Uint8Array;
  at: number;
  readonly count: number;

  readonly #blockSize: number;
  readonly #miniBlocks: number;
  readonly #first: bigint;

  constructor(bytes: Uint8Array, at: number, count: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#blockSize = Number(this.#varint());
    this.#miniBlocks = Number(this.#varint());
    this.count = count;
    if (Number(this.#varint()) !== count) throw short();
    this.#first = this.#zigzag();
    const perMini = this.#blockSize / this.#miniBlocks;
    const isSound =
      this.#blockSize > 0 && this.#blockSize <= 1 << 16 && this.#miniBlocks > 0 && perMini % 8 === 0;
    if (!isSound) throw new ParquetError('damaged: a page has blocks of an impossible size');
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw short();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw short();
  }

  #zigzag(): bigint {
    const value = this.#varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  /** Passes every number to `take`. */
  read(take: (value: bigint, i: number) => void): void {
    if (this.count === 0) return;
    let value = this.#first;
    take(value, 0);
    const perMini = this.#blockSize / this.#miniBlocks;
    for (let i = 1; i < this.count;) {
      const min = this.#zigzag();
      const widths = this.#bytes.subarray(this.at, this.at + this.#miniBlocks);
      if (widths.length < this.#miniBlocks) throw short();
      this.at += this.#miniBlocks;
      for (const width of widths) {
        if (i >= this.count) break;
        if (width > 64 || this.at + (perMini * width) / 8 > this.#bytes.length) throw short();
        const mask = (1n << BigInt(width)) - 1n;
        for (let n = 0; n < perMini && i < this.count; n++, i++) {
          let delta = min;
          if (width > 0) {
            const bit = n * width;
            let raw = 0n;
            const [first, last] = [this.at + (bit >> 3), this.at + ((bit + width - 1) >> 3)];
            for (let byte = last; byte >= first; byte--) raw = (raw << 8n) | BigInt(this.#bytes[byte] ?? 0);
            delta += (raw >> BigInt(bit & 7)) & mask;
          }
          value = BigInt.asIntN(64, value + delta);
          take(value, i);
        }
        this.at += (perMini * width) / 8;
      }
    }
  }
}

function readDeltaBinary(bytes: Uint8Array, at: number, leaf: Leaf, count: number): Values {
  const width = widthOf(leaf);
  if (leaf.type !== 'INT32' && leaf.type !== 'INT64')
    throw new ParquetError(
      `damaged: column ${leaf.path.join('.')} is not an integer column but is encoded as one`,
    );
  const reader = new DeltaReader(bytes, at, count);
  const out = new Uint8Array(count * width);
  const view = new DataView(out.buffer);
  reader.read((value, i) => {
    if (width === 4) view.setInt32(4 * i, Number(BigInt.asIntN(32, value)), true);
    else view.setBigInt64(8 * i, value, true);
  });
  return { bytes: out, count, width };
}

/** Reads the lengths before a page's texts. */
function readLengths(bytes: Uint8Array, at: number, count: number): { lengths: Int32Array; next: number } {
  const reader = new DeltaReader(bytes, at, count);
  const lengths = new Int32Array(count);
  reader.read((value, i) => {
    if (value < 0n || value > BigInt(MAX_PAGE_BYTES)) throw short();
    lengths[i] = Number(value);
  });
  return { lengths, next: reader.at };
}

function readDeltaLength(bytes: Uint8Array, at: number, count: number): Values {
  const { lengths, next } = readLengths(bytes, at, count);
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  let end = next;
  for (let i = 0; i < count; i++) {
    starts[i] = end;
    end += lengths[i] ?? 0;
    ends[i] = end;
  }
  if (end > bytes.length) throw short();
  return { bytes, count, width: 0, starts, ends };
}

function readDeltaBytes(bytes: Uint8Array, at: number, leaf: Leaf, count: number): Values {
  const prefixes = readLengths(bytes, at, count);
  const suffixes = readDeltaLength(bytes, prefixes.next, count);
  let size = 0;
  for (let i = 0; i < count; i++)
    size += (prefixes.lengths[i] ?? 0) + (suffixes.ends?.[i] ?? 0) - (suffixes.starts?.[i] ?? 0);
  if (size > MAX_PAGE_BYTES)
    throw new ParquetError('not supported: a page has more than 512 MB uncompressed');
  const out = new Uint8Array(size);
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  let [before, end] = [0, 0];
  for (let i = 0; i < count; i++) {
    const prefix = prefixes.lengths[i] ?? 0;
    if (before + prefix > end) throw short();
    starts[i] = end;
    out.copyWithin(end, before, before + prefix);
    const suffix = bytes.subarray(suffixes.starts?.[i], suffixes.ends?.[i]);
    out.set(suffix, end + prefix);
    before = end;
    end += prefix + suffix.length;
    ends[i] = end;
  }
  const width = widthOf(leaf);
  // Texts of one length are adjacent, like values of a fixed width.
  if (width > 0 && size !== count * width) throw short();
  return width > 0 ? { bytes: out, count, width } : { bytes: out, count, width, starts, ends };
}

function readStreamSplit(bytes: Uint8Array, at: number, leaf: Leaf, count: number): Values {
  const width = widthOf(leaf);
  if (width === 0 || at + width * count > bytes.length) throw short();
  const out = new Uint8Array(count * width);
  for (let byte = 0, next = at; byte < width; byte++)
    for (let i = 0; i < count; i++) out[i * width + byte] = bytes[next++] ?? 0;
  return { bytes: out, count, width };
}

function readRuns(bytes: Uint8Array, at: number, count: number): Values {
  const flags = new Uint8Array(count);
  readHybrid(bytes, at + 4, Math.min(bytes.length, at + 4 + lengthAt(bytes, at)), 1, flags);
  return { bytes: flags, count, width: 1 };
}

/** Dictionary indices. */
export function readIndices(bytes: Uint8Array, at: number, count: number, max: number): Int32Array {
  const indices = new Int32Array(count);
  if (count === 0) return indices;
  const width = bytes[at];
  if (width === undefined) throw short();
  readHybrid(bytes, at + 1, bytes.length, width, indices);
  for (const index of indices)
    if (index < 0 || index >= max) throw new ParquetError('damaged: a page points outside its dictionary');
  return indices;
}

/** The `count` values of a page without dictionary encoding. */
export function readValues(
  bytes: Uint8Array,
  at: number,
  leaf: Leaf,
  count: number,
  encoding: number,
): Values {
  switch (encoding) {
    case ENCODING.plain:
      return readPlain(bytes, at, leaf, count);
    case ENCODING.rle:
      if (leaf.type === 'BOOLEAN') return readRuns(bytes, at, count);
      break;
    case ENCODING.deltaBinary:
      return readDeltaBinary(bytes, at, leaf, count);
    case ENCODING.deltaLength:
      return readDeltaLength(bytes, at, count);
    case ENCODING.deltaBytes:
      return readDeltaBytes(bytes, at, leaf, count);
    case ENCODING.streamSplit:
      return readStreamSplit(bytes, at, leaf, count);
  }
  throw new ParquetError(`not supported: column ${leaf.path.join('.')} has encoding ${encoding}`);
}
