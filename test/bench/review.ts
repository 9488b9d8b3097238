// npm run bench:review: a reviewer who knows the truth, and answers wrongly in one of twenty cases, works through the
// 200 lowest margins of files with planted flips: finds per 100 reviewed, and how often the range of expected finds holds
// the true number. Each simulation sees other pairs of the file. The settings of the fit were chosen on invented pairs
// (test/unit/learning.test.ts), none on these files.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { traitsOf } from '#core/learning/traits.ts';
import { seededRandom } from '#core/score/random.ts';

import { survey } from '../fakes/records.ts';
import type { TruePair } from '../fakes/reviewer.ts';
import { PLAN, review } from '../fakes/reviewer.ts';
import { flipLines, hasData, HH, readFlips, readLines, WILDBENCH } from './flips.ts';

const SIMULATIONS = 200;
/** Share of a file's pairs in one simulation. */
const SHARE = 0.6;
const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

if (!hasData) {
  console.log('Needs ../shared/data beside this clone.');
  process.exit(2);
}

function scoredPairs(name: string, folder: string): TruePair[] {
  const lines = readLines(name);
  const sign = readFlips(name, lines.length);
  const flipped = flipLines(lines, sign);
  const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  writeFileSync(input, `${flipped.join('\n')}\n`);
  execFileSync(process.execPath, [CLI, 'score', input, '--out', output], { stdio: 'ignore' });
  const scores = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { record: number; margin: number });
  const { facts } = survey(`${flipped.join('\n')}\n`);
  return scores.map(({ record, margin }) => ({
    margin,
    traits: traitsOf(facts, facts.pairsOf(record)[0]),
    isWrong: sign[record] === -1,
  }));
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-review-'));
const names = [WILDBENCH, ...HH];
console.log(
  ['', 'finds/100', 'in range', 'width', 'bias']
    .map((title, i) => title.padStart(i === 0 ? 34 : 11))
    .join(''),
);
let [covered, looked] = [0, 0];
for (const name of names) {
  const all = scoredPairs(name, folder);
  const simulations = SIMULATIONS / names.length;
  const runs = Array.from({ length: simulations }, (_, i) => {
    const random = seededRandom(1000 + i);
    const pairs = all.filter(() => random() < SHARE);
    return review(pairs, PLAN, seededRandom(i));
  });
  const finds = runs.reduce((sum, one) => sum + one.finds, 0);
  const looks = runs.flatMap((one) => one.looks);
  const held = looks.filter(({ isCovered }) => isCovered).length;
  const mean = (of: 'width' | 'error'): number =>
    looks.reduce((sum, look) => sum + look[of], 0) / looks.length;
  covered += held;
  looked += looks.length;
  const numbers = [
    (100 * finds) / (simulations * PLAN.reviews),
    (100 * held) / looks.length,
    mean('width'),
    mean('error'),
  ];
  console.log(name.padStart(34) + numbers.map((number) => number.toFixed(1).padStart(11)).join(''));
}
console.log(
  `The range held the true number in ${((100 * covered) / looked).toFixed(1)} % of ${looked} looks ahead.`,
);
rmSync(folder, { recursive: true });
