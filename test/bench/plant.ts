// Near duplicates planted among synthetic pairs, and how many of them are found. The true share of common
// word triples is counted exactly, with sets, as a reference for the sketch.
import { nearDuplicates } from '#core/checks/relations/nearPairs.ts';
import { PairSpace, ReportRelation } from '#core/checks/relations/relation.ts';
import { sketchesOf } from '#core/checks/relations/textSketches.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { seededRandom } from '#core/score/random.ts';

import { cut, encode, survey } from '../fakes/records.ts';
import { generatePairs } from './generate.ts';

interface Found {
  readonly planted: number;
  readonly found: number;
}

export interface Planted {
  /** Copies that share at least 0.85 of their triples with the original, but not all. */
  readonly near: Found;
  /** Copies near the limit: 0.75 to 0.85. */
  readonly edge: Found;
  /** Copies that share less than 0.65, and pairs that were not planted. */
  readonly far: Found;
}

interface Line {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

function triplesOf({ prompt, chosen, rejected }: Line): Set<string> {
  const triples = new Set<string>();
  for (const text of [prompt, chosen, rejected]) {
    const words = ['', '', ...(text.match(/\w+|[^\w\s]/g) ?? [])];
    for (let i = 2; i < words.length; i++) triples.add(words.slice(i - 2, i + 1).join(' '));
  }
  return triples;
}

function sharedOf(a: Line, b: Line): number {
  const [own, other] = [triplesOf(a), triplesOf(b)];
  let both = 0;
  for (const triple of own) if (other.has(triple)) both++;
  return both / (own.size + other.size - both);
}

/**
 * Plants copies of some of the pairs, with a share of their words changed, half of them with the answers
 * exchanged.
 */
export function plantNearDuplicates(pairs: number, copies: number, seed: number): Planted {
  const random = seededRandom(seed);
  const originals = [...generatePairs(pairs, seed)].map((line) => JSON.parse(line) as Line);
  const planted = Array.from({ length: copies }, (_, i) => {
    const from = Math.floor((i * pairs) / copies);
    const original = originals[from]!;
    const rate = 0.12 * random();
    const change = (text: string): string =>
      text
        .split(' ')
        .map((word) => (random() < rate ? `w${Math.floor(random() * 1e6)}` : word))
        .join(' ');
    const [chosen, rejected] = [change(original.chosen), change(original.rejected)];
    const copy =
      random() < 0.5
        ? { ...original, chosen, rejected }
        : { ...original, chosen: rejected, rejected: chosen };
    return { from, copy, shared: sharedOf(original, copy) };
  });
  const lines = [...originals, ...planted.map(({ copy }) => copy)];
  const bytes = encode(lines.map((line) => JSON.stringify(line)).join('\n'));
  const { facts, recognition } = survey(bytes);
  const sketches = sketchesOf(cut(bytes).map((raw) => readRaw(raw, recognition!)!.pairs[0]!));
  const space = new PairSpace([{ name: 'planted', facts, recognition: recognition! }]);
  const report = new ReportRelation(space, DEFAULT_RULES, Infinity);
  nearDuplicates.find(space, report, sketches);
  const reported = new Map(report.findings[0]!.map(({ record, message }) => [record, message]));
  const count = (min: number, max: number): Found => {
    const own = planted.flatMap(({ shared, from }, i) =>
      shared >= min && shared < max ? [{ i, from }] : [],
    );
    const found = own.filter(({ i, from }) => reported.get(pairs + i)?.includes(`line ${from + 1}:`));
    return { planted: own.length, found: found.length };
  };
  const strangers = [...reported.keys()].filter((record) => record < pairs).length;
  const far = count(0, 0.65);
  return {
    near: count(0.85, 1),
    edge: count(0.75, 0.85),
    far: { planted: far.planted, found: far.found + strangers },
  };
}
