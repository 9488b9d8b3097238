import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { findRelations } from '#core/checks/relations/relations.ts';
import { mappingOf, RuleFault } from '#core/config/config.ts';
import { readAs } from '#core/dataset/readAs.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import { planEdit } from '#core/edits/edit.ts';
import { cardSays } from '#core/mapping/polarity/card.ts';
import type { Names } from '#core/mapping/polarity/readings.ts';
import { readRecord } from '#core/mapping/read.ts';
import { heldFrom, recognise, recogniseAs } from '#core/mapping/recognise.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { whyUnscorable } from '#core/score/scorable.ts';
import { cardFor } from '#node/card.ts';
import { DEFAULT_SETTINGS } from '#node/config.ts';

import { convert } from '../../server/src/cli/convert.ts';
import { schema } from '../../server/src/cli/inspect.ts';
import { OpenDataset } from '../../server/src/session/dataset.ts';
import { OpenDocument } from '../../server/src/session/document.ts';
import { DocumentSource } from '../../server/src/session/sources/document.ts';
import { polarityFiles } from '../bench/polarityFiles.ts';
import { outcomeOf } from '../bench/polarityOutcome.ts';
import { testCommand } from '../fakes/command.ts';
import { cut, decode, encode } from '../fakes/records.ts';

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
    expect(whyUnscorable(recognition.mapping)).toContain('can’t tell which answer is the better one');
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
    await expect(schema(settled, path, { json: false, write: true })).rejects.toThrow(
      /can’t tell which answer is the better one/,
    );
    await schema(settled, path, { json: false, write: true, better: '1=response_a' });
    expect(settled.out.text).toContain('set in preflens.json');
    expect(settled.out.text).not.toContain('certainty');
    rmSync(join(folder, 'preflens.json'));
  });

  it('is not converted, because the output would say one of them', async () => {
    const out = join(folder, 'out.jsonl');
    await expect(convert(testCommand(), path, { to: 'trl-explicit', out } as never)).rejects.toThrow(
      /can’t tell which answer is the better one/,
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

describe('the card of a dataset', () => {
  const AB: Names = { label: 'label', first: 'response_a', second: 'response_b' };
  const NUMBERED: Names = { label: 'preference', first: 'response_1', second: 'response_2' };

  it.each<[string, Names, readonly Json[], Record<string, string>]>([
    ['label 1 means response_a is better', AB, [0, 1], { 1: 'first' }],
    ['- `label`: 1 if `response_a` is preferred, 0 otherwise.', AB, [0, 1], { 1: 'first', 0: 'second' }],
    ['preference: 0 = first, 1 = second', NUMBERED, [0, 1], { 0: 'first', 1: 'second' }],
    [
      '- **label**: which one is better\n  - 0: response_a\n  - 1: response_b',
      AB,
      [0, 1],
      { 0: 'first', 1: 'second' },
    ],
    ['| label | 0: response a wins, 1: response b wins |', AB, [0, 1], { 0: 'first', 1: 'second' }],
    [
      "- name: label\n  names:\n    '0': response_a\n    '1': response_b",
      AB,
      [0, 1],
      { 0: 'first', 1: 'second' },
    ],
    ['The label is 1 when B is better than A, and 0 when A is.', AB, [0, 1], { 1: 'second', 0: 'first' }],
    ['label is 1 if A is worse', AB, [0, 1], { 1: 'second' }],
    ['label 1: response_a is less preferred', AB, [0, 1], { 1: 'second' }],
    ['`label`: positive means response_b is preferred', AB, [-1, 1], { 1: 'second' }],
    ['label: -1 = A wins, 1 = B wins, 0 = tie', AB, [-1, 0, 1], { '-1': 'first', 1: 'second', 0: 'tie' }],
    [
      'The preference goes from 1 (response_1 is much better) to 7 (response_2 is much better)',
      NUMBERED,
      [1, 3, 7],
      { 1: 'first', 7: 'second' },
    ],
  ])('says %j', (text, names, seen, expected) => {
    const said = cardSays({ name: 'README.md', text }, names, seen);
    expect(Object.fromEntries(said?.meanings ?? [])).toEqual(expected);
  });

  it.each([
    'label: 0 = good, 1 = bad',
    'label 1 = response_a is more harmful',
    'label 0 means response_a is better. In old files, label 0 means response_b is better',
    'Every record has a label. We trained 1 model for response_a.',
    'quality 1 means response_a is better',
    'label 1 means a better answer',
    'label: 0 = response_a, 1 = response_a',
  ])('says nothing with %j', (text) => {
    expect(cardSays({ name: 'README.md', text }, AB, [0, 1])).toBeUndefined();
  });

  it('decides if it says which answer is better, not if it only names answers', () => {
    const read = (text: string) => recognise(OPEN, { card: { name: 'README.md', text } })!;
    const clear = read('label 1 means response_a is better');
    expect(clear.polarity).toMatchObject({ isSure: true });
    expect(clear.polarity!.evidence[0]!.says).toBe(
      'README.md says that "label" 1 means "response_a" is better',
    );
    const outcome = readRecord(clear.mapping, OPEN[1]!);
    expect('pairs' in outcome && outcome.pairs[0]!.chosen.text).toBe('The one answer 1.');
    expect(read('label: 1 = response_a, 0 = response_b').polarity).toMatchObject({ isSure: false });
  });

  it('is the README beside the file, or above it if it begins as a card', () => {
    const data = join(folder, 'set', 'data');
    mkdirSync(data, { recursive: true });
    const file = join(data, 'train.jsonl');
    writeFileSync(join(folder, 'set', 'README.md'), 'label 1 means response_a is better');
    expect(cardFor(file)).toBeUndefined();
    writeFileSync(
      join(folder, 'set', 'README.md'),
      '---\nlicense: mit\n---\nlabel 1 means response_a is better',
    );
    expect(cardFor(file)?.name).toBe('README.md');
    writeFileSync(join(data, 'train.yaml'), 'label: 0');
    expect(cardFor(file)?.name).toBe('train.yaml');
  });
});

it('the reading of an open file stays, whatever a person makes of its labels', () => {
  const records = Array.from({ length: 40 }, (_, i) => ({
    prompt: `Question ${i}?`,
    response_0: i % 2 ? 'Yes.' : 'A long answer with many more words than the other.',
    response_1: i % 2 ? 'A long answer with many more words than the other.' : 'Yes.',
    label: i % 2,
  }));
  const flipped = records.map((record) => ({ ...record, label: 1 - record.label }));
  const before = recognise(records)!;
  expect(before.polarity).toMatchObject({ isSure: true });
  expect(recognise(flipped)!.polarity).toMatchObject({ isSure: false });
  const after = recognise(flipped, { held: heldFrom(before) })!;
  expect(after.mapping.answers).toEqual(before.mapping.answers);
  expect(after.polarity).toEqual(before.polarity);
  // A file that was unsure stays unsure until preflens.json says what its label means.
  const unsure = recognise(flipped)!;
  expect(recognise(records, { held: heldFrom(unsure) })!.mapping.isUnsure).toBe(true);
  // Another schema is decided by its own evidence.
  expect(recognise(OPEN, { held: heldFrom(before) })!.polarity).toMatchObject({ isSure: false });
});

it('reading an open file again keeps its reading', async () => {
  const records = Array.from({ length: 40 }, (_, i) => ({
    prompt: `Question ${i}?`,
    response_0: i % 2 ? 'Yes.' : 'A long answer with many more words than the other.',
    response_1: i % 2 ? 'A long answer with many more words than the other.' : 'Yes.',
    label: i % 2,
  }));
  const document = new OpenDocument('file:///open.jsonl', 1, linesOf(records));
  const dataset = new OpenDataset(new DocumentSource(document));
  const { signal } = new AbortController();
  await dataset.surveyAll(DEFAULT_SETTINGS, signal);
  expect(dataset.survey.recognition!.polarity).toMatchObject({ isSure: true });
  const chosen = dataset.readPair(0, 0)!.pair.chosen.text;
  document.change([{ text: linesOf(records.map((record) => ({ ...record, label: 1 - record.label }))) }], 2);
  await dataset.surveyAll(DEFAULT_SETTINGS, signal);
  expect(dataset.survey.recognition!.mapping.isUnsure).toBeUndefined();
  expect(dataset.readPair(0, 0)!.pair.rejected.text).toBe(chosen);
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

describe('what records say beside an open label', () => {
  const readingOf = (records: readonly JsonObject[]) => recognise(records)!;
  const certaintyOf = (records: readonly JsonObject[]): number => readingOf(records).polarity?.certainty ?? 1;
  const isFirstBetter = (records: readonly JsonObject[], i: number): boolean => {
    const outcome = readRecord(readingOf(records).mapping, records[i]!);
    return !('problem' in outcome) && outcome.pairs[0]?.candidates[0] === 0;
  };
  /** The first answer is better in every other record. */
  const reviewed = (one: number, isRight: (i: number) => boolean = () => true): readonly JsonObject[] =>
    OPEN.map((record, i) => {
      const isFirst = i % 2 === 0;
      const said = isFirst === isRight(i) ? 'A' : 'B';
      return { ...record, label: isFirst ? one : 1 - one, judgment: `Overall, Response ${said} is better.` };
    });

  it.each([0, 1])('reviews decide that %i is the first answer', (one) => {
    const records = reviewed(one);
    expect(certaintyOf(records)).toBeGreaterThan(0.95);
    expect([0, 1, 2, 3].map((i) => isFirstBetter(records, i))).toEqual([true, false, true, false]);
    expect(readingOf(records).polarity?.evidence.map(({ says }) => says)).toContainEqual(
      'the words of "judgment" agree in 12 of 12 records',
    );
  });

  it('reviews of answers in changing order decide nothing', () => {
    expect(certaintyOf(reviewed(1, (i) => i % 4 < 2))).toBeLessThan(0.95);
    expect(certaintyOf(reviewed(1, (i) => i % 3 > 0))).toBeLessThan(0.95);
  });

  it.each([0, 1])('right results decide that %i is the first answer', (one) => {
    const records = OPEN.map(({ prompt }, i) => {
      const [good, bad] = [`The answer is ${i}.`, `The answer is ${i + 7}.`];
      const isFirst = i % 2 === 0;
      const [response_a, response_b] = isFirst ? [good, bad] : [bad, good];
      return { prompt: prompt!, response_a, response_b, label: isFirst ? one : 1 - one, ground_truth: i };
    });
    expect(certaintyOf(records)).toBeGreaterThan(0.95);
    expect([0, 1, 2, 3].map((i) => isFirstBetter(records, i))).toEqual([true, false, true, false]);
  });

  it.each([0, 1])('right results decide that %i is the verdict on a good answer', (one) => {
    const records = OPEN.map(({ prompt }, i) => {
      const isGood = i % 2 === 0;
      const output = `The answer is ${isGood ? i : i + 7}.`;
      return { prompt: prompt!, output, label: isGood ? one : 1 - one, ground_truth: i };
    });
    expect(certaintyOf(records)).toBeGreaterThan(0.95);
    const outcome = readRecord(readingOf(records).mapping, records[0]!);
    expect('problem' in outcome ? undefined : outcome.judgements[0]?.verdict).toBe(true);
  });
});

describe('a file that mixes schemas', () => {
  const explicit = Array.from({ length: 6 }, (_, i) => ({
    prompt: `Question ${i}?`,
    chosen: `A full answer to question ${i}.`,
    rejected: `No idea ${i}.`,
  }));
  const arena = Array.from({ length: 4 }, (_, i) => ({
    prompt: `Other question ${i}?`,
    response_a: `Left answer ${i}.`,
    response_b: `Right answer ${i}.`,
    winner: i % 2 ? 'A' : 'B',
  }));
  const mixed: readonly JsonObject[] = [
    ...explicit,
    ...arena,
    { prompt: 'Alone?' },
    { chosen: 'a', rejected: 'b' },
  ];

  function surveyOf(records: readonly JsonObject[]) {
    const surveyor = new Surveyor();
    const raws = cut(encode(linesOf(records)));
    for (const raw of raws) surveyor.add(raw);
    return { ...surveyor.end(), raws };
  }

  it('is read record by record, and says how many by which', () => {
    const { facts, counts, recognition } = surveyOf(mixed);
    expect(facts.pairCount).toBe(10);
    expect(readAs(recognition!.mapping, facts)).toMatch(/^6 pairs by TRL explicit prompt, 4 by .*winner$/);
    // A record that fits no schema, and one of the first that lacks its prompt.
    expect(counts.get('missing-field')).toBe(2);
  });

  it('flips each record by its own schema, and twice to the original bytes', () => {
    const { recognition, raws } = surveyOf(mixed);
    const { mapping } = recognition!;
    for (const [raw, name] of [
      [raws[0]!, 'chosen'],
      [raws[6]!, 'winner'],
    ] as const) {
      const value = mixed[raw.record]!;
      const flip = (bytes: Uint8Array, own: JsonObject): Uint8Array => {
        const read = readRecord(mapping, own);
        const plan = planEdit(mapping, bytes, own, 'pairs' in read ? read.pairs[0]!.candidates : undefined, {
          kind: 'flip',
        });
        return plan.kind === 'edits' ? applyEdits(bytes, plan.edits) : bytes;
      };
      const once = flip(raw.bytes, value);
      const flipped = JSON.parse(decode(once)) as JsonObject;
      expect(flipped[name]).not.toBe(value[name]);
      expect(decode(flip(once, flipped))).toBe(decode(raw.bytes));
    }
  });

  it('counts pairs by schema through a cache of facts and a merge', () => {
    const { facts } = surveyOf(mixed);
    facts.append(surveyOf(mixed).facts, 12, 0);
    expect(facts.partCounts()).toEqual([12, 8]);
  });

  it('has one schema if the other records are faulty ones of it', () => {
    const faulty = [...explicit, ...explicit.map(({ chosen, rejected }) => ({ chosen, rejected }))];
    expect(recognise(faulty)?.mapping.others).toBeUndefined();
    expect(recognise([...explicit, arena[0]!])?.mapping.others).toBeUndefined();
  });
});

it('other numbers than those of a schema with the same fields are not read by it', () => {
  const records = Array.from({ length: 8 }, (_, i) => ({
    input: `Question ${i}?`,
    output_1: `One answer ${i}.`,
    output_2: `No answer ${i}.`,
    label: i % 2,
  }));
  expect(recognise(records)).toMatchObject({ mapping: { id: 'label-zero-one', isUnsure: true } });
  const counted = records.map((record) => ({ ...record, label: 1 + record.label }));
  expect(recognise(counted)).toMatchObject({ mapping: { id: 'llmbar' } });
});

describe('labels that are all 1', () => {
  const fields: readonly (readonly [first: string, second: string])[] = [
    ['response_1', 'response_2'],
    ['output_1', 'output_2'],
    ['answer_a', 'answer_b'],
  ];

  it.each(fields)(
    'are never rewritten: a flip exchanges %s and %s, twice gives the bytes',
    (first, second) => {
      const records = [1, 2, 3].map((i) => ({
        instruction: `Name metal ${i}.`,
        [first]: `Iron ${i}.`,
        [second]: `Wax ${i}.`,
        label: 1,
      }));
      const mapping = recognise(records)!.mapping;
      const line = JSON.stringify(records[0]);
      const flip = (text: string): string => {
        const [bytes, record] = [encode(text), JSON.parse(text) as JsonObject];
        const read = readRecord(mapping, record);
        const target = 'pairs' in read ? read.pairs[0]!.candidates : undefined;
        const plan = planEdit(mapping, bytes, record, target, { kind: 'flip' });
        return plan.kind === 'edits' ? decode(applyEdits(bytes, plan.edits)) : plan.kind;
      };
      const flipped = JSON.parse(flip(line)) as JsonObject;
      expect(flipped).toMatchObject({ [first]: 'Wax 1.', [second]: 'Iron 1.', label: 1 });
      expect(flip(flip(line))).toBe(line);
    },
  );
});
