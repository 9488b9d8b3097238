// Checks across the records of shards that are not in memory together find what they find in one place.
import { describe, expect, it } from 'vitest';

import type { Shards } from '#core/checks/relations/joinRelations.ts';
import { joinRelations } from '#core/checks/relations/joinRelations.ts';
import type { FileFacts } from '#core/checks/relations/relation.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import type { TextSketches } from '#core/checks/relations/textSketches.ts';
import { joinSketches, sketchesOf } from '#core/checks/relations/textSketches.ts';
import { DEFAULT_RULES, resolveRules } from '#core/checks/settings.ts';
import { ruleById } from '#core/checks/table.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { seededRandom } from '#core/score/random.ts';
import { openFacts, openFactsFolder, writeFacts } from '#node/parquet/factsTable.ts';

import { testFolder } from '../fakes/files.ts';
import type { RelationCase } from '../fakes/fixtures.ts';
import { casesOf, fixtureRules } from '../fakes/fixtures.ts';
import { cut, encode, survey } from '../fakes/records.ts';

interface Shard extends TextSketches {
  readonly file: FileFacts;
}

function shardOf(name: string, lines: readonly string[]): Shard {
  const bytes = encode(lines.join('\n'));
  const { facts, recognition } = survey(bytes);
  const pairs = cut(bytes).flatMap((raw) => readRaw(raw, recognition!)?.pairs ?? []);
  return { file: { name, facts, recognition: recognition! }, ...sketchesOf(pairs) };
}

const shardsOf = (shards: readonly Shard[]): Shards => ({
  pairCounts: shards.map(({ file }) => file.facts.pairCount),
  facts: async (shard) => Promise.resolve(shards[shard]!.file),
  signatures: async (shard) => Promise.resolve(shards[shard]!.signatures),
  words: async (shard) => Promise.resolve(shards[shard]!.words),
});

/** Findings in one order, and counts. */
const said = (relations: readonly Relations[]): unknown =>
  relations.map(({ findings, counts }) => [
    findings.map((finding) => JSON.stringify(finding, Object.keys(finding).sort())).sort(),
    Object.fromEntries(counts),
  ]);

function together(shards: readonly Shard[], rules = DEFAULT_RULES, max?: number): readonly Relations[] {
  return findRelations(
    shards.map(({ file }) => file),
    joinSketches(shards),
    rules,
    max,
  );
}

/** Pairs that are held at a time, without and with their signatures: all, one, and between. */
const ROOMS = [
  [Infinity, Infinity],
  [1, Infinity],
  [Infinity, 40],
  [9, 15],
] as const;

const joined = async (
  shards: readonly Shard[],
  room: (typeof ROOMS)[number],
  rules = DEFAULT_RULES,
  max?: number,
) =>
  joinRelations(shardsOf(shards), rules, {
    maxPairs: room[0],
    maxSigned: room[1],
    ...(max !== undefined && { max }),
  });

const linesOf = (records: RelationCase['files'][string]): string[] =>
  records.map((record) => JSON.stringify(record));

describe.each(fixtureRules('relation'))('%s', (rule) => {
  it.each(casesOf('relation', rule).map((one, i) => [i, one] as const))('case %i', async (_, one) => {
    const shards = Object.entries(one.files).map(([name, records]) => shardOf(name, linesOf(records)));
    const rules = resolveRules([ruleById(rule)?.severity === 'off' ? { [rule]: 'warning' } : {}]);
    for (const room of ROOMS)
      expect(said(await joined(shards, room, rules)), room.join()).toEqual(said(together(shards, rules)));
  });
});

it('says which shards hold no words, if their rule is on', async () => {
  const rules = resolveRules([{ 'answer-to-other-prompt': 'warning' }]);
  const shards = randomShards(4).map((shard, i) =>
    i === 1 ? { ...shard, words: new Uint8Array(0) } : shard,
  );
  const found = await joined(shards, ROOMS[0], rules);
  expect(found.map(({ partial }) => [...partial])).toEqual([[], ['answer-to-other-prompt'], [], []]);
});

const WORDS = 'river stone window letter garden winter copper lantern meadow harbour violet thunder'.split(
  ' ',
);

/** Records with few prompts and answers, so that all relations occur; some have several pairs or none. */
function randomShards(seed: number): Shard[] {
  const random = seededRandom(seed);
  const pick = (count: number): number => Math.floor(random() * count);
  const text = (number: number, length: number): string =>
    Array.from(
      { length },
      (_, i) => WORDS[(number * 7 + i * (1 + (number % 5)) + (i >> 2)) % WORDS.length],
    ).join(' ');
  const near = (answer: string): string => (random() < 0.3 ? `${answer} once` : answer);
  return ['train-0', 'train-1', 'test-0', 'other'].map((name) => {
    const isRated = random() < 0.5;
    const lines = Array.from({ length: 20 + pick(20) }, () => {
      if (random() < 0.05) return '{"broken';
      const prompt = random() < 0.1 ? '' : `${text(pick(4), 9)}?`;
      const answers = Array.from({ length: 4 }, () => near(text(pick(5), 24)));
      if (isRated)
        return JSON.stringify({
          instruction: prompt,
          completions: answers.map((response, i) => ({ response, overall_score: (i * 3 + pick(4)) % 5 })),
        });
      return JSON.stringify({ prompt, chosen: answers[0], rejected: answers[1] });
    });
    return shardOf(`${name}.jsonl`, lines);
  });
}

it('finds the same in random shards, however few pairs are held at a time', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 4; seed++) {
    const shards = randomShards(seed);
    const whole = together(shards);
    for (const { counts } of whole) for (const rule of counts.keys()) seen.add(rule);
    for (const room of ROOMS)
      expect(said(await joined(shards, room)), `${seed} ${room.join()}`).toEqual(said(whole));
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'duplicate-pair',
      'opposite-duplicate',
      'near-duplicate-pair',
      'preference-cycle',
      'split-leak',
    ]),
  );
});

it('counts what is beyond the limit, and keeps the first findings', async () => {
  const shards = randomShards(3);
  const [whole, all] = [together(shards, DEFAULT_RULES, 2), together(shards)];
  for (const room of ROOMS) {
    const found = await joined(shards, room, DEFAULT_RULES, 2);
    expect(found.map(({ counts }) => Object.fromEntries(counts))).toEqual(
      all.map(({ counts }) => Object.fromEntries(counts)),
    );
    expect(found.map(({ findings }) => findings.length)).toEqual(
      whole.map(({ findings }) => findings.length),
    );
  }
});

it('keeps to the lists of a document, and to rules that are on', async () => {
  const shards = randomShards(5).map(({ file, ...sketches }) => ({
    ...sketches,
    file: {
      ...file,
      name: 'all.json',
      splits: [
        { name: 'train', record: 0 },
        { name: 'test', record: 9 },
      ],
    },
  }));
  const rules = resolveRules([
    { 'duplicate-pair': 'off', 'near-duplicate-pair': 'off', 'length-bias': 'error' },
  ]);
  for (const room of ROOMS) {
    const found = await joined(shards, room, rules);
    expect(said(found)).toEqual(said(together(shards, rules)));
    expect(found.some(({ counts }) => counts.has('split-leak'))).toBe(true);
    expect(found.some(({ counts }) => counts.has('duplicate-pair'))).toBe(false);
  }
});

describe('tables of facts', () => {
  const folder = testFolder('facts');

  it('hold what the checks need, exactly', async () => {
    const shards = randomShards(8);
    shards[0]!.file.facts.setMargin(2, -0.75);
    const [severities, options] = [DEFAULT_RULES.severities, DEFAULT_RULES.options];
    for (const { file, ...sketches } of shards) {
      const about = { ...file, memoryName: file.name, rules: { severities, options } };
      const table = openFacts(await writeFacts(folder.path, about, sketches));
      const read = table.facts();
      const counts = ({ facts }: FileFacts): unknown => [
        facts.recordCount,
        facts.pairCount,
        facts.tieCount,
        facts.judgementCount,
      ];
      expect(counts(read)).toEqual(counts(file));
      for (const [name, values] of Object.entries(file.facts.pairs)) {
        const isKept = !['margin', 'dispute', 'origin'].includes(name);
        const width = values.length / file.facts.pairs.record.length;
        const end = width * file.facts.pairCount;
        const own = (read.facts.pairs as unknown as Record<string, Uint8Array>)[name]!;
        if (isKept) expect([...own.subarray(0, end)], name).toEqual([...values.subarray(0, end)]);
      }
      expect(read.recognition).toEqual(file.recognition);
      expect([...table.signatures()]).toEqual([...sketches.signatures]);
      expect([...table.words()]).toEqual([...sketches.words]);
    }
    const tables = await openFactsFolder(folder.path);
    expect(tables.map(({ about }) => about.name)).toEqual(shards.map(({ file }) => file.name).sort());
  });

  it('that something else wrote are refused', () => {
    const path = folder.write('x.facts.parquet', 'PAR1 no table');
    expect(() => openFacts(path)).toThrow(/not a Parquet file, or incompletely written/);
  });
});
