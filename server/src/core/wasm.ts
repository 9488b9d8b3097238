// WebAssembly that is written here, instruction by instruction: there is no binary in the tree and no other compiler.

/** The part of WebAssembly that we use. The types of Node alone do not name it. */
interface Engine {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: unknown };
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => WasmMemory<SharedArrayBuffer>;
  validate(code: Uint8Array): boolean;
}

export interface WasmMemory<Bytes extends ArrayBuffer | SharedArrayBuffer> {
  readonly buffer: Bytes;
  grow(pages: number): number;
}

/** Undefined where there is none. */
export const engine = (globalThis as { readonly WebAssembly?: Engine }).WebAssembly;

/** Bytes of a page of memory. */
export const PAGE = 1 << 16;

/** Pages of a memory, at most. */
export const MAX_PAGES = 1 << 16;

export const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];
export const END = 0x0b;
export const get = (local: number): number[] => [0x20, local];
export const set = (local: number): number[] => [0x21, local];
/** Sets a local and leaves the value where it is. */
export const tee = (local: number): number[] => [0x22, local];
/** A number from −64 to 63. */
export const int = (value: number): number[] => [0x41, value & 0x7f];
export const ADD = 0x6a;
/** Of signed numbers. */
export const LESS = 0x48;

/** An unsigned number, seven bits a byte. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return [...bytes, left];
    bytes.push((left & 127) | 128);
  }
}

/** A section, or the body of a function, after its length. */
const sized = (content: readonly number[]): number[] => [...leb(content.length), ...content];

const encoder = new TextEncoder();
const named = (text: string): number[] => sized([...encoder.encode(text)]);

/** Runs the instructions as long as a condition holds. */
export function loopWhile(condition: readonly number[], body: readonly number[]): number[] {
  return [...[0x02, 0x40, 0x03, 0x40], ...condition, ...[0x45, 0x0d, 1], ...body, ...[0x0c, 0, END, END]];
}

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly result?: number;
  /** Locals after the parameters: how many of which type. */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly body: readonly number[];
}

/**
 * The bytes of a module with these functions.
 * @param memory its own of one page, exported; or a shared one of any size, imported as `env.memory`
 */
export function moduleOf(functions: readonly WasmFunction[], memory: 'own' | 'shared'): Uint8Array {
  const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
  const listed = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...sized(parameters),
    ...(result === undefined ? [0] : [1, result]),
  ]);
  const imported = [...named('env'), ...named('memory'), 2, 3, 1, ...leb(MAX_PAGES)];
  const exported = functions.map(({ name }, i) => [...named(name), 0, i]);
  const bodies = functions.map(({ locals, body }) => sized([...listed(locals), ...body, END]));
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, listed(types)),
    ...(memory === 'shared' ? section(2, listed([imported])) : []),
    ...section(3, listed(functions.map((_, i) => [i]))),
    ...(memory === 'own' ? section(5, [1, 0, 1]) : []),
    ...section(7, listed(memory === 'own' ? [[...named('memory'), 2, 0], ...exported] : exported)),
    ...section(10, listed(bodies)),
  ]);
}
