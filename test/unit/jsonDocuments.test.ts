// Records of JSON documents: the same as in JSON Lines, whatever the layout; edits and drops byte for byte.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { seededRandom } from '#core/score/random.ts';
import { DocumentCutter, FAULTS } from '#formats/documents.ts';
import type { FileEdit } from '#node/apply.ts';
import { saveEdits } from '#node/apply.ts';
import { placeFindings } from '#node/engine.ts';
import { openFile } from '#node/files.ts';
import { factsOf, joinParts, surveyRange } from '#node/rangeSurvey.ts';
import { sampleOf, surveyFile } from '#node/surveyFile.ts';

import { cutDocument, documentOf, layoutIn } from '../fakes/documents.ts';
import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { decode, encode } from '../fakes/records.ts';
import { HERE } from '../fakes/threads.ts';

const folder = testFolder('documents');

type Random = () => number;

const TEXTS = [
  '',
  'a "quoted" word',
  '}, {"prompt": "x',
  '[{]}',
  'back\\slash\\',
  'línea\nnext\u2028',
  '𝄞',
  ',',
];

/** Pairs whose texts look like the marks of a document. */
function values(random: Random, count: number): Record<string, unknown>[] {
  const text = (): string => `${TEXTS[Math.floor(random() * TEXTS.length)]!}${Math.floor(random() * 1e6)}`;
  return Array.from({ length: count }, (_, i) => ({
    prompt: `${i} ${text()}`,
    chosen: text(),
    rejected: text(),
    ...(random() < 0.3 && { meta: { list: [1, [], {}, null], [text()]: -0.5e3 } }),
  }));
}

describe('records of a document', () => {
  it('are those of JSON Lines, in any layout and any chunks', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 400; round++) {
      const own = values(random, 1 + Math.floor(random() * 6));
      const { text, records } = documentOf(own, random);
      const layout = layoutIn(encode(text));
      expect(layout, text).toBeDefined();
      const whole = cutDocument(text, layout!, Infinity, true);
      expect(whole.map(({ bytes }) => decode(bytes))).toEqual(records);
      const size = 1 + Math.floor(random() * 40);
      expect(cutDocument(text, layout!, size, true)).toEqual(whole);
      for (const { byteStart, byteEnd, line, column, bytes } of whole) {
        const before = decode(encode(text).subarray(0, byteStart)).replace('\ufeff', '').split('\n');
        expect([line, column]).toEqual([before.length - 1, before.at(-1)!.length]);
        expect(encode(text).subarray(byteStart, byteEnd)).toEqual(bytes);
      }
    }
  });

  it('are the same in ranges that begin at a record', async () => {
    const random = seededRandom(4);
    for (let round = 0; round < 60; round++) {
      const { text } = documentOf(values(random, 12), random);
      const path = folder.write(`ranges-${round}.json`, text);
      const file = await openFile(path);
      const recognition = recognise(await sampleOf(file))!;
      const range = async (start: number, end: number) => ({
        start,
        part: await surveyRange({
          path,
          ...{ container: file.container, start, end, isInner: end < file.size },
          ...{ schema: { recognition }, rules: DEFAULT_RULES },
        }),
      });
      const layout = layoutIn(encode(text))!;
      const cuts = cutDocument(text, layout)
        .map(({ byteStart }) => byteStart)
        .filter((_, i) => i > 0 && random() < 0.3);
      const starts = [0, ...cuts];
      const parts = await Promise.all(
        starts.map(async (start, i) => range(start, starts[i + 1] ?? file.size)),
      );
      expect(parts.map(({ part }) => part.isCut)).toEqual(starts.map(() => true));
      const whole = await range(0, file.size);
      expect(joinParts(parts).facts.records).toEqual(factsOf(whole.part).records);
      // A cut inside a record is noticed.
      if (cuts[0] !== undefined) expect((await range(0, cuts[0] - 12)).part.isCut).toBe(false);
    }
  });

  it('are found before and after a broken one', () => {
    const records = Array.from({ length: 5 }, (_, i) => goodRecord(i));
    const list = (broken: string): string =>
      `[\n  ${[...records.slice(0, 2), broken, ...records.slice(2)].join(',\n  ')}\n]`;
    const layout = layoutIn(encode(list(records[0]!)))!;
    for (const broken of [
      '{"prompt":"q","chosen":"no end,"rejected":"b"}',
      '{"prompt":"q","chosen":no start","rejected":"b"}',
      '{"prompt":"q","chosen":"line\nend","rejected":"b"}',
      '{"prompt":"q","chosen":["a"},"rejected":"b"}',
    ])
      for (const size of [Infinity, 7]) {
        const found = cutDocument(list(broken), layout, size).map(({ bytes }) => decode(bytes));
        for (const record of records) expect(found, broken).toContain(record);
      }
  });

  it.each([
    ['[A,B,]', 'A B trailingComma'],
    ['[A,,B]', 'A doubleComma B'],
    ['[A B]', 'A missingComma B'],
    ['[A,B', 'A B end'],
    ['[A,B,', 'A B end'],
    ['[A,B][A]', 'A B secondList A'],
    ['[A,B] x', 'A B more'],
    ['[A:,B]', 'A unexpected B'],
    ['{"data":[A,B],"n":1', 'A B end'],
    ['{"data":[A,B]}{', 'A B more'],
  ])('%s holds %s', (text, expected) => {
    const [a, b] = [goodRecord(1), goodRecord(2)];
    const bytes = encode(text.replaceAll('A', a).replaceAll('B', b));
    const layout = text.startsWith('{')
      ? ({ form: 'keyed', key: 'data' } as const)
      : ({ form: 'list' } as const);
    const names = new Map<string, string>([
      [a, 'A'],
      [b, 'B'],
    ]);
    const faults = new Map(Object.entries(FAULTS).map(([name, message]) => [message, name]));
    const found = cutDocument(bytes, layout).map(
      ({ bytes: own, fault = '' }) => names.get(decode(own)) ?? faults.get(fault as never),
    );
    expect(found.join(' ')).toBe(expected);
  });

  it('hostile ones end: depth, a long string, broken UTF-8, NUL', () => {
    const { length } = goodRecord(0);
    const deep = `[${goodRecord(0)},${'['.repeat(10_000)}${']'.repeat(10_000)},${goodRecord(1)}]`;
    expect(cutDocument(deep, { form: 'list' }).map(({ bytes }) => bytes.length)).toEqual([
      length,
      20_000,
      length,
    ]);
    const long = encode(`[${goodRecord(0)},{"a":"${'x'.repeat(3e7)}"},${goodRecord(1)}]`);
    const cutter = new DocumentCutter({ form: 'list' }, { max: 1 << 20 });
    const found = [];
    for (let at = 0; at < long.length; at += 1 << 16)
      for (const { bytes, fault } of cutter.push(long.subarray(at, at + (1 << 16))))
        found.push([bytes.length, fault]);
    expect(found).toEqual([
      [length, undefined],
      [0, expect.stringContaining('longer than 1 MiB')],
      [length, undefined],
    ]);
    const odd = Buffer.concat([
      encode(`[${goodRecord(0)},{"a":"`),
      Buffer.from([0xff, 0, 0xc0]),
      encode(`"},${goodRecord(1)}]`),
    ]);
    expect(cutDocument(odd, { form: 'list' })).toHaveLength(3);
  });
});

describe('records that share a line', () => {
  // One letter is a record. The second word says how it is read under a name that says JSON, and JSON Lines.
  it.each([
    ['A B C', 'sequence', 'sequence'],
    ['ABC\n', 'sequence', 'sequence'],
    ['A B\nCD\n', 'sequence', 'sequence'],
    ['A\nB C\n', 'sequence', 'lines'],
    ['A B\nC\n', 'sequence', 'lines'],
    ['A\nB\nC', 'lines', 'lines'],
    ['A', 'lines', 'lines'],
    ['A,B', 'lines', 'lines'],
    ['A [1]', 'lines', 'lines'],
    ['A x', 'lines', 'lines'],
  ])('%j is a %s, or %s', (text, json, jsonLines) => {
    const bytes = encode(text.replaceAll(/[A-D]/g, (letter) => goodRecord(letter.charCodeAt(0))));
    expect(layoutIn(bytes, true)?.form ?? 'lines').toBe(json);
    expect(layoutIn(bytes, false)?.form ?? 'lines').toBe(jsonLines);
  });
});

describe('edits of a document', () => {
  it('change the values and no other byte; a dropped record takes one comma', async () => {
    const random = seededRandom(6);
    for (let round = 0; round < 150; round++) {
      const own = values(random, 1 + Math.floor(random() * 6)).map((value, i) => ({
        ...value,
        chosen: `c${i}`,
        rejected: `r${i}`,
      }));
      const { text } = documentOf(own, random);
      const path = folder.write(`edits-${round}.json`, text);
      const file = await openFile(path);
      const recognition = recognise(await sampleOf(file))!;
      const kinds = own.map(() => (['keep', 'flip', 'drop'] as const)[Math.floor(random() * 3)]!);
      const edits = kinds.flatMap((kind, record): FileEdit[] =>
        kind === 'keep' ? [] : [{ record, edit: { kind } }],
      );
      await saveEdits(file, recognition, edits, never);
      const saved = readFileSync(path, 'utf8');
      const left = own.flatMap(({ chosen, rejected, ...rest }, i) =>
        kinds[i] === 'drop'
          ? []
          : [
              kinds[i] === 'flip'
                ? { ...rest, chosen: rejected, rejected: chosen }
                : { ...rest, chosen, rejected },
            ],
      );
      const layout = layoutIn(encode(text))!;
      const found = cutDocument(saved, layout);
      expect(found.map(({ fault }) => fault).filter(Boolean)).toEqual([]);
      expect(found.map(({ bytes }) => JSON.parse(decode(bytes)) as unknown)).toEqual(left);
      // What is outside of the records is of the layout alone.
      if (!kinds.includes('drop'))
        expect(saved.replaceAll(/[cr]\d/g, '')).toBe(text.replaceAll(/[cr]\d/g, ''));
      else if (layout.form === 'list') expect(JSON.parse(saved.replace('\ufeff', ''))).toEqual(left);
    }
  });

  it('a drop beside a fault is refused', async () => {
    const path = folder.write('fault.json', `[${goodRecord(0)},${goodRecord(1)},]`);
    const file = await openFile(path);
    const recognition = recognise(await sampleOf(file))!;
    const before = readFileSync(path);
    await expect(
      saveEdits(file, recognition, [{ record: 1, edit: { kind: 'drop' } }], never),
    ).rejects.toThrow('the commas beside it are wrong');
    expect(readFileSync(path)).toEqual(before);
  });
});

describe('findings of a document', () => {
  it('are at their line and column in the file', async () => {
    const text = `[\n  {\n    "prompt": "q",\n    "chosen": "é", "rejected": "é"\n  },\n  ${goodRecord(1)}, ${goodRecord(2)},\n]\n`;
    const path = folder.write('places.json', text);
    const file = await openFile(path);
    const { survey } = await surveyFile(file, { ranges: HERE, signal: never });
    const placed = await placeFindings(file.records, survey.findings, survey.facts, 'places.json');
    expect(placed.map(({ finding, line, column }) => [finding.rule, line, column])).toEqual([
      ['identical-pair', 4, 32],
      ['invalid-json', 6, 6 + 2 * goodRecord(1).length - 1],
    ]);
  });
});
