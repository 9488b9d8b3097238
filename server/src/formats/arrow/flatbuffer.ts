// Reads FlatBuffers with every offset checked. The generated code of apache-arrow trusts offsets and lengths: a
// damaged file keeps it in a loop for minutes.
// Source: the FlatBuffers internals page (tables, vtables, vectors).
import { TableError } from '../tableError.ts';

/** The file is not Arrow, damaged or not supported. */
export class ArrowError extends TableError {}

export function damaged(what: string): ArrowError {
  return new ArrowError(`damaged: ${what}`);
}

const decoder = new TextDecoder();

/** A vector of tables, structs or numbers. `at` is its first element. */
export interface FlatVector {
  readonly at: number;
  readonly length: number;
}

const NONE: FlatVector = { at: 0, length: 0 };

/** A table in a buffer. Fields are named by their number in the schema; a missing one has its default. */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - this.#read(() => view.getInt32(at, true));
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8) throw damaged('its metadata is too short');
    return new FlatTable(view, view.getUint32(0, true));
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof RangeError) throw damaged('its metadata points outside itself');
      throw error;
    }
  }

  /** Position of a field; 0 if it is missing. */
  #fieldAt(number: number): number {
    return this.#read(() => {
      const slot = 4 + 2 * number;
      if (slot + 2 > this.#view.getUint16(this.#vtable, true)) return 0;
      const offset = this.#view.getUint16(this.#vtable + slot, true);
      return offset === 0 ? 0 : this.#at + offset;
    });
  }

  #number(field: number, missing: number, read: (at: number) => number): number {
    const at = this.#fieldAt(field);
    return at === 0 ? missing : this.#read(() => read(at));
  }

  int8(field: number, missing = 0): number {
    return this.#number(field, missing, (at) => this.#view.getUint8(at));
  }

  int16(field: number, missing = 0): number {
    return this.#number(field, missing, (at) => this.#view.getInt16(at, true));
  }

  int32(field: number, missing = 0): number {
    return this.#number(field, missing, (at) => this.#view.getInt32(at, true));
  }

  /** Lengths and offsets: throws if one is no safe integer. */
  int64(field: number): number {
    return this.#number(field, 0, (at) => this.#long(at));
  }

  #long(at: number): number {
    const value = Number(this.#view.getBigInt64(at, true));
    if (!Number.isSafeInteger(value)) throw damaged('its metadata holds an impossible length');
    return value;
  }

  /** The target of the offset at a position. */
  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  table(field: number): FlatTable | undefined {
    const at = this.#fieldAt(field);
    return at === 0
      ? undefined
      : new FlatTable(
          this.#view,
          this.#read(() => this.#follow(at)),
        );
  }

  text(field: number): string | undefined {
    const { at, length } = this.#vector(field, 1);
    if (at === 0) return undefined;
    return decoder.decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length));
  }

  #vector(field: number, elementBytes: number): FlatVector {
    const from = this.#fieldAt(field);
    if (from === 0) return NONE;
    return this.#read(() => {
      const at = this.#follow(from);
      const length = this.#view.getUint32(at, true);
      if (at + 4 + length * elementBytes > this.#view.byteLength)
        throw damaged('a list in its metadata is longer than the metadata');
      return { at: at + 4, length };
    });
  }

  tables(field: number): FlatTable[] {
    const { at, length } = this.#vector(field, 4);
    return Array.from(
      { length },
      (_, i) =>
        new FlatTable(
          this.#view,
          this.#read(() => this.#follow(at + 4 * i)),
        ),
    );
  }

  int32s(field: number): number[] {
    const { at, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => this.#view.getInt32(at + 4 * i, true));
  }

  /** The first number, of 64 bits, of each struct of a list. */
  firstInt64s(field: number, structBytes: number): number[] {
    const { at, length } = this.#vector(field, structBytes);
    return Array.from({ length }, (_, i) => this.#long(at + structBytes * i));
  }

  /** A list of structs, or of single numbers, of 64-bit integers. */
  int64s(field: number, each: number): number[][] {
    const { at, length } = this.#vector(field, 8 * each);
    return Array.from({ length }, (_, i) =>
      Array.from({ length: each }, (_unused, j) => this.#long(at + 8 * (each * i + j))),
    );
  }
}
