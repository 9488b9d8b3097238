import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readRaw } from '#core/dataset/survey.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import type { Edit, Plan } from '#core/edits/edit.ts';
import { planEdit } from '#core/edits/edit.ts';
import { formatKey } from '#core/hash.ts';
import { parseFieldRef } from '#core/mapping/field.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { recognise, recogniseAs } from '#core/mapping/recognise.ts';
import { axesOf, mappingById, MAPPINGS, withAxis } from '#core/mapping/table.ts';
import { labelValues } from '#core/mapping/values.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { beyondText } from '#core/model/pair.ts';
import { seededRandom } from '#core/score/random.ts';

import { idOf, recogniseFixture } from '../fakes/mappingFixtures.ts';
import { cut, decode, encode, recordOf } from '../fakes/records.ts';
import { spell } from '../fakes/spell.ts';
import { missingInMapping } from '../tools/missingInMapping.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'mappings');
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => file.slice(0, -'.jsonl'.length));

function recognitionOf(values: readonly JsonObject[]): Recognition {
  const found = recognise(values);
  if (!found) throw new Error('not recognised');
  return found;
}

function load(name: string) {
  const records = cut(encode(readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')));
  const values = records.map((raw) => JSON.parse(decode(raw.bytes)) as JsonObject);
  return { records, values: values.filter((value) => isObject(value)) };
}

const turns = (prompt: Pair['prompt']): string[] =>
  prompt.map(({ role, text, more }) => `${role}: ${text}${more ? ` + ${JSON.stringify(more)}` : ''}`);

/** What a pair holds besides its words; empty if nothing. */
function beyond({ context, chosen, rejected }: Pair): object {
  const [own, other] = [beyondText(chosen), beyondText(rejected)];
  return { ...(context && { context }), ...((own !== '' || other !== '') && { beyond: [own, other] }) };
}

/** What a fixture's file of expectations says about one record. */
function describeRecord(raw: ReturnType<typeof recordOf>, recognition: Recognition): unknown {
  const read = readRaw(raw, recognition);
  if (!read) return 'a problem';
  return {
    ...(read.pairs.length > 0 && {
      pairs: read.pairs.map((pair) => {
        const { prompt, chosen, rejected, isTie } = pair;
        return {
          prompt: turns(prompt),
          ...(isTie
            ? { tie: [chosen.text, rejected.text] }
            : { chosen: chosen.text, rejected: rejected.text }),
          ...beyond(pair),
        };
      }),
    }),
    ...(read.judgements.length > 0 && {
      judgements: read.judgements.map(({ prompt, response, verdict }) => ({
        prompt: turns(prompt),
        response: response.text,
        verdict: verdict ?? null,
      })),
    }),
  };
}

it('has no fixture without a mapping', () => {
  expect(names.map(idOf).filter((id) => !mappingById(id))).toEqual([]);
});

it.each(MAPPINGS.map((mapping) => [mapping.id, mapping] as const))('%s is complete', (id, mapping) => {
  const textOf = (ending: string): string | undefined => {
    const path = join(FOLDER, `${id}.${ending}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const missing = missingInMapping(mapping, { records: textOf('jsonl'), expected: textOf('json') });
  if (missing.length > 0) expect.fail(missing.join('\n'));
});

it.each(names)('%s is recognised as the mapping in its name', (name) => {
  const { id } = recogniseFixture(name, load(name).values).mapping;
  expect(id, 'Another schema asks for more fields. Add "marks".').toBe(idOf(name));
});

it('names every mapping once, and every field in a readable form', () => {
  expect(new Set(MAPPINGS.map(({ id }) => id)).size).toBe(MAPPINGS.length);
  const refs = JSON.stringify(MAPPINGS).matchAll(/"at":"((?:[^"\\]|\\.)*)"/g);
  for (const [, ref] of refs) expect(parseFieldRef(JSON.parse(`"${ref!}"`) as string), ref).toBeDefined();
});

it.each(names)('%s is read as its fixture says', (name) => {
  const { records, values } = load(name);
  const recognition = recogniseFixture(name, values);
  const actual = records.map((raw) => describeRecord(raw, recognition));
  const path = join(FOLDER, `${name}.json`);
  if (process.env.PREFLENS_WRITE_FIXTURES === '1')
    writeFileSync(path, `${JSON.stringify(actual, null, 1)}\n`);
  expect(actual).toEqual(JSON.parse(readFileSync(path, 'utf8')));
});

const keyOf = (pair: Pair): string => formatKey(pairKey(identify(pair)));

function bytesOf(bytes: Uint8Array, plan: Plan): Uint8Array | undefined {
  return plan.kind === 'edits' ? applyEdits(bytes, plan.edits) : undefined;
}

/** The same mapping under all its labels. */
function readings(name: string): [title: string, name: string, mapping: Mapping][] {
  const mapping = mappingById(idOf(name))!;
  const axes = axesOf(mapping);
  if (axes.length === 0) return [[name, name, mapping]];
  return axes.map((axis) => [`${name} by ${axis}`, name, withAxis(mapping, axis)!]);
}

/** The record as it is, and as other writers would spell it. */
function spellings(bytes: Uint8Array): Uint8Array[] {
  const random = seededRandom(bytes.length);
  const value = JSON.parse(decode(bytes)) as JsonObject;
  const strange = { 'a b': 1e21, nothing: null, deep: [[{ x: '\ud800' }]], ...value, zz: 'é\u2028' };
  return [bytes, ...[value, strange, strange].map((one) => encode(spell(one, random)))];
}

describe.each(names.flatMap(readings))('%s', (_, name, given) => {
  const { records, values } = load(name);
  const recognition = recogniseAs(given, values)!;
  const { mapping } = recognition;
  const read = (bytes: Uint8Array) => readRaw(recordOf(bytes), recognition);
  const plan = (bytes: Uint8Array, pair: Pair | undefined, edit: Edit): Plan =>
    planEdit(mapping, bytes, JSON.parse(decode(bytes)) as JsonObject, pair?.candidates, edit);
  const all = records.flatMap((raw) => spellings(raw.bytes));
  /** Other writers' escapes of a label would not come back. Never refused for the fixture's own bytes. */
  const isRespelled = (flip: Plan, bytes: Uint8Array): boolean =>
    flip.kind === 'refused' &&
    flip.reason.includes('unusual way') &&
    !records.some((raw) => raw.bytes === bytes);

  it('flips to the pair with exchanged sides, and twice to the original bytes', () => {
    for (const bytes of all) {
      for (const pair of read(bytes)?.pairs ?? []) {
        const flip = plan(bytes, pair, { kind: 'flip' });
        if (isRespelled(flip, bytes)) continue;
        // An answer with which a dialogue goes on; test/fixtures/flips.jsonl has the reason.
        if (flip.kind === 'refused' && flip.reason.includes('goes on')) continue;
        const once = bytesOf(bytes, flip);
        expect(once, decode(bytes)).toBeDefined();
        const flipped = read(once!)!.pairs.find((one) => keyOf(one) === keyOf(pair))!;
        // The next reader of the file recognises the same schema. One record says too little for an open label.
        if (mapping.convention !== 'open') {
          const [now, before] = [once!, bytes].map((one) => JSON.parse(decode(one)) as JsonObject);
          expect(recogniseFixture(name, [now!]).mapping.id).toBe(
            recogniseFixture(name, [before!]).mapping.id,
          );
        }
        const [chosen, rejected] = pair.isTie ? [pair.chosen, pair.rejected] : [pair.rejected, pair.chosen];
        if (!pair.isTie)
          expect([flipped.chosen.text, flipped.rejected.text]).toEqual([chosen.text, rejected.text]);
        const twice = bytesOf(once!, plan(once!, flipped, { kind: 'flip' }));
        expect(decode(twice!)).toBe(decode(bytes));
      }
    }
  });

  it('inverts a label, and inverts it back', () => {
    for (const bytes of all) {
      for (const { verdict } of read(bytes)?.judgements ?? []) {
        const flip = plan(bytes, undefined, { kind: 'flip' });
        if (isRespelled(flip, bytes)) continue;
        const once = bytesOf(bytes, flip);
        if (typeof verdict !== 'boolean' || mapping.answers.kind === 'steps') {
          expect(once).toBeUndefined();
          continue;
        }
        expect(read(once!)!.judgements[0]!.verdict).toBe(!verdict);
        expect(decode(bytesOf(once!, plan(once!, undefined, { kind: 'flip' }))!)).toBe(decode(bytes));
      }
    }
  });

  it('marks a tie or says why not; sets a margin or says why not', () => {
    for (const bytes of all) {
      for (const pair of read(bytes)?.pairs ?? []) {
        const tie = plan(bytes, pair, { kind: 'tie' });
        if (tie.kind === 'refused') expect(tie.reason).toContain(mapping.title);
        else {
          const tied = read(bytesOf(bytes, tie)!)!.pairs.find((one) => keyOf(one) === keyOf(pair))!;
          expect(tied.isTie).toBe(true);
        }
        const margin = plan(bytes, pair, { kind: 'margin', margin: 2.5 });
        if (margin.kind === 'refused') expect(margin.reason).toContain(mapping.title);
        else {
          const edited = bytesOf(bytes, margin)!;
          expect(decode(edited)).toContain('2.5');
          expect(read(edited)!.pairs.map(keyOf)).toEqual(read(bytes)!.pairs.map(keyOf));
        }
      }
    }
  });
});

it('moves the scores and model names of a side along with it, and nothing else', () => {
  const flip = (line: string): string => {
    const value = JSON.parse(line) as JsonObject;
    const { mapping } = recognitionOf([value]);
    const raw = recordOf(line);
    const pair = readRaw(raw, recogniseAs(mapping, [value])!)!.pairs[0];
    return decode(
      bytesOf(raw.bytes, planEdit(mapping, raw.bytes, value, pair!.candidates, { kind: 'flip' }))!,
    );
  };
  expect(
    flip(
      '{ "chosen_model":"m1","chosen" : "a","x":1e400, "rejected":"b", "Chosen-Rating":[1], "rejected_model":"m2","Rejected-Rating":{"a":2},"chosen_only":7}',
    ),
  ).toBe(
    '{ "chosen_model":"m2","chosen" : "b","x":1e400, "rejected":"a", "Chosen-Rating":{"a":2}, "rejected_model":"m1","Rejected-Rating":[1],"chosen_only":7}',
  );
  // A label whose spelling would be lost: the answers swap, with everything that belongs to them.
  expect(
    flip('{"history":"q","human_ref_A":"a","human_ref_B":"b","score_A":9,"score_B":3,"labels":1e0}'),
  ).toBe('{"history":"q","human_ref_A":"b","human_ref_B":"a","score_A":3,"score_B":9,"labels":1e0}');
  // Readers keep the last of two equal keys.
  expect(flip('{"prompt":"q","chosen":"old","chosen":"a","rejected":"b"}')).toBe(
    '{"prompt":"q","chosen":"old","chosen":"b","rejected":"a"}',
  );
  expect(flip('{"prompt":"q","response_a":"a","response_b":"b","winner":"A","model_a":"m"}')).toBe(
    '{"prompt":"q","response_a":"a","response_b":"b","winner":"B","model_a":"m"}',
  );
});

interface FlipCase {
  readonly record: JsonObject;
  /** The record after a flip, or a part of the reason why there is none. */
  readonly flipped?: JsonObject;
  readonly refused?: string;
}

const FLIPS = readFileSync(join(FOLDER, '..', 'flips.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => [line, JSON.parse(line) as FlipCase] as const);

it.each(FLIPS)('a flip changes everything that says which answer is better, or nothing: %s', (_, given) => {
  const { record, flipped, refused } = given;
  const { mapping } = recognitionOf([record]);
  const bytes = encode(JSON.stringify(record));
  const flip = (from: Uint8Array): Plan => {
    const value = JSON.parse(decode(from)) as JsonObject;
    const pair = readRaw(recordOf(from), recogniseAs(mapping, [value])!)!.pairs[0]!;
    return planEdit(mapping, from, value, pair.candidates, { kind: 'flip' });
  };
  const plan = flip(bytes);
  if (plan.kind === 'refused') {
    expect(plan.reason).toContain(refused ?? 'no reason was expected');
    return;
  }
  const once = bytesOf(bytes, plan)!;
  expect(JSON.parse(decode(once))).toEqual(flipped);
  expect(decode(bytesOf(once, flip(once))!)).toBe(decode(bytes));
});

it("adds a margin in the record's style", () => {
  const add = (line: string): string => {
    const value = JSON.parse(line) as JsonObject;
    const { mapping } = recognitionOf([value]);
    const bytes = encode(line);
    return decode(bytesOf(bytes, planEdit(mapping, bytes, value, [0, 1], { kind: 'margin', margin: 0 }))!);
  };
  expect(add('{"prompt":"q","chosen":"a","rejected":"b"}')).toBe(
    '{"prompt":"q","chosen":"a","rejected":"b","margin":0}',
  );
  expect(add('{"prompt": "q", "chosen": "a", "rejected": "b" } ')).toBe(
    '{"prompt": "q", "chosen": "a", "rejected": "b", "margin": 0 } ',
  );
  expect(add('{"prompt":"q","margin":1.50,"chosen":"a","rejected":"b"}')).toBe(
    '{"prompt":"q","margin":0,"chosen":"a","rejected":"b"}',
  );
});

it('recognises a role under any name that datasets use', () => {
  const value = {
    prompt: [
      { role: 'user', content: 'Name a bird' },
      { role: 'more', content: 'Please' },
    ],
    chosen: [{ role: 'assistant', content: 'A wren' }],
    rejected: [{ role: 'assistant', content: 'A wasp' }],
  };
  const read = readRaw(recordOf(JSON.stringify(value)), recognitionOf([value]));
  expect(turns(read!.pairs[0]!.prompt)).toEqual(['user: Name a bird', 'more: Please']);
});

const OTHER_FILES = join(import.meta.dirname, '..', 'fixtures', 'not-preferences');

it.each(readdirSync(OTHER_FILES))('does not take not-preferences/%s for preferences', (name) => {
  const lines = readFileSync(join(OTHER_FILES, name), 'utf8').trimEnd().split('\n');
  expect(recognise(lines.map((line) => JSON.parse(line) as JsonObject))?.mapping.id).toBeUndefined();
});

it('recognises nothing in a file without records', () => {
  expect(recognise([])).toBeUndefined();
});

it.each([
  ['a.b|c', [['a', 'b'], ['c']]],
  ['"a.b".0', [['a.b', 0]]],
  ['"0"', [['0']]],
  ['mean preference difference', [['mean preference difference']]],
  ['', [[]]],
  ['a..b', undefined],
  ['a|', undefined],
  ['"a', undefined],
])('reads %s as a reference to fields', (ref, paths) => {
  expect(parseFieldRef(ref)).toEqual(paths);
});

it.each([
  [
    '{"prompt":"q","response_1":"a","response_2":"b","preference":"response_1"}',
    /^"preference": .*"model_a".* mean response_1; .* response_2; "tie", .* a tie$/,
  ],
  [
    '{"post_id":"p","history":"q","human_ref_A":"a","human_ref_B":"b","labels":1}',
    /^"labels": 1 mean human_ref_A; 0 human_ref_B$/,
  ],
  [
    '{"prompt":"q","completion":"a","label":1}',
    /^"label": true, 1, .* mean a good answer; false, 0, .* a bad one$/,
  ],
  ['{"prompt":"q","chosen":"a","rejected":"b"}', undefined],
])('says which values mean which answer: %s', (line, expected) => {
  const record = JSON.parse(line) as JsonObject;
  const words = labelValues(recognitionOf([record]).mapping, record);
  if (expected) expect(words).toMatch(expected);
  else expect(words).toBeUndefined();
});
