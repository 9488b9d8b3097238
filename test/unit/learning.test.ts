// What reviewed labels say about the others, with a reviewer whose answers are wrong in one of twenty cases.
import { describe, expect, it } from 'vitest';

import { formatKey } from '#core/hash.ts';
import { joinRanked, judgementsOf } from '#core/learning/judgements.ts';
import type { Judged } from '#core/learning/learn.ts';
import { expectFinds, lessonOf } from '#core/learning/outlook.ts';
import { flippedTraits, traitsOf } from '#core/learning/traits.ts';
import { labelOf } from '#core/memory/keys.ts';
import type { Verdict, VerdictKind } from '#core/memory/verdicts.ts';
import { Verdicts } from '#core/memory/verdicts.ts';
import { pairKey } from '#core/model/identity.ts';
import { seededRandom } from '#core/score/random.ts';

import { survey } from '../fakes/records.ts';
import type { TruePair } from '../fakes/reviewer.ts';
import { PLAN, review } from '../fakes/reviewer.ts';

interface World {
  /** Divisor that makes margins log-odds: 1 if they are. */
  readonly temperature: number;
  /** How much a trait says about false alarms; 0: nothing. */
  readonly strength: number;
  readonly share: number;
}

/** Pairs whose labels are wrong with a probability that margins, and perhaps a trait, decide. */
function world({ temperature, strength, share }: World, seed: number, count = 1500): TruePair[] {
  const random = seededRandom(seed);
  const normal = (): number => random() + random() + random() + random() - 2;
  const base = Math.log(share / (1 - share));
  return Array.from({ length: count }, () => {
    const margin = temperature * (1.5 + 3 * normal());
    const traits = [normal(), normal(), normal()];
    const odds = base - margin / temperature + strength * traits[1]!;
    return { margin, traits, isWrong: random() < 1 / (1 + Math.exp(-odds)) };
  });
}

const WORLDS: readonly World[] = [
  { temperature: 1, strength: 0, share: 0.1 },
  { temperature: 2, strength: 0, share: 0.05 },
  { temperature: 0.6, strength: 1.5, share: 0.2 },
  { temperature: 1, strength: 3, share: 0.02 },
];

const SIMULATIONS = 20;

describe('a review of 200 pairs', () => {
  const reviewed = (one: World) =>
    Array.from({ length: SIMULATIONS / WORLDS.length }, (_, i) =>
      review(world(one, 100 + i), PLAN, seededRandom(i)),
    );

  it('foretells the finds among the next 50 in at least 90 % of cases', () => {
    const looks = WORLDS.flatMap(reviewed).flatMap((result) => result.looks);
    expect(looks).toHaveLength(SIMULATIONS * PLAN.looksAt.length);
    expect(looks.filter(({ isCovered }) => isCovered).length / looks.length).toBeGreaterThan(0.9);
    const meanWidth = looks.reduce((sum, { width }) => sum + width, 0) / looks.length;
    expect(meanWidth).toBeLessThan(25);
  });
});

const judgedOf = (pairs: readonly TruePair[], count: number): Judged[] =>
  pairs.toSorted((a, b) => a.margin - b.margin).slice(0, count);

describe('what was learned', () => {
  const pairs = world({ temperature: 1, strength: 0, share: 0.1 }, 5);

  it('is nothing from few answers, or where nothing is left', () => {
    expect(expectFinds(judgedOf(pairs, 19), pairs)).toBeUndefined();
    expect(expectFinds(judgedOf(pairs, 30), [])).toBeUndefined();
  });

  it('counts no more finds than there are pairs, and the same each time', () => {
    const rest = pairs.slice(0, 60);
    const outlook = expectFinds(judgedOf(pairs, 200), rest)!;
    expect(outlook).toEqual(expectFinds(judgedOf(pairs, 200), rest));
    for (const { low, likely, high } of [outlook.next, outlook.left]) {
      expect(low).toBeLessThanOrEqual(likely);
      expect(likely).toBeLessThanOrEqual(high);
      expect(high).toBeLessThanOrEqual(60);
    }
    expect(outlook.next.of).toBe(50);
  });

  it.each([1, 1999, 2000, 2001, 2400, 4999])('counts over %d pairs', (count) => {
    const rest = Array.from({ length: count }, () => ({ margin: -1, traits: [0, 0, 0] }));
    const { left } = expectFinds(judgedOf(pairs, 100), rest)!;
    expect(left.high).toBeLessThanOrEqual(count);
    expect(left.high).toBeGreaterThan(0);
  });

  it('holds for a large file as for its sample', () => {
    const many = world({ temperature: 1, strength: 0, share: 0.1 }, 7, 30_000);
    const truth = many.filter(({ isWrong }) => isWrong).length;
    const random = seededRandom(3);
    const judged = many
      .slice(0, 1000)
      .map((pair) => ({ ...pair, isWrong: pair.isWrong !== random() < PLAN.mistakes }));
    const { left } = expectFinds(judged, many)!;
    expect(left.low).toBeLessThan(truth);
    expect(left.high).toBeGreaterThan(truth);
  });

  it.each([
    { name: 'all wrong', isWrong: true },
    { name: 'all right', isWrong: false },
  ])('survives answers that are $name, and margins without bounds', ({ isWrong }) => {
    const judged = [1e6, -1e6, 0, 5, -5, ...Array<number>(30).fill(1)].map((margin) => ({
      margin,
      traits: [0, 1e9],
      isWrong,
    }));
    const { next } = expectFinds(judged, judged)!;
    expect(Number.isFinite(next.low + next.likely + next.high)).toBe(true);
  });
});

describe('judgements of a file', () => {
  const lines = ['x', 'y', 'z']
    .map((prompt) => `${JSON.stringify({ prompt, chosen: 'one', rejected: 'two and more' })}\n`)
    .join('');
  const { facts } = survey(lines);
  const verdict = (pair: number, kind: VerdictKind, by: string, label = labelOf(facts, pair)): Verdict => ({
    ...{
      key: formatKey(pairKey(facts.identity(pair))),
      verdict: kind,
      label,
      by,
      reason: '',
      tags: [],
      rules: [],
    },
    ...{ isBlind: false, settles: false, at: '2026-11-28T10:00:00.000Z', file: 'a.jsonl' },
  });
  const margins = [-3, -1, 2];

  it('are those on which reviewers agree; pairs without one are left, in the order of the ranking', () => {
    const verdicts = [
      verdict(0, 'flip', 'ada'),
      verdict(0, 'flip', 'ben'),
      verdict(2, 'keep', 'ada'),
      verdict(2, 'flip', 'ben'),
    ];
    const { judged, rest } = judgementsOf(facts, margins, new Verdicts(verdicts));
    expect(judged).toEqual([{ margin: -3, traits: traitsOf(facts, 0), isWrong: true }]);
    expect([...rest.margins]).toEqual([-1]);
    expect(rest.at(0)).toEqual({ margin: -1, traits: traitsOf(facts, 1) });
  });

  it('are about the label as it was, if it was flipped since', () => {
    const before = labelOf(facts, 1) === 'a' ? 'b' : 'a';
    const { judged } = judgementsOf(facts, margins, new Verdicts([verdict(1, 'flip', 'ada', before)]));
    expect(judged).toEqual([{ margin: 1, traits: flippedTraits(traitsOf(facts, 1)), isWrong: true }]);
  });

  it('leave out skipped pairs, ties and pairs without a score', () => {
    const verdicts = new Verdicts([
      verdict(0, 'skip', 'ada'),
      verdict(1, 'tie', 'ada'),
      verdict(2, 'keep', 'ada'),
    ]);
    const { judged, rest } = judgementsOf(facts, [-3, -1, Number.NaN], verdicts);
    expect([judged.length, rest.length]).toEqual([0, 0]);
  });
});

describe('rankings', () => {
  const text = (count: number): string =>
    Array.from(
      { length: count },
      (_, i) => `${JSON.stringify({ prompt: `p${i}`, chosen: `one ${i}`, rejected: 'two' })}\n`,
    ).join('');

  it('are sorted as numbers are, also joined, and each place has the traits of its pair', () => {
    const { facts } = survey(text(60));
    const random = seededRandom(9);
    const margins = Float32Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? -0 : 20 * random() - 10));
    const { rest } = judgementsOf(facts, margins, new Verdicts([]));
    expect([...rest.margins]).toEqual([...margins].sort((a, b) => a - b));
    for (let i = 0; i < 60; i++) {
      const { margin, traits } = rest.at(i);
      const pairs = [...margins.keys()].filter((pair) => margins[pair] === margin);
      expect(pairs.map((pair) => traitsOf(facts, pair))).toContainEqual(traits);
    }
    const joined = joinRanked([rest, rest]);
    expect(joined.length).toBe(120);
    expect([...joined.margins]).toEqual([...margins, ...margins].sort((a, b) => a - b));
    expect(Array.from(joined.margins, (_, i) => joined.at(i).margin)).toEqual([...joined.margins]);
  });
});

describe('chances', () => {
  it('follow what reviewers found: margins that a review contradicts count less', () => {
    const random = seededRandom(4);
    const judgedBy = (isWrong: (margin: number) => boolean): Judged[] =>
      Array.from({ length: 200 }, () => {
        const margin = 8 * random() - 4;
        return { margin, traits: [0], isWrong: isWrong(margin) };
      });
    const pair = { margin: -3, traits: [0] };
    const trusted = lessonOf(
      judgedBy((margin) => margin < -1),
      [pair],
    )!;
    const mistrusted = lessonOf(
      judgedBy(() => false),
      [pair],
    )!;
    expect(trusted.chance(pair)).toBeGreaterThan(0.8);
    expect(mistrusted.chance(pair)).toBeLessThan(0.3);
    expect(trusted.chance(pair)).toBeGreaterThan(trusted.chance({ margin: 3, traits: [0] }));
  });
});

describe('traits', () => {
  it('turn with the label', () => {
    const line = (chosen: string, rejected: string): string =>
      `${JSON.stringify({ prompt: 'p', chosen, rejected })}\n`;
    const [long, short] = ['# Title\n\n- one\n- two, `code` and more words', 'No!'];
    const { facts } = survey(line(long, short) + line(short, long));
    expect(flippedTraits(traitsOf(facts, 0))).toEqual(
      traitsOf(facts, 1).map((one) => (one === 0 ? -0 : one)),
    );
  });
});
