// Finds two bytes at a fixed distance, 16 places at a time, in WebAssembly: each place costs a fraction of what an expression
// or `indexOf` costs, also where one of the bytes is frequent. Its memory is where blocks of files are read into.
import type { Anchor } from '#core/query/anchors.ts';

/** The part of WebAssembly that we use. Types of Node alone do not name it. */
interface Engine {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
  validate(code: Uint8Array): boolean;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** The first place in [from, end) with both bytes; −1 if there is none. Reads up to 16 bytes more. */
  readonly find: (
    ...[from, end, distance, mask, value, secondMask, secondValue]: readonly number[]
  ) => number;
}

const [I32, V128] = [0x7f, 0x7b];
const END = 0x0b;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const simd = (operation: number, ...immediate: number[]): number[] => [0xfd, operation, ...immediate];
/** Of 16 bytes at any address. */
const LOAD = simd(0x00, 0, 0);
const SPLAT = simd(0x0f);
const EQUAL = simd(0x23);
const AND = simd(0x4e);
/** A bit for each of 16 bytes. */
const BITS = simd(0x64);
const ADD = 0x6a;
/** Signed: a distance may reach beyond the start. */
const LESS = 0x48;
const NO_PLACE = [0x41, 0x7f];

/** Parameters and locals by number. */
const [FROM, STOP, DISTANCE, FOUND] = [0, 1, 2, 7];
/** Mask and value of each byte, as given and 16 times. */
const BYTES = [3, 4, 5, 6];
const wide = (byte: number): number => byte + 5;

/** Which of the 16 bytes at an address are of a class. */
function matches(address: readonly number[], mask: number, value: number): number[] {
  return [...address, ...LOAD, ...get(wide(mask)), ...AND, ...get(wide(value)), ...EQUAL];
}

const BODY = [
  ...[2, 1, I32, 4, V128],
  ...BYTES.flatMap((byte) => [...get(byte), ...SPLAT, ...set(wide(byte))]),
  ...[0x02, 0x40],
  ...[0x03, 0x40],
  // Leaves the block when `from` is no longer below `end`.
  ...[...get(FROM), ...get(STOP), LESS, 0x45, 0x0d, 1],
  ...matches(get(FROM), 3, 4),
  ...matches([...get(FROM), ...get(DISTANCE), ADD], 5, 6),
  ...[...AND, ...BITS, 0x22, FOUND],
  // If there is a bit: the place of the first one, unless it is behind the end.
  ...[0x04, 0x40, ...get(FROM), ...get(FOUND), 0x68, ADD, ...[0x22, FROM], ...NO_PLACE],
  ...[...get(FROM), ...get(STOP), LESS, 0x1b, 0x0f, END],
  ...[...get(FROM), 0x41, 16, ADD, ...set(FROM), 0x0c, 0],
  ...[END, END, ...NO_PLACE, END],
];

const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
/** A section, or the body of a function, after its length. */
const sized = (content: readonly number[]): number[] => [
  ...(content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7]),
  ...content,
];

const CODE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, ...sized([1, 0x60, 7, I32, I32, I32, I32, I32, I32, I32, 1, I32])],
  ...[3, ...sized([1, 0])],
  ...[5, ...sized([1, 0, 1])],
  ...[7, ...sized([2, ...name('memory'), 2, 0, ...name('find'), 0, 0])],
  ...[10, ...sized([1, ...sized(BODY)])],
]);

export interface ByteScan {
  /** Room for a block of so many bytes, until the next call. */
  room(length: number): Uint8Array;
  /** The first place of an anchor from a place of the room on, before `end`; −1 if there is none. */
  find(anchor: Anchor, from: number, end: number): number;
}

const PAGE = 1 << 16;

/** `find` may read so many bytes behind the end, a distance included. */
const BEYOND = 256;

function makeScan(): ByteScan | undefined {
  const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly?: Engine };
  // Without the instructions that take 16 bytes, an expression is as fast.
  if (!engine?.validate(CODE)) return undefined;
  const { memory, find } = new engine.Instance(new engine.Module(CODE)).exports as Exports;
  return {
    room(length) {
      const missing = length + BEYOND - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      return new Uint8Array(memory.buffer, 0, length);
    },
    find({ first, second, distance }, from, end) {
      return find(from, end - distance, distance, first.mask, first.value, second.mask, second.value);
    },
  };
}

let made: { readonly scan: ByteScan | undefined } | undefined;

/** One for each thread; undefined where the machine has no such instructions. */
export function byteScan(): ByteScan | undefined {
  made ??= { scan: makeScan() };
  return made.scan;
}
