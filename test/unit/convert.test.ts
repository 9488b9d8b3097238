// Conversion: records come back from Parquet unchanged, and pairs from every trainer's format.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';

import { convertToLines, readSource } from '#core/convert/convert.ts';
import { Losses } from '#core/convert/losses.ts';
import { TARGETS } from '#core/convert/targets.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import type { Pair, Side } from '#core/model/pair.ts';
import { seededRandom } from '#core/score/random.ts';
import { learn, lossesOf, newGuess, schemaElements } from '#formats/parquet/infer.ts';
import { ParquetFile, RowReader } from '#formats/parquet/rows.ts';
import { TableWriter } from '#formats/parquet/write.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';

import { TRAINER_FORMATS } from '../../server/src/cli/choices.ts';
import { COMPARISONS, leavesOf } from '../fakes/comparisons.ts';
import { recogniseFixture } from '../fakes/mappingFixtures.ts';
import { cut, decode, encode, recordOf } from '../fakes/records.ts';
import type { Random } from '../fakes/tables.ts';
import { below, decompressors, pick, sourceOf } from '../fakes/tables.ts';

function writeTable(lines: readonly string[], groupBytes: number, pageBytes: number): Uint8Array {
  const bytes = lines.map(encode);
  const guess = newGuess();
  for (const line of bytes) learn(guess, line, line.indexOf(0x7b), line.length);
  const options = { codec: 1, codecs: pageCodecs, groupBytes, pageBytes, createdBy: 'test' };
  const writer = new TableWriter(schemaElements(guess), options);
  const parts = [writer.head(), ...bytes.map((line) => writer.add(line) ?? new Uint8Array(0)), writer.end()];
  return new Uint8Array(Buffer.concat(parts));
}

function linesOf(bytes: Uint8Array): string[] {
  const file = new ParquetFile(sourceOf(bytes), pageCodecs);
  const reader = new RowReader(file);
  return Array.from({ length: file.footer.rows }, (_, row) => decode(reader.read(row)));
}

/** Any JSON: kinds and fields are mixed on purpose. */
function randomJson(random: Random, depth: number): Json {
  const kind = below(random, depth > 0 ? 8 : 6);
  if (kind === 6) return Array.from({ length: below(random, 4) }, () => randomJson(random, depth - 1));
  if (kind === 7)
    return Object.fromEntries(
      Array.from({ length: below(random, 4) }, (_, i) => [`k${i}`, randomJson(random, depth - 1)]),
    );
  return pick(random, [null, true, false, 0, -1, 1.5, 1e300, 'text', '', 'ünï\n"q"', 12, 2 ** 40]);
}

/** Without null fields: a table cannot tell them from missing ones. */
function withoutNulls(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => withoutNulls(item) ?? null);
  if (!isObject(value)) return value ?? undefined;
  const entries = Object.entries(value).flatMap(([name, one]) => {
    const kept = withoutNulls(one);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return Object.fromEntries(entries);
}

describe('a new table', () => {
  it('returns every record, whatever JSON it holds', async () => {
    for (let round = 0; round < 200; round++) {
      const random = seededRandom(round);
      // Half of the tables hold one kind per column, like real data; the others anything.
      const sample = randomJson(random, 3);
      const records = Array.from({ length: 1 + below(random, 40) }, (_, i) => ({
        id: i,
        ...(random() < 0.9 && { a: round % 2 === 0 ? sample : randomJson(random, 3) }),
        b: pick(random, ['x', 'y', null]),
      }));
      const lines = records.map((record) => JSON.stringify(record));
      const bytes = writeTable(lines, 1 << below(random, 14), 16 << below(random, 8));
      const back = linesOf(bytes).map((line) => JSON.parse(line) as Json);
      expect(back.map(withoutNulls), `round ${round}`).toEqual(
        records.map((record) => withoutNulls(record as never)),
      );
      const file = {
        byteLength: bytes.length,
        slice: (from: number, to?: number) => bytes.slice(from, to).buffer,
      };
      const theirs = await parquetReadObjects({ file: file, compressors: decompressors });
      expect(
        theirs.map(({ id }) => Number(id)),
        `round ${round}`,
      ).toEqual(records.map(({ id }) => id));
    }
  });

  it('keeps numbers that no double holds, and number texts that no column holds', () => {
    const lines = [
      '{"a":9007199254740993,"b":1,"c":123456789012345678901234567890,"d":[1,2.5],"e":{}}',
      '{"a":-9223372036854775808,"b":9007199254740993.5,"c":1,"d":[],"e":{}}',
      '{"a":1,"b":2.5,"c":2,"d":[7],"e":{"k":1}}',
    ];
    expect(linesOf(writeTable(lines, 1 << 20, 1 << 20)).slice(0, 1)).toEqual([
      '{"a":9007199254740993,"b":1,"c":123456789012345678901234567890,"d":[1,2.5],"e":{"k":null}}',
    ]);
    // A whole number too large for a double beside fractions: the column keeps texts.
    const mixed = ['{"b":9007199254740993}', '{"b":2.5}'];
    expect(linesOf(writeTable(mixed, 1 << 20, 1 << 20))).toEqual(mixed);
    // More digits than a double holds, and a number too small for one.
    const digits = ['{"b":0.12345678901234567890}', '{"b":1e-400}', '{"b":2.5}'];
    expect(linesOf(writeTable(digits, 1 << 20, 1 << 20))).toEqual(digits);
  });

  it('keeps JSON texts that have no UTF-8, and lines that start with blanks', () => {
    const lines = ['  {"a":"\\ud800","b":"\\ud83d\\ude00"}', '{"a":"plain","b":"\\u00e9"}'];
    expect(linesOf(writeTable(lines, 1 << 20, 1 << 20))).toEqual([
      '{"a":"\\ud800","b":"😀"}',
      '{"a":"plain","b":"é"}',
    ]);
  });

  it('reports what it loses of its records', () => {
    const guess = newGuess();
    for (const line of ['{"a":1,"m":[{"role":"x"},{"role":"y","name":"z"}]}', '{"m":[],"b":2,"b":3}']) {
      const bytes = encode(line);
      learn(guess, bytes, 0, bytes.length);
    }
    expect([...lossesOf(guess)]).toEqual([
      '1 of 2: a field name is repeated; the last value counts.',
      '1 of 2: "a" is missing, and will be null.',
      '1 of 2: "m[].name" is missing, and will be null.',
      '1 of 2: "b" is missing, and will be null.',
    ]);
  });

  it('is a complete file without a row', () => {
    expect(linesOf(writeTable([], 1, 1))).toEqual([]);
  });
});

describe('records of every form', () => {
  // A duplicate field is reported.
  it.each(Object.keys(COMPARISONS).filter((name) => name !== 'a field twice'))(
    'come back from Parquet with everything they hold: %s',
    (name) => {
      const lines = COMPARISONS[name] ?? [];
      const values = (json: string): string[] =>
        leavesOf(json)
          .filter(({ isNull }) => !isNull)
          .map(({ name: own, text, isNumber }) => `${own} ${isNumber ? spelledShort(text) : text}`)
          .sort();
      expect(linesOf(writeTable(lines, 1 << 20, 1 << 20)).map(values)).toEqual(lines.map(values));
    },
  );
});

/**
 * Number text without redundant digits: 1.50 is 1.5, and 1E5 is 100000. A double loses no digit of the rest.
 */
function spelledShort(text: string): string {
  const value = Number(text);
  if (Object.is(value, -0)) return '-0';
  return /\d{17}/.test(text) ? text : String(value);
}

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'mappings');

/** Every format reads the same files: each is recognised once. */
const FIXTURES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => {
    const records = cut(readFileSync(join(FOLDER, name)));
    const values = records
      .map((raw) => JSON.parse(decode(raw.bytes)) as JsonObject)
      .filter((value) => isObject(value));
    return { name, records, recognition: recogniseFixture(name, values) };
  });

/** Without role markers: an answer of several messages is a transcript in some formats and a list in others. */
const bare = (text: string): string => text.replace(/\n\n(?:Human|Assistant): ?/g, '\n\n').trimStart();
/** What a side says; its calls are no text in most formats. */
const saidBy = ({ turns, text }: Side): string => {
  if (turns.length === 1) return text;
  const isCall = (role: string): boolean => role === 'tool_call' || role === 'function_call';
  return turns.flatMap((turn) => (isCall(turn.role) || turn.text === '' ? [] : [turn.text])).join('\n\n');
};
const texts = ({ chosen, rejected }: Pair): string[] => [chosen, rejected].map((side) => bare(saidBy(side)));

/** The format can't hold the pair, and the report names it. */
const NAMED = /a pair (?:whose answers go on with|with several) messages/;

it('offers every format on the command line', () => {
  expect(TRAINER_FORMATS).toEqual(TARGETS.map(({ id }) => id));
});

describe.each(TARGETS)('the format $id', (target) => {
  it.each(FIXTURES)('keeps the pairs of $name', ({ records, recognition }) => {
    for (const raw of records) {
      const source = readSource(raw, recognition, raw.record);
      if (!source) continue;
      const { pairs: read, judgements } = source.read;
      const wanted = read.filter(
        ({ isTie, prompt }) => !isTie && !(target.needsPrompt && prompt.length === 0),
      );
      const report = { losses: new Losses(), caveats: new Losses() };
      const made = convertToLines(target, source, report);
      if (judgements.length > 0 || report.losses.lines().some((line) => NAMED.test(line))) continue;
      expect(made).toHaveLength(wanted.length * (target.verdictAt === undefined ? 1 : 2));
      if (made.length === 0 || target.verdictAt !== undefined) continue;
      // Recognised without configuration, as its next reader will.
      const again = recognise(made.map((line) => JSON.parse(line) as JsonObject));
      expect(again, made[0]).toBeDefined();
      const pairs = made.flatMap((line) => readRaw(recordOf(line), again!)?.pairs ?? []);
      // Sides that hold questions of the user are marked up in a format of texts.
      const isTalk = ({ chosen, rejected }: Pair): boolean =>
        [...chosen.turns, ...rejected.turns].some(({ role }) => role === 'user');
      if (target.isOfTexts && wanted.some(isTalk)) continue;
      expect(pairs.map(texts)).toEqual(wanted.map(texts));
      // A format that can hold conversations keeps the turns.
      if (target.isOfTexts) continue;
      const isSaid = ({ role }: { readonly role: string }): boolean => role !== 'image';
      expect(pairs.map(({ prompt }) => prompt.map(({ text }) => text))).toEqual(
        wanted.map(({ prompt }) => prompt.filter(isSaid).map(({ text }) => text)),
      );
    }
  });
});
