// npm run bench:prompts: answers beside the prompt of another record, planted in real pairs. Needs the shared data beside the
// clone. Limits were set on the first halves of TUNED; everything else was only measured.
import { findMisplaced } from '#core/checks/relations/shiftedAnswers.ts';
import { sketchesOf } from '#core/checks/relations/textSketches.ts';
import { wordNumbers } from '#core/checks/relations/wordSketch.ts';
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
  const prompts = pairs.map(promptSpelling);
  return findMisplaced(
    wordNumbers(sketchesOf(pairs).words),
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

/** Good records that look like shifted ones: what an answer says is also in the prompt of a neighbour. */
const turn = (text: string, role: 'user' | 'assistant' = 'user'): Pair['prompt'][number] => ({ role, text });
const answered = (pair: Pair, prompt: Pair['prompt'], chosen: string, rejected: string): Pair => ({
  ...pair,
  prompt,
  chosen: { ...pair.chosen, text: chosen, turns: [turn(chosen, 'assistant')] },
  rejected: { ...pair.rejected, text: rejected, turns: [turn(rejected, 'assistant')] },
});

const random = seededRandom(11);
const anyOf = (pairs: readonly Pair[]): string =>
  pairs[Math.floor(random() * pairs.length)]?.rejected.text ?? '';

/** A row for each turn of a dialogue, in order. */
const turnByTurn =
  (hasHistory: boolean) =>
  (pairs: readonly Pair[]): Pair[] =>
    pairs.flatMap((pair) => {
      const rows = pair.prompt.flatMap(({ role, text }, k) => {
        const before = pair.prompt.slice(0, k);
        const asked = before.at(-1);
        if (role.toLowerCase() !== 'assistant' || !asked) return [];
        return [answered(pair, hasHistory ? before : [asked], text, anyOf(pairs))];
      });
      const last = pair.prompt.at(-1);
      return [...rows, ...(last ? [{ ...pair, prompt: hasHistory ? pair.prompt : [last] }] : [])];
    });

/** Each answer is the prompt of the next row, as in books that are continued. */
const continued = (pairs: readonly Pair[]): Pair[] => {
  const chunks = pairs.flatMap((pair) => {
    const words = pair.chosen.text.split(' ');
    return Array.from({ length: Math.floor(words.length / 40) }, (_, k) =>
      words.slice(40 * k, 40 * k + 40).join(' '),
    );
  });
  return chunks.slice(0, -2).flatMap((chunk, i) => {
    const pair = pairs[0];
    return pair ? [answered(pair, [turn(chunk)], chunks[i + 1] ?? '', anyOf(pairs))] : [];
  });
};

/** One text leads to the other, and back in the next row. */
const backAndForth = (pairs: readonly Pair[]): Pair[] =>
  pairs.flatMap((pair) => {
    const {
      chosen: { text: one },
      rejected: { text: other },
    } = pair;
    const wrong = anyOf(pairs);
    return [
      answered(pair, [turn(`Translate into German: ${one}`)], other, wrong),
      answered(pair, [turn(`Translate into English: ${other}`)], one, wrong),
    ];
  });

const sorted = (pairs: readonly Pair[]): Pair[] =>
  [...pairs].sort((a, b) => ((a.prompt.at(-1)?.text ?? '') < (b.prompt.at(-1)?.text ?? '') ? -1 : 1));

/** Several pairs of each prompt. */
const several = (pairs: readonly Pair[]): Pair[] =>
  pairs.flatMap((pair) => [0, 1, 2].map(() => answered(pair, pair.prompt, pair.chosen.text, anyOf(pairs))));

const template = (pairs: readonly Pair[]): Pair[] =>
  pairs.map((pair) => ({
    ...pair,
    prompt: [turn('Which of these answers is more helpful to the customer?')],
  }));

/** The prompt is a part of the answer before, with a question. */
const quoting = (pairs: readonly Pair[]): Pair[] =>
  pairs.map((pair, i) => ({
    ...pair,
    prompt: [
      turn(
        `${(pairs[i - 1]?.chosen.text ?? '').split(' ').slice(0, 8).join(' ')}? ${pair.prompt.at(-1)?.text ?? ''}`,
      ),
    ],
  }));

const GOOD: Readonly<Record<string, (pairs: readonly Pair[]) => Pair[]>> = {
  'turn by turn, with history': turnByTurn(true),
  'turn by turn, without history': turnByTurn(false),
  continued,
  'back and forth': backAndForth,
  sorted,
  several,
  template,
  quoting,
};

console.log('Good records that look like shifted ones');
for (const [title, make] of Object.entries(GOOD)) {
  let [all, found] = [0, 0];
  for (const name of [...TUNED, ...OTHERS]) {
    const pairs = make(pairsOf(name));
    all += pairs.length;
    found += find(pairs).length;
  }
  console.log(`  ${title}: ${found} findings in ${all} pairs`);
}
console.log('First halves, on which the limits were set');
measure(TUNED, half(0));
console.log('Second halves of the same files');
measure(TUNED, half(1));
console.log('The same files as a whole');
measure(TUNED, (pairs) => pairs, {});
console.log('Other files');
measure(OTHERS, (pairs) => pairs);
