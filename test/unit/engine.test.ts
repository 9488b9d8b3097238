import { expect, it } from 'vitest';

import { recognise } from '#core/mapping/recognise.ts';
import { answerLength } from '#core/score/scorable.ts';
import { fittedShare, pairBatches, placeFindings } from '#node/engine.ts';
import type { WirePair } from '#protocol/scorer.ts';

import { generatePairs } from '../bench/generate.ts';
import { encode, recordsOf, survey, surveyRecords } from '../fakes/records.ts';

const LINES = [...generatePairs(600, 13, 20)];
const FILE = encode([...LINES, ...LINES].join(''));
const recognition = recognise(LINES.map((line) => JSON.parse(line) as never))!;

async function batches(share: number) {
  const numbers: number[] = [];
  const pairs: WirePair[] = [];
  const records = recordsOf(FILE);
  for await (const batch of pairBatches(
    [{ records, recognition, firstPair: 0 }],
    share,
    { by: 'best' },
    numbers,
  ))
    pairs.push(...batch);
  return { records: numbers, pairs };
}

it('passes all pairs of an ordinary file, in order, each with its record', async () => {
  expect(fittedShare(answerLength(survey(FILE).facts))).toBe(1);
  const { records, pairs } = await batches(1);
  expect(records).toEqual(Array.from({ length: 1200 }, (_, i) => i));
  expect(pairs.map(({ chosen }) => chosen)).toEqual(
    [...LINES, ...LINES].map((line) => (JSON.parse(line) as WirePair).chosen),
  );
});

it('passes a fixed share of the prompts of a huge file: all pairs of a prompt or none', async () => {
  const { records, pairs } = await batches(0.3);
  expect(Math.abs(records.length / 1200 - 0.3)).toBeLessThan(0.06);
  const counts = new Map<string, number>();
  for (const { prompt } of pairs) counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
  expect(new Set(counts.values())).toEqual(new Set([2]));
  expect((await batches(0.3)).records).toEqual(records);
});

it('surveys and places by streams, however they are chunked', async () => {
  const file = encode(`\ufeff{"prompt":"🐦","chosen":"","rejected":"b"}\r\n\n{"prompt":"x"}\n`);
  const whole = await surveyRecords(recordsOf(file));
  for (const size of [1, 3, 7]) {
    const cut = await surveyRecords(recordsOf(file, size));
    expect(cut.findings).toEqual(whole.findings);
    const placed = await placeFindings(recordsOf(file, size), cut.findings, cut.facts, 'a.jsonl');
    expect(placed.map(({ finding, line, column }) => [finding.rule, line, column])).toEqual([
      ['empty-response', 1, 25],
      ['missing-field', 3, 1],
    ]);
    expect(Buffer.from(file.subarray(placed[0]!.range.byteStart, placed[0]!.range.byteEnd)).toString()).toBe(
      '""',
    );
  }
});
