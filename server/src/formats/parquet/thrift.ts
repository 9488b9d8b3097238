// Thrift's compact protocol. Keeps every type, so that writing a structure back gives the same to every reader,
// even fields that we don't know.

/** Type codes of the compact protocol. A boolean field's value is in its type. */
export const T = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

export interface ThriftField {
  readonly id: number;
  type: number;
  value: ThriftValue;
}

export interface ThriftStruct {
  /** In file order. */
  fields: ThriftField[];
}

/** A list or a set. */
export interface ThriftList {
  readonly itemType: number;
  items: ThriftValue[];
}

export interface ThriftMap {
  readonly keyType: number;
  readonly valueType: number;
  readonly entries: readonly (readonly [ThriftValue, ThriftValue])[];
}

/** Integers are numbers if they fit exactly; doubles stay as their eight bytes. */
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftStruct | ThriftList | ThriftMap;

/** The bytes are not Thrift. */
export class ThriftError extends Error {}

/** No Parquet structure nests deeper. */
const MAX_DEPTH = 32;

const SAFE_VARINT_BYTES = 7;

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Reads consecutive structures. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  /** Offset of the next byte. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new ThriftError('it ends too early');
    return byte;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
      if (shift > Number.MAX_SAFE_INTEGER) throw new ThriftError('a number is too long');
    }
  }

  #integer(): number | bigint {
    const start = this.at;
    let end = start;
    while ((this.#bytes[end] ?? 0) >= 0x80) end++;
    if (end - start < SAFE_VARINT_BYTES) return zigzag(this.#varint());
    if (end - start > 9) throw new ThriftError('a number is too long');
    let value = 0n;
    for (let i = 0; i <= end - start; i++) value |= BigInt(this.#byte() & 0x7f) << BigInt(7 * i);
    const signed = (value >> 1n) ^ -(value & 1n);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : BigInt.asIntN(64, signed);
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new ThriftError('it ends too early');
    this.at += length;
    return this.#bytes.slice(this.at - length, this.at);
  }

  /** Reads an item count. Each item takes at least a byte, so a count beyond the bytes is invalid. */
  #count(count: number): number {
    if (count > this.#bytes.length - this.at) throw new ThriftError('a list is longer than the file');
    return count;
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      // Only in lists, where a boolean takes a byte.
      case T.true:
      case T.false:
        return this.#byte() === T.true;
      case T.byte:
        return (this.#byte() << 24) >> 24;
      case T.i16:
      case T.i32:
      case T.i64:
        return this.#integer();
      case T.double:
        return this.#take(8);
      case T.binary:
        return this.#take(this.#varint());
      case T.list:
      case T.set: {
        const head = this.#byte();
        const count = this.#count(head >> 4 === 15 ? this.#varint() : head >> 4);
        const itemType = head & 15;
        if (itemType > T.struct) throw new ThriftError(`it has a list of unknown type ${itemType}`);
        const items = Array.from({ length: count }, () => this.#value(itemType, depth + 1));
        return { itemType, items };
      }
      case T.map: {
        const count = this.#count(this.#varint());
        const types = count > 0 ? this.#byte() : 0;
        const [keyType, valueType] = [types >> 4, types & 15];
        const entries = Array.from(
          { length: count },
          () => [this.#value(keyType, depth + 1), this.#value(valueType, depth + 1)] as const,
        );
        return { keyType, valueType, entries };
      }
      case T.struct:
        return this.struct(depth + 1);
      default:
        throw new ThriftError(`it has a value of unknown type ${type}`);
    }
  }

  /** Reads the structure at `at` and moves `at` just after it. */
  struct(depth = 0): ThriftStruct {
    if (depth > MAX_DEPTH) throw new ThriftError('it is nested too deeply');
    const fields: ThriftField[] = [];
    let id = 0;
    for (;;) {
      const head = this.#byte();
      if (head === 0) return { fields };
      const type = head & 15;
      const next = head >> 4 === 0 ? Number(this.#integer()) : id + (head >> 4);
      id = next;
      const value = type === T.true || type === T.false ? type === T.true : this.#value(type, depth);
      fields.push({ id, type, value });
    }
  }
}

/** A growing buffer. */
export class ByteSink {
  #bytes: Uint8Array;
  length = 0;

  /** @param likely how many bytes there will be: growing a large sink takes longer than filling it */
  constructor(likely = 1024) {
    this.#bytes = new Uint8Array(likely);
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const next = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + count));
    next.set(this.#bytes.subarray(0, this.length));
    this.#bytes = next;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  bytes(values: Uint8Array): void {
    this.#room(values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
  }

  uint32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  varint(value: number): void {
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 128)) this.byte((left % 128) | 0x80);
    this.byte(left);
  }

  /** The bytes so far. Not a copy. */
  get all(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

function writeInteger(out: ByteSink, value: number | bigint): void {
  if (typeof value === 'number' && Math.abs(value) < 2 ** 52) {
    out.varint(value < 0 ? -2 * value - 1 : 2 * value);
    return;
  }
  const wide = BigInt(value);
  let left = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
  for (; left >= 0x80n; left >>= 7n) out.byte(Number(left & 0x7fn) | 0x80);
  out.byte(Number(left));
}

function writeValue(out: ByteSink, type: number, value: ThriftValue): void {
  switch (type) {
    case T.true:
    case T.false:
      out.byte(value === true ? T.true : T.false);
      return;
    case T.byte:
      out.byte(Number(value) & 0xff);
      return;
    case T.i16:
    case T.i32:
    case T.i64:
      writeInteger(out, value as number | bigint);
      return;
    case T.double:
      out.bytes(value as Uint8Array);
      return;
    case T.binary:
      out.varint((value as Uint8Array).length);
      out.bytes(value as Uint8Array);
      return;
    case T.list:
    case T.set: {
      const { itemType, items } = value as ThriftList;
      out.byte((Math.min(15, items.length) << 4) | itemType);
      if (items.length >= 15) out.varint(items.length);
      for (const item of items) writeValue(out, itemType, item);
      return;
    }
    case T.map: {
      const { keyType, valueType, entries } = value as ThriftMap;
      out.varint(entries.length);
      if (entries.length > 0) out.byte((keyType << 4) | valueType);
      for (const [key, one] of entries) {
        writeValue(out, keyType, key);
        writeValue(out, valueType, one);
      }
      return;
    }
    case T.struct:
      writeStruct(out, value as ThriftStruct);
      return;
    default:
      throw new Error(`thrift: no type ${type}`);
  }
}

function writeStruct(out: ByteSink, { fields }: ThriftStruct): void {
  let before = 0;
  for (const { id, type, value } of fields) {
    const isBoolean = type === T.true || type === T.false;
    const code = isBoolean ? (value === true ? T.true : T.false) : type;
    const step = id - before;
    if (step > 0 && step < 16) out.byte((step << 4) | code);
    else {
      out.byte(code);
      writeInteger(out, id);
    }
    if (!isBoolean) writeValue(out, type, value);
    before = id;
  }
  out.byte(0);
}

export function thriftBytes(value: ThriftStruct): Uint8Array {
  const out = new ByteSink();
  writeStruct(out, value);
  return out.all;
}

function valueOf(struct: ThriftStruct, id: number): ThriftValue | undefined {
  return struct.fields.find((field) => field.id === id)?.value;
}

/** A field's number. Undefined for an integer beyond 2⁵³, which is no valid size or count in a file. */
export function numberIn(struct: ThriftStruct, id: number): number | undefined {
  const value = valueOf(struct, id);
  return typeof value === 'number' ? value : undefined;
}

export function booleanIn(struct: ThriftStruct, id: number): boolean | undefined {
  const value = valueOf(struct, id);
  return typeof value === 'boolean' ? value : undefined;
}

export function bytesIn(struct: ThriftStruct, id: number): Uint8Array | undefined {
  const value = valueOf(struct, id);
  return value instanceof Uint8Array ? value : undefined;
}

const decoder = new TextDecoder();

export function textIn(struct: ThriftStruct, id: number): string | undefined {
  const bytes = bytesIn(struct, id);
  return bytes && decoder.decode(bytes);
}

export function structIn(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = valueOf(struct, id);
  return typeof value === 'object' && 'fields' in value ? value : undefined;
}

export function listIn(struct: ThriftStruct, id: number): ThriftList | undefined {
  const value = valueOf(struct, id);
  return typeof value === 'object' && 'items' in value ? value : undefined;
}

/** The structures in a list; empty if there is none. */
export function structsIn(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const list = listIn(struct, id);
  return list?.itemType === T.struct ? (list.items as ThriftStruct[]) : [];
}

/** Sets a field, in the order of ids; undefined removes it. */
export function setField(
  struct: ThriftStruct,
  id: number,
  type: number,
  value: ThriftValue | undefined,
): void {
  const rest = struct.fields.filter((field) => field.id !== id);
  if (value === undefined) {
    struct.fields = rest;
    return;
  }
  const at = rest.findIndex((field) => field.id > id);
  rest.splice(at < 0 ? rest.length : at, 0, { id, type, value });
  struct.fields = rest;
}

/** Changes the number in an existing field, keeping its type. */
export function updateNumber(struct: ThriftStruct, id: number, change: (value: number) => number): void {
  const field = struct.fields.find((one) => one.id === id);
  if (field && typeof field.value === 'number') field.value = change(field.value);
}

/** Builds a structure from ids, types and values. */
export function structOf(
  ...fields: readonly (readonly [id: number, type: number, value: ThriftValue | undefined])[]
): ThriftStruct {
  return {
    fields: fields.flatMap(([id, type, value]) => (value === undefined ? [] : [{ id, type, value }])),
  };
}

/** A copy that can be changed independently. */
export function copyStruct(struct: ThriftStruct): ThriftStruct {
  return new ThriftReader(thriftBytes(struct)).struct();
}
