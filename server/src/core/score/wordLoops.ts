// The two loops in which a fit spends its time: over the words of a pair, and what each of them weighs. WebAssembly takes
// less than half of the time, because it checks no bounds; it adds the same numbers in the same order, so its weights are
// the same to the last bit.
import type { WasmFunction, WasmMemory } from '../wasm.ts';
import {
  ADD,
  engine,
  F64,
  get,
  I32,
  int,
  LESS,
  loopWhile,
  MAX_PAGES,
  moduleOf,
  PAGE,
  set,
  tee,
} from '../wasm.ts';

/** Where the words of all pairs are. Threads share it. */
export interface WordMemory {
  /** Undefined without WebAssembly: then the words are in a shared buffer of their own. */
  readonly memory?: WasmMemory<SharedArrayBuffer>;
  /** Where the weights of the first slot begin, in bytes. */
  readonly weightsAt: number;
}

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
const WEIGHT_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** With fewer words, a memory of pages costs more than it saves. */
const MIN_WORDS = 1 << 16;

/** Fits that may run side by side, each with its own weights: one for each fold. */
export const SLOTS = 10;

/** Room for the words of all pairs, and for the weights of those that differ. */
export function wordMemory(
  words: number,
  vocabulary: number,
): { readonly memory: WordMemory; readonly words: Int32Array } {
  const weightsAt = Math.ceil((words * WORD_BYTES) / WEIGHT_BYTES) * WEIGHT_BYTES;
  const pages = Math.ceil((weightsAt + SLOTS * vocabulary * WEIGHT_BYTES) / PAGE);
  if (engine && words >= MIN_WORDS && pages <= MAX_PAGES && engine.validate(CODE)) {
    const memory = new engine.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
    return { memory: { memory, weightsAt }, words: new Int32Array(memory.buffer, 0, words) };
  }
  const buffer = new SharedArrayBuffer(words * WORD_BYTES);
  return { memory: { weightsAt }, words: new Int32Array(buffer) };
}

/** The weights of a fit, all 0 at first. Ranges are those of a pair in `words`. */
export interface WordLoops {
  readonly weights: Float64Array;
  /** The sum of the weights of the chosen side's words, less those of the rejected side's. */
  margin(from: number, end: number): number;
  /** Adds to the weights of the chosen side's words, and takes as much from those of the rejected side. */
  move(from: number, end: number, step: number): void;
}

interface Exports {
  readonly margin: (from: number, end: number, weights: number) => number;
  readonly move: (from: number, end: number, weights: number, step: number) => void;
}

const [AT, STOP, WEIGHTS] = [0, 1, 2];
const LOAD_WORD = [0x28, 2, 0];
const LOAD_WEIGHT = [0x2b, 3, 0];
const STORE_WEIGHT = [0x39, 3, 0];
const [PLUS, MINUS] = [0xa0, 0xa1];
const [XOR, LEFT, AND] = [0x73, 0x74, 0x71];
/** Of unsigned numbers: addresses reach 4 GB. */
const BELOW = 0x49;

const IS_LEFT = [...get(AT), ...get(STOP), BELOW];
const NEXT = [...get(AT), ...int(WORD_BYTES), ADD, ...set(AT)];
const WORD = [...get(AT), ...LOAD_WORD];
/** The address of a word's weight. */
const weightOf = (word: readonly number[]): number[] => [...get(WEIGHTS), ...word, ...int(3), LEFT, ADD];
const COMPLEMENT = [...int(-1), XOR];

/** Over the rejected side's words, which are negative and come first. */
function overRejected(word: number, body: readonly number[]): number[] {
  // Behind the last word lies memory of ours, so that its look is harmless.
  return loopWhile([...IS_LEFT, ...WORD, ...tee(word), ...int(0), LESS, AND], [...body, ...NEXT]);
}

const overChosen = (body: readonly number[]): number[] => loopWhile(IS_LEFT, [...body, ...NEXT]);

function marginFunction(): WasmFunction {
  const [word, sum] = [3, 4];
  const added = (address: readonly number[], operation: number): number[] => [
    ...[...get(sum), ...address, ...LOAD_WEIGHT, operation],
    ...set(sum),
  ];
  return {
    name: 'margin',
    parameters: [I32, I32, I32],
    result: F64,
    locals: [
      [1, I32],
      [1, F64],
    ],
    body: [
      ...overRejected(word, added(weightOf([...get(word), ...COMPLEMENT]), MINUS)),
      ...overChosen(added(weightOf(WORD), PLUS)),
      ...get(sum),
    ],
  };
}

function moveFunction(): WasmFunction {
  const [step, word] = [3, 4];
  const moved = (address: readonly number[], operation: number): number[] => [
    ...[...address, ...tee(word)],
    ...[...get(word), ...LOAD_WEIGHT, ...get(step), operation, ...STORE_WEIGHT],
  ];
  return {
    name: 'move',
    parameters: [I32, I32, I32, F64],
    locals: [[1, I32]],
    body: [
      ...overRejected(word, moved(weightOf([...get(word), ...COMPLEMENT]), MINUS)),
      ...overChosen(moved(weightOf(WORD), PLUS)),
    ],
  };
}

const CODE = moduleOf([marginFunction(), moveFunction()], 'shared');

let compiled: object | undefined;

/** @param slot of fits that run side by side, each has its own */
export function wordLoops(
  words: Int32Array,
  { memory, weightsAt }: WordMemory,
  vocabulary: number,
  slot: number,
): WordLoops {
  if (!engine || !memory || slot >= SLOTS) return plainLoops(words, new Float64Array(vocabulary));
  const start = weightsAt + slot * vocabulary * WEIGHT_BYTES;
  const weights = new Float64Array(memory.buffer, start, vocabulary).fill(0);
  compiled ??= new engine.Module(CODE);
  const { margin, move } = new engine.Instance(compiled, { env: { memory } }).exports as Exports;
  return {
    weights,
    margin: (from, end) => margin(from * WORD_BYTES, end * WORD_BYTES, start),
    move: (from, end, step) => {
      move(from * WORD_BYTES, end * WORD_BYTES, start, step);
    },
  };
}

/** The same without WebAssembly. */
export function plainLoops(words: Int32Array, weights: Float64Array): WordLoops {
  return {
    weights,
    margin: (from, end) => marginOfWords(words, from, end, weights),
    move: (from, end, step) => {
      moveWords(words, from, end, weights, step);
    },
  };
}

// Inside of closures these loops take a third more time.

function marginOfWords(words: Int32Array, from: number, end: number, weights: Float64Array): number {
  let sum = 0;
  let at = from;
  for (; at < end && (words[at] as number) < 0; at++) sum -= weights[~(words[at] as number)] as number;
  for (; at < end; at++) sum += weights[words[at] as number] as number;
  return sum;
}

function moveWords(words: Int32Array, from: number, end: number, weights: Float64Array, step: number): void {
  let at = from;
  for (; at < end && (words[at] as number) < 0; at++) (weights[~(words[at] as number)] as number) -= step;
  for (; at < end; at++) (weights[words[at] as number] as number) += step;
}
