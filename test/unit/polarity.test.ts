import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { findRelations } from '#core/checks/relations/relations.ts';
import { mappingOf, RuleFault } from '#core/config/config.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recognise, recogniseAs } from '#core/mapping/recognise.ts';
import type { JsonObject } from '#core/model/json.ts';
import { whyUnscorable } from '#core/score/scorable.ts';

import { convert } from '../../server/src/cli/convert.ts';
import { schema } from '../../server/src/cli/inspect.ts';
import { polarityFiles } from '../bench/polarityFiles.ts';
import { outcomeOf } from '../bench/polarityOutcome.ts';
import { testCommand } from '../fakes/command.ts';
import { cut, encode } from '../fakes/records.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-polarity-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Answers of equal length, so that nothing but the label tells them apart. */
const OPEN: readonly JsonObject[] = Array.from({ length: 12 }, (_, i) => ({
  prompt: `Question ${i}?`,
  response_a: `The one answer ${i}.`,
  response_b: `I can’t help you ${i}.`,
  label: i % 2,
  score_x: i,
}));

const linesOf = (records: readonly JsonObject[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

describe('the test set', () => {
  const outcomes = polarityFiles(2).map((file) => [file.name, outcomeOf(file)] as const);

  it('is never confidently wrong', () => {
    expect(outcomes.filter(([, outcome]) => outcome === 'wrong')).toEqual([]);
  });

  it('is right and sure where names, values or scores decide', () => {
    const sure = outcomes.filter(([, outcome]) => outcome === 'right').length;
    expect(outcomes.length).toBeGreaterThanOrEqual(120);
    expect(sure / outcomes.length).toBeGreaterThan(0.4);
  });
});

describe('a file that is unsure', () => {
  const path = join(folder, 'open.jsonl');
  writeFileSync(path, linesOf(OPEN));

  it('is not scored, and no finding relies on its label', () => {
    const surveyor = new Surveyor();
    const refusals = OPEN.map((record) => ({
      ...record,
      response_b: 'I’m sorry, but I can’t help with that.',
    }));
    for (const raw of cut(encode(linesOf(refusals)))) surveyor.add(raw);
    const survey = surveyor.end();
    const recognition = survey.recognition!;
    expect(recognition.polarity).toMatchObject({ isSure: false });
    expect(whyUnscorable(recognition.mapping)).toContain('unsure which answer is better');
    expect(survey.counts.get('refusal-chosen')).toBeUndefined();
    const [relations] = findRelations([{ name: 'a', facts: survey.facts, recognition }]);
    const rules = relations!.findings.map(({ rule }) => rule);
    expect(rules).toContain('polarity-unsure');
    expect(rules).not.toContain('length-bias');
  });

  it('is shown with both readings, and --write --better settles it', async () => {
    const command = testCommand();
    await schema(command, path, { json: false });
    expect(command.out.text).toContain('certainty:     50 %');
    expect(command.out.text).toContain('--write --better 0=response_a writes it');
    expect(command.out.text).toContain(
      '"mapping": "label-zero-one", "better": { "first": [1], "second": [0] }',
    );
    const settled = testCommand();
    await expect(schema(settled, path, { json: false, write: true })).rejects.toThrow(/it is unsure/);
    await schema(settled, path, { json: false, write: true, better: '1=response_a' });
    expect(settled.out.text).toContain('set in preflens.json');
    expect(settled.out.text).not.toContain('certainty');
    rmSync(join(folder, 'preflens.json'));
  });

  it('is not converted, because the output would say one of them', async () => {
    const out = join(folder, 'out.jsonl');
    await expect(convert(testCommand(), path, { to: 'trl-explicit', out } as never)).rejects.toThrow(
      /it is unsure which answer is better/,
    );
    expect(() => readFileSync(out)).toThrow();
  });

  it('is read as an entry of preflens.json says', () => {
    const given = mappingOf({ mapping: 'label-zero-one', better: { first: [1], second: [0] } });
    const recognition = recogniseAs(given, OPEN)!;
    expect(recognition.polarity).toBeUndefined();
    const read = readRecord(recognition.mapping, OPEN[0]!);
    expect('pairs' in read && read.pairs[0]!.chosen.text).toBe('I can’t help you 0.');
    expect(() => mappingOf({ mapping: 'label-zero-one', positive: 'first' })).toThrow(RuleFault);
  });
});

it('evidence for the other reading takes the certainty away', () => {
  const short = Array.from({ length: 40 }, (_, i) => ({
    prompt: `Question ${i}?`,
    response_0: i % 2 ? 'Yes.' : 'A long answer with many more words than the other.',
    response_1: i % 2 ? 'A long answer with many more words than the other.' : 'Yes.',
    label: i % 2 ? 0 : 1,
  }));
  expect(recognise(short)!.polarity).toMatchObject({ isSure: false });
  const long = short.map((record) => ({ ...record, label: 1 - record.label }));
  expect(recognise(long)!.polarity).toMatchObject({ isSure: true });
});
