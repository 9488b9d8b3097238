// Published datasets, recognised without configuration. Each expectation comes from the publisher's own
// description.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

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

it.skipIf(!existsSync(DATA))(
  'reviews by GPT-4 agree with its scores, and tell when these were exchanged (needs ../shared/data)',
  async () => {
    const { records } = await openFile(join(DATA, 'vicuna-gpt4-review/reviews.jsonl.gz'));
    const exchanged: number[] = [];
    const lines: string[] = [];
    for await (const { bytes } of records()) {
      const record = JSON.parse(decode(bytes)) as { score_1: number; score_2: number };
      const { score_1: first, score_2: second } = record;
      const isExchanged = lines.length % 5 === 2;
      if (isExchanged && first !== second) exchanged.push(lines.length);
      lines.push(JSON.stringify(isExchanged ? { ...record, score_1: second, score_2: first } : record));
    }
    const found = survey(lines.join('\n'))
      .findings.filter(({ rule }) => rule === 'review-contradicts-label')
      .map(({ record }) => record);
    expect(found.filter((record) => !exchanged.includes(record))).toEqual([]);
    expect(found.length / exchanged.length).toBeGreaterThan(0.6);
  },
);
