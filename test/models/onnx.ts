// Writes ONNX models: the few messages of onnx.proto3 that a transformer needs, by field number.

type Bytes = readonly number[] | Uint8Array;

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return bytes;
}

const join = (parts: readonly Bytes[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const int = (field: number, value: number | bigint): Bytes => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, value: Uint8Array): Bytes =>
  join([varint((field << 3) | 2), varint(value.length), value]);
const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));
const message = (field: number, parts: readonly Bytes[]): Bytes => bytes(field, join(parts));

/** Values of onnx.proto3's TensorProto.DataType. */
export const TYPES = { float: 1, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type Type = keyof typeof TYPES;

/** A size, or the name of a free dimension. */
export type Dimension = number | string;

/** Bits of the nearest half-precision number. */
export function toHalf(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    const shifted = (fraction | 0x800000) >>> (1 - exponent);
    return sign | ((shifted + 0x1000) >>> 13);
  }
  return sign | ((((exponent << 23) | fraction) + 0x1000) >>> 13);
}

type Attribute = number | readonly number[] | { readonly float: number } | { readonly graph: Graph };

function attribute(name: string, value: Attribute): Bytes {
  if (typeof value === 'number') return message(5, [text(1, name), int(3, value), int(20, 2)]);
  if ('graph' in value) return message(5, [text(1, name), value.graph.message(6), int(20, 5)]);
  if ('float' in value) {
    const single = new Uint8Array(new Float32Array([value.float]).buffer);
    return message(5, [text(1, name), [(2 << 3) | 5], single, int(20, 1)]);
  }
  return message(5, [text(1, name), ...value.map((item) => int(8, item)), int(20, 7)]);
}

function valueInfo(field: number, name: string, type: Type, shape: readonly Dimension[]): Bytes {
  const dims = shape.map((size) => message(1, [typeof size === 'number' ? int(1, size) : text(2, size)]));
  const tensor = message(1, [int(1, TYPES[type]), message(2, dims)]);
  return message(field, [text(1, name), message(2, [tensor])]);
}

/** A model file, and the file with its weights if they are external. */
export interface OnnxFiles {
  readonly model: Uint8Array;
  readonly data?: Uint8Array;
}

/** Smaller tensors stay in the model file: shapes must be readable without the external file. */
const MIN_EXTERNAL = 1024;

/** Builds one graph. Every method returns the name of the value that it creates. */
export class Graph {
  readonly #nodes: Bytes[] = [];
  readonly #weights: Bytes[] = [];
  readonly #inputs: Bytes[] = [];
  readonly #outputs: Bytes[] = [];
  readonly #external: Uint8Array[] = [];
  readonly #dataName: string | undefined;
  readonly #prefix: string;
  #externalBytes = 0;
  #count = 0;

  /**
   * @param dataName where large weights go, beside the model
   * @param prefix of all names: a graph inside another one must not use its names
   */
  constructor(dataName?: string, prefix = '') {
    this.#dataName = dataName;
    this.#prefix = prefix;
  }

  input(name: string, type: Type, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(11, name, type, shape));
    return name;
  }

  output(name: string, value: string, type: Type, shape: readonly Dimension[]): void {
    this.#nodes.push(message(1, [text(1, value), text(2, name), text(4, 'Identity')]));
    this.#outputs.push(valueInfo(12, name, type, shape));
  }

  op(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const name = `${this.#prefix}v${this.#count++}`;
    this.#nodes.push(
      message(1, [
        ...inputs.map((input) => text(1, input)),
        text(2, name),
        text(4, type),
        ...Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      ]),
    );
    return name;
  }

  weight(type: Type, dims: readonly number[], values: ArrayLike<number>): string {
    const name = `${this.#prefix}w${this.#count++}`;
    const raw = rawOf(type, values);
    const head = [...dims.map((size) => int(1, size)), int(2, TYPES[type]), text(8, name)];
    if (this.#dataName === undefined || raw.length < MIN_EXTERNAL) {
      this.#weights.push(message(5, [...head, bytes(9, raw)]));
      return name;
    }
    const entry = (key: string, value: string | number): Bytes =>
      message(13, [text(1, key), text(2, String(value))]);
    const place = [
      entry('location', this.#dataName),
      entry('offset', this.#externalBytes),
      entry('length', raw.length),
    ];
    this.#weights.push(message(5, [...head, ...place, int(14, 1)]));
    this.#external.push(raw);
    this.#externalBytes += raw.length;
    return name;
  }

  ints(values: readonly number[]): string {
    return this.weight('int64', [values.length], values);
  }

  /** The graph alone, as a field of another message. */
  message(field: number): Bytes {
    return message(field, [
      ...this.#nodes,
      text(2, 'preflens'),
      ...this.#weights,
      ...this.#inputs,
      ...this.#outputs,
    ]);
  }

  build(): OnnxFiles {
    const graph = this.message(7);
    const model = join([int(1, 8), text(2, 'preflens-test'), graph, message(8, [text(1, ''), int(2, 17)])]);
    return this.#external.length === 0 ? { model } : { model, data: join(this.#external) };
  }
}

function rawOf(type: Type, values: ArrayLike<number>): Uint8Array {
  const bytesOf = (array: ArrayBufferView): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  switch (type) {
    case 'float':
      return bytesOf(Float32Array.from(values));
    case 'float16':
      return bytesOf(Uint16Array.from(values, toHalf));
    case 'int8':
      return bytesOf(Int8Array.from(values));
    case 'bool':
      return bytesOf(Uint8Array.from(values));
    case 'int32':
      return bytesOf(Int32Array.from(values));
    case 'int64':
      return bytesOf(BigInt64Array.from(values as ArrayLike<number> & Iterable<number>, BigInt));
  }
}
