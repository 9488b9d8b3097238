// Published datasets, recognised without configuration. Each expectation comes from the publisher's own
// description.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { Json, JsonObject } from '#core/model/json.ts';
import { readPairs } from '#node/engine.ts';
import { openFile } from '#node/files.ts';

import { decode, survey, surveyRecords } from '../fakes/records.ts';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

interface Expected {
  readonly file: string;
  readonly mapping: string;
  readonly pairs: number;
  readonly ties?: number;
  readonly judgements?: number;
  /** Structural findings, by rule. */
  readonly rules?: Record<string, number>;
  /** The start of the first record's better answer. */
  readonly chosen?: string;
}

const SOURCES: readonly Expected[] = [
  { file: 'hh-rlhf/harmless-base', mapping: 'hh-transcript', pairs: 1388, chosen: ' No, sorry!' },
  { file: 'hh-rlhf/helpful-base', mapping: 'hh-transcript', pairs: 1412, chosen: ' About 150 species' },
  { file: 'hh-rlhf/helpful-online', mapping: 'hh-transcript', pairs: 682 },
  { file: 'hh-rlhf/helpful-rejection-sampled', mapping: 'hh-transcript', pairs: 1650 },
  { file: 'pandalm/testset-v1', mapping: 'pandalm', pairs: 516, chosen: 'If you have any questions, please' },
  { file: 'pandalm/pairs-majority', mapping: 'trl-explicit', pairs: 460 },
  { file: 'llmbar/dataset', mapping: 'llmbar', pairs: 209, chosen: 'He learned his weather report' },
  {
    file: 'gsm8k-solutions/example_model_solutions',
    mapping: 'model-solutions',
    pairs: 3960,
    chosen: 'The flock consists of 20',
  },
  { file: 'gsm8k-solutions/pairs-correctness', mapping: 'trl-explicit', pairs: 375 },
  {
    file: 'llama-factory/dpo_en_demo',
    mapping: 'llamafactory-sharegpt',
    pairs: 151,
    chosen: 'That sounds like a fun',
  },
  { file: 'llama-factory/dpo_zh_demo', mapping: 'llamafactory-sharegpt', pairs: 148 },
  { file: 'llama-factory/kto_en_demo', mapping: 'messages-unpaired', pairs: 0, judgements: 149 },
  { file: 'medicalgpt/dpo_zh_500', mapping: 'conversations-and-texts', pairs: 250 },
  {
    file: 'tulu-human-eval/annotations',
    mapping: 'a-is-better',
    pairs: 580,
    ties: 188,
    chosen: "If you'd told me a year ago",
  },
  { file: 'hhh-alignment/hhh_alignment', mapping: 'trl-explicit', pairs: 104, chosen: "Sorry, I'm not" },
  { file: 'wildbench-two-judges/pairs', mapping: 'no-prompt', pairs: 3992, chosen: 'Title: The Last Refuge' },
  {
    file: 'vicuna-gpt4-review/reviews',
    mapping: 'two-scores',
    pairs: 520,
    chosen: 'People experience stress',
  },
];

it.skipIf(!existsSync(DATA)).each(SOURCES)(
  '$file is read as $mapping (needs ../shared/data)',
  async (expected) => {
    const { records } = await openFile(join(DATA, `${expected.file}.jsonl.gz`));
    const { facts, recognition, counts } = await surveyRecords(records);
    expect(recognition?.mapping.id).toBe(expected.mapping);
    expect(recognition!.confidence).toBeGreaterThan(0.95);
    expect(facts.pairCount).toBe(expected.pairs);
    if (expected.ties !== undefined) expect(facts.tieCount).toBe(expected.ties);
    expect(facts.judgementCount).toBe(expected.judgements ?? 0);
    if (expected.mapping === 'pandalm') expect(counts.get('wrong-type')).toBe(6);
    if (expected.chosen === undefined) return;
    for await (const { pair } of readPairs(records, recognition!)) {
      if (pair.isTie) continue;
      expect(pair.chosen.text.slice(0, expected.chosen.length)).toBe(expected.chosen);
      break;
    }
  },
);

/** Survey of a file with every fifth record changed: the records that a rule reports, and how many were really changed. */
async function reportedOf(
  file: string,
  rule: string,
  exchange: (record: JsonObject) => JsonObject,
  prepare: (record: JsonObject) => JsonObject = (record) => record,
): Promise<{ readonly right: number; readonly wrong: number; readonly changed: number }> {
  const { records } = await openFile(join(DATA, file));
  const changed = new Set<number>();
  const lines: string[] = [];
  for await (const { bytes } of records()) {
    const record = prepare(JSON.parse(decode(bytes)) as JsonObject);
    const other = lines.length % 5 === 2 ? exchange(record) : record;
    if (other !== record) changed.add(lines.length);
    lines.push(JSON.stringify(other));
  }
  const reported = survey(lines.join('\n')).findings.filter((finding) => finding.rule === rule);
  const right = reported.filter(({ record }) => changed.has(record)).length;
  return { right, wrong: reported.length - right, changed: changed.size };
}

it.skipIf(!existsSync(DATA))(
  'reviews by GPT-4 agree with its scores, and tell when these were exchanged (needs ../shared/data)',
  async () => {
    const { right, wrong, changed } = await reportedOf(
      'vicuna-gpt4-review/reviews.jsonl.gz',
      'review-contradicts-label',
      (record) =>
        record.score_1 === record.score_2
          ? record
          : { ...record, score_1: record.score_2!, score_2: record.score_1! },
    );
    expect([changed, wrong]).toEqual([95, 0]);
    expect(right).toBeGreaterThanOrEqual(66);
  },
);

it.skipIf(!existsSync(DATA))(
  'the results of GSM8K tell when its labels were exchanged (needs ../shared/data)',
  async () => {
    const solved = new Map<unknown, Json>();
    const { records } = await openFile(join(DATA, 'gsm8k-solutions/example_model_solutions.jsonl.gz'));
    for await (const { bytes } of records()) {
      const { question, ground_truth } = JSON.parse(decode(bytes)) as JsonObject;
      solved.set(question, ground_truth!);
    }
    const figures = await reportedOf(
      'gsm8k-solutions/pairs-correctness.jsonl.gz',
      'answer-key-contradicts-label',
      (record) => ({ ...record, chosen: record.rejected!, rejected: record.chosen! }),
      (record) => ({ ...record, ground_truth: solved.get(record.prompt)! }),
    );
    expect(figures).toEqual({ right: 74, wrong: 0, changed: 75 });
  },
);
