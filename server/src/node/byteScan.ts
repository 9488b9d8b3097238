// Finds two bytes at a fixed distance, 16 places at a time, in WebAssembly: each place costs a fraction of what an expression
// or `indexOf` costs, also where one of the bytes is frequent. Its memory is where blocks of files are read into.
import type { Anchor } from '#core/query/anchors.ts';
import type { WasmMemory } from '#core/wasm.ts';
import {
  ADD,
  END,
  engine,
  get,
  I32,
  int,
  LESS,
  loopWhile,
  moduleOf,
  PAGE,
  set,
  tee,
  V128,
} from '#core/wasm.ts';

interface Exports {
  readonly memory: WasmMemory<ArrayBuffer>;
  /** The first place in [from, end) with both bytes; −1 if there is none. Reads up to 16 bytes more. */
  readonly find: (
    ...[from, end, distance, mask, value, secondMask, secondValue]: readonly number[]
  ) => number;
}

const simd = (operation: number, ...immediate: number[]): number[] => [0xfd, operation, ...immediate];
/** Of 16 bytes at any address. */
const LOAD = simd(0x00, 0, 0);
const SPLAT = simd(0x0f);
const EQUAL = simd(0x23);
const AND = simd(0x4e);
/** A bit for each of 16 bytes. */
const BITS = simd(0x64);
/** Parameters and locals by number. */
const [FROM, STOP, DISTANCE, FOUND] = [0, 1, 2, 7];
/** Mask and value of each byte, as given and 16 times. */
const BYTES = [3, 4, 5, 6];
const wide = (byte: number): number => byte + 5;

/** Which of the 16 bytes at an address are of a class. */
function matches(address: readonly number[], mask: number, value: number): number[] {
  return [...address, ...LOAD, ...get(wide(mask)), ...AND, ...get(wide(value)), ...EQUAL];
}

const NONE = int(-1);

const CODE = moduleOf(
  [
    {
      name: 'find',
      parameters: [I32, I32, I32, I32, I32, I32, I32],
      result: I32,
      locals: [
        [1, I32],
        [4, V128],
      ],
      body: [
        ...BYTES.flatMap((byte) => [...get(byte), ...SPLAT, ...set(wide(byte))]),
        ...loopWhile(
          [...get(FROM), ...get(STOP), LESS],
          [
            ...matches(get(FROM), 3, 4),
            ...matches([...get(FROM), ...get(DISTANCE), ADD], 5, 6),
            ...[...AND, ...BITS, ...tee(FOUND)],
            // If there is a bit: the place of the first one, unless it is behind the end.
            ...[0x04, 0x40, ...get(FROM), ...get(FOUND), 0x68, ADD, ...tee(FROM), ...NONE],
            ...[...get(FROM), ...get(STOP), LESS, 0x1b, 0x0f, END],
            ...[...get(FROM), ...int(16), ADD, ...set(FROM)],
          ],
        ),
        ...NONE,
      ],
    },
  ],
  'own',
);

export interface ByteScan {
  /** Room for a block of so many bytes, until the next call. */
  room(length: number): Uint8Array;
  /** The first place of an anchor from a place of the room on, before `end`; −1 if there is none. */
  find(anchor: Anchor, from: number, end: number): number;
}

/** `find` may read so many bytes behind the end, a distance included. */
const BEYOND = 256;

function makeScan(): ByteScan | undefined {
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
