import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { pairOf } from '#core/dataset/survey.ts';
import { applyEdits, flipEdits } from '#core/edits/flip.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { MAPPINGS } from '#core/mapping/table.ts';
import { identify } from '#core/model/identity.ts';
import { isObject } from '#core/model/json.ts';
import { hash128 } from '#node/hash.ts';

import { cut, encode, recordOf } from '../fakes/records.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'mappings');
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => file.slice(0, -'.jsonl'.length));

interface Expected {
  readonly mapping: string;
  readonly prompt: readonly (readonly [string, string])[];
  readonly chosen: string;
  readonly rejected: string;
  readonly chosenPath: readonly (string | number)[];
  readonly textStart: number;
}

function read(name: string) {
  const bytes = encode(readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8'));
  const records = cut(bytes);
  const values = records.map((raw) => JSON.parse(new TextDecoder().decode(raw.bytes)) as unknown);
  const recognition = recognise(values.filter((value) => isObject(value as never)) as never)!;
  return { records, recognition };
}

it('has a fixture for every mapping of the table', () => {
  const seen = new Set(names.map((name) => read(name).recognition.mapping.id));
  expect([...seen].sort()).toEqual(MAPPINGS.map(({ id }) => id).sort());
});

it.each(names)('%s is read as its fixture says', (name) => {
  const expected = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Expected;
  const { records, recognition } = read(name);
  const { pair } = pairOf(records[0]!, recognition)!;
  expect({
    mapping: recognition.mapping.id,
    prompt: pair.prompt.map(({ role, text }) => [role, text]),
    chosen: pair.chosen.text,
    rejected: pair.rejected.text,
    chosenPath: pair.chosen.path,
    textStart: pair.chosen.textStart,
  }).toEqual(expected);
  expect(recognition.confidence).toBe(1);
});

it.each(names)(
  '%s flipped is the pair with its sides exchanged, and flipped twice the same bytes',
  (name) => {
    const { records, recognition } = read(name);
    for (const raw of records) {
      const { pair, value } = pairOf(raw, recognition)!;
      const once = applyEdits(raw.bytes, flipEdits(raw.bytes, value));
      const flipped = pairOf(recordOf(once), recognition)!;
      expect(flipped.pair.chosen.text).toBe(pair.rejected.text);
      expect(flipped.pair.rejected.text).toBe(pair.chosen.text);
      expect(identify(flipped.pair, hash128).pairKey).toBe(identify(pair, hash128).pairKey);
      const twice = applyEdits(once, flipEdits(once, flipped.value));
      expect(Buffer.from(twice).equals(raw.bytes)).toBe(true);
    }
  },
);

it('moves the scores and model names of a side along with it', () => {
  const line =
    '{ "chosen_model":"m1","chosen" : "a","x":1e400, "rejected":"b", "Chosen-Rating":[1], "rejected_model":"m2","Rejected-Rating":{"a":2},"chosen_only":7}';
  const bytes = encode(line);
  const edited = applyEdits(bytes, flipEdits(bytes, JSON.parse(line) as never));
  expect(new TextDecoder().decode(edited)).toBe(
    '{ "chosen_model":"m2","chosen" : "b","x":1e400, "rejected":"a", "Chosen-Rating":{"a":2}, "rejected_model":"m1","Rejected-Rating":[1],"chosen_only":7}',
  );
});

it('leaves files alone that hold no pairs', () => {
  expect(recognise([{ id: 1, text: 'log line' }])).toBeUndefined();
  expect(recognise([])).toBeUndefined();
});
