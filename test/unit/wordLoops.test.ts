import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import type { WordLoops } from '#core/score/wordLoops.ts';
import { plainLoops, SLOTS, wordLoops, wordMemory } from '#core/score/wordLoops.ts';

const VOCABULARY = 3000;
const PAIRS = 400;

/** Ranges of words as a fit has them: of the rejected side first, as complements. */
function pairsOf(seed: number): { readonly starts: readonly number[]; readonly all: readonly number[] } {
  const random = seededRandom(seed);
  const all: number[] = [];
  const starts = [0];
  for (let pair = 0; pair < PAIRS; pair++) {
    const places = (): number[] => {
      // Some pairs have none on one side, or on both.
      const count = random() < 0.2 ? 0 : Math.floor(random() * 300);
      return [...new Set(Array.from({ length: count }, () => Math.floor(random() ** 3 * VOCABULARY)))];
    };
    all.push(...places().map((place) => ~place), ...places());
    starts.push(all.length);
  }
  return { starts, all };
}

/** Margins of all pairs while the weights move. */
function run(loops: WordLoops, starts: readonly number[]): number[] {
  const margins: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (let pair = 0; pair < PAIRS; pair++) {
      const [from, end] = [starts[pair] ?? 0, starts[pair + 1] ?? 0];
      const found = loops.margin(from, end);
      margins.push(found);
      loops.move(from, end, 0.01 / (1 + found ** 2) + pair / 7e4);
    }
  }
  return margins;
}

describe('the loops over words', () => {
  for (const seed of [1, 2, 3]) {
    const { starts, all } = pairsOf(seed);
    const plain = plainLoops(Int32Array.from(all), new Float64Array(VOCABULARY));
    const margins = run(plain, starts);

    it(`have the same margins and weights with WebAssembly, to the last bit (${seed})`, () => {
      // Small files have no memory of pages, so ask for room.
      const { memory, words } = wordMemory(1 << 17, VOCABULARY);
      expect(memory.memory).toBeDefined();
      words.set(all);
      for (const slot of [0, 3, SLOTS - 1]) {
        const loops = wordLoops(words, memory, VOCABULARY, slot);
        expect(run(loops, starts)).toEqual(margins);
        expect(loops.weights).toEqual(plain.weights);
      }
    });

    it(`leave the words and the weights of other fits alone (${seed})`, () => {
      const { memory, words } = wordMemory(1 << 17, VOCABULARY);
      words.set(all);
      const fits = Array.from({ length: SLOTS }, (_, slot) => wordLoops(words, memory, VOCABULARY, slot));
      run(fits[4] as WordLoops, starts);
      expect(fits.map(({ weights }) => weights.some((one) => one !== 0))).toEqual(
        fits.map((_, slot) => slot === 4),
      );
      expect([...words.subarray(0, all.length)]).toEqual(all);
      // A later fit in the same slot begins at 0.
      expect(run(wordLoops(words, memory, VOCABULARY, 4), starts)).toEqual(margins);
    });
  }

  it('need no WebAssembly for small files', () => {
    const { memory, words } = wordMemory(100, 50);
    expect(memory.memory).toBeUndefined();
    expect(words.length).toBe(100);
    expect(wordLoops(words, memory, 50, 0).weights).toEqual(new Float64Array(50));
  });
});
