// npm run bench:prompts: answers beside the prompt of another record, planted in real pairs. Needs the shared data beside the
// clone. Limits were set on the first halves of TUNED; everything else was only measured.
import { SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import { findMisplaced } from '#core/checks/relations/promptFit.ts';
import { wordSketches } from '#core/checks/relations/wordSketch.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import { promptSpelling } from '#core/model/identity.ts';
import type { Pair } from '#core/model/pair.ts';
import { seededRandom } from '#core/score/random.ts';

import { cut, encode } from '../fakes/records.ts';
import { HH, readLines } from './flips.ts';

const TUNED = [
  ...HH,
  'llama-factory/dpo_en_demo',
  'medicalgpt/dpo_zh_500',
  'pandalm/pairs-majority',
  'llmbar/dataset',
];
const OTHERS = [
  'tulu-human-eval/annotations',
  'vicuna-gpt4-review/reviews',
  'gsm8k-solutions/pairs-correctness',
  'gsm8k-solutions/example_model_solutions',
  'llama-factory/dpo_zh_demo',
  'hhh-alignment/hhh_alignment',
  'pandalm/testset-v1',
];

function pairsOf(name: string): Pair[] {
  const pairs: Pair[] = [];
  const surveyor = new Surveyor(undefined, undefined, (pair) => pairs.push(pair));
  for (const raw of cut(encode(readLines(name).join('\n')))) surveyor.add(raw);
  surveyor.end();
  return pairs;
}

type SideName = 'chosen' | 'rejected';
const BOTH: readonly SideName[] = ['chosen', 'rejected'];

/** Pairs with the answers of other pairs: `from[i]` is the pair whose answers stand at i. */
function moved(pairs: readonly Pair[], from: readonly number[], sides: readonly SideName[]): Pair[] {
  return pairs.map((pair, i) => {
    const other = pairs[from[i] ?? i] ?? pair;
    return { ...pair, ...Object.fromEntries(sides.map((side) => [side, other[side]])) };
  });
}

function find(pairs: readonly Pair[]): ReturnType<typeof findMisplaced> {
  const signatures = new Uint8Array(SIGNATURE_BYTES * pairs.length);
  pairs.forEach((pair, i) => {
    writeSignature(pair, signatures, SIGNATURE_BYTES * i);
  });
  const prompts = pairs.map(promptSpelling);
  return findMisplaced(
    wordSketches(signatures, SIGNATURE_BYTES),
    pairs.length,
    (a, b) => prompts[a] === prompts[b],
  );
}

/** A fault, as the pair whose answers stand at each place. */
type Fault = (count: number, random: () => number) => number[];

const unmoved = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The answers of a stretch are one row further on. */
const shift =
  (length: number): Fault =>
  (count, random) => {
    const from = unmoved(count);
    const start = Math.floor(random() * (count - length));
    for (let i = start; i < start + length; i++) from[i] = i > start ? i - 1 : start + length - 1;
    return from;
  };

const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly times: number }>> = {
  'shifted by one, 10 pairs': { fault: shift(10), times: 10 },
  'shifted by one, 20 pairs': { fault: shift(20), times: 10 },
  'shifted by one, 50 pairs': { fault: shift(50), times: 5 },
};

interface Tally {
  planted: number;
  found: number;
  right: number;
  false: number;
}

function measure(names: readonly string[], part: (pairs: Pair[]) => Pair[], faults = FAULTS): void {
  const tallies = new Map<string, Tally>();
  let [clean, all] = [0, 0];
  for (const name of names) {
    const pairs = part(pairsOf(name));
    const prompts = pairs.map(promptSpelling);
    const untouched = find(pairs);
    all += pairs.length;
    clean += untouched.length;
    if (untouched.length > 0) console.log(`  ${name}: ${untouched.length} of ${pairs.length} as it is`);
    for (const [title, { fault, times }] of Object.entries(faults))
      for (const sides of [BOTH, ['chosen'], ['rejected']] as const) {
        const key = `${title}, ${sides.length > 1 ? 'both answers' : 'one answer'}`;
        const tally = tallies.get(key) ?? { planted: 0, found: 0, right: 0, false: 0 };
        tallies.set(key, tally);
        const random = seededRandom(7);
        for (let time = 0; time < times; time++) {
          const from = fault(pairs.length, random);
          // Answers that came from an equal prompt are at home.
          const isMoved = (row: number): boolean => prompts[from[row] ?? row] !== prompts[row];
          tally.planted += from.filter((_, row) => isMoved(row)).length;
          for (const { row, other } of find(moved(pairs, from, sides))) {
            if (!isMoved(row)) tally.false++;
            else {
              tally.found++;
              if (prompts[other] === prompts[from[row] ?? row]) tally.right++;
            }
          }
        }
      }
  }
  const share = (one: number, of: number): string => `${((100 * one) / of).toFixed(1)} %`;
  console.log(`  as they are: ${clean} findings in ${all} pairs`);
  for (const [key, { planted, found, right, false: wrong }] of tallies)
    console.log(
      `  ${key}: found ${found} of ${planted} (${share(found, planted)}), with the right place ${share(right, found)}; ${wrong} other findings`,
    );
}

const half = (which: 0 | 1) => (pairs: Pair[]) => {
  const middle = Math.floor(pairs.length / 2);
  return which === 0 ? pairs.slice(0, middle) : pairs.slice(middle);
};

console.log('First halves, on which the limits were set');
measure(TUNED, half(0));
console.log('Second halves of the same files');
measure(TUNED, half(1));
console.log('The same files as a whole');
measure(TUNED, (pairs) => pairs, {});
console.log('Other files');
measure(OTHERS, (pairs) => pairs);
