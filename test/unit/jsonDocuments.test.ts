// Records of JSON documents: the same as in JSON Lines, whatever the layout; edits and drops byte for byte.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { findRelations } from '#core/checks/relations/relations.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { surveyAfterSave } from '#core/dataset/afterSave.ts';
import type { Survey } from '#core/dataset/survey.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import type { Pending } from '#core/edits/pending.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { seededRandom } from '#core/score/random.ts';
import { FAULTS } from '#formats/documentFaults.ts';
import { DocumentCutter } from '#formats/documents.ts';
import type { FileEdit } from '#node/apply.ts';
import { saveEdits } from '#node/apply.ts';
import { replacementsOf } from '#node/containers/lines.ts';
import { placeFindings } from '#node/engine.ts';
import { openFile } from '#node/files.ts';
import { factsOf, surveyRange } from '#node/rangeSurvey.ts';
import { sampleOf, surveyFile } from '#node/surveyFile.ts';
import { changesOf } from '#session/sources/diskSave.ts';

import { cutDocument, documentOf, layoutIn } from '../fakes/documents.ts';
import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { joined } from '../fakes/parts.ts';
import { decode, encode } from '../fakes/records.ts';
import { HERE } from '../fakes/threads.ts';

const folder = testFolder('documents');

type Random = () => number;

const noop = (): void => undefined;

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
      // Threads begin at a seam, which is between two records of a list.
      const cuts = cutDocument(text, layout)
        .filter(({ split }, i) => i > 0 && split === undefined && random() < 0.3)
        .map(({ byteStart }) => byteStart);
      const starts = [0, ...cuts];
      const parts = await Promise.all(
        starts.map(async (start, i) => range(start, starts[i + 1] ?? file.size)),
      );
      expect(parts.map(({ part }) => part.isCut)).toEqual(starts.map(() => true));
      const whole = await range(0, file.size);
      expect(joined(parts).facts.records).toEqual(factsOf(whole.part).records);
      expect(joined(parts).splits).toEqual(whole.part.splits);
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
      '{"prompt":"q","chosen":"no end}',
      '{"prompt":"q","chosen":["a"},"rejected":"b"}',
    ])
      for (const size of [Infinity, 7]) {
        const found = cutDocument(list(broken), layout, size).map(({ bytes }) => decode(bytes));
        for (const record of records) expect(found, broken).toContain(record);
      }
  });

  it.each([
    '[\nB,\nA,\nC\n]',
    '[B,\nA,\nC]',
    '[\n  B,\n  B,\n  A,\n  C\n]',
    '{"data":[\n B,\n A,\n C]}',
    '{"data":{"train":[\n B,\n A,\n C]}}',
  ])('are found if the first one breaks off: %j', (text) => {
    const [a, c] = [goodRecord(1), goodRecord(2)];
    const broken = '{"prompt":"q","chosen":"no end},';
    const whole = text.replaceAll('B,', broken).replace('A', a).replace('C', c);
    const layout = layoutIn(encode(whole));
    for (const size of [Infinity, 7]) {
      const found = cutDocument(whole, layout!, size).map(({ bytes }) => decode(bytes));
      expect([found.length, found.slice(-2)]).toEqual([text.split('B').length + 1, [a, c]]);
    }
  });

  it('are found if the second one is broken', () => {
    const [a, b, c] = [goodRecord(0), goodRecord(1), goodRecord(2)];
    for (const between of [',\n', ', ']) {
      const text = `[${[a, '{"prompt":"q,"chosen":"a","rejected":"b"}', b, c].join(between)}]`;
      const found = cutDocument(text, layoutIn(encode(text))!).map(({ bytes }) => decode(bytes));
      expect([found.length, found[0], found[2], found[3]]).toEqual([4, a, b, c]);
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
    ['[// one\nA,/* /* two **/B // ]\n]//', 'comment A comment B comment comment'],
  ])('%s holds %s', (text, expected) => {
    const [a, b] = [goodRecord(1), goodRecord(2)];
    const bytes = encode(text.replaceAll('A', a).replaceAll('B', b));
    const layout = text.startsWith('{')
      ? ({ form: 'keyed', path: ['data'] } as const)
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
    ['\u001eA\n\u001eB\n', 'sequence', 'sequence'],
  ])('%j is a %s, or %s', (text, json, jsonLines) => {
    const bytes = encode(text.replaceAll(/[A-D]/g, (letter) => goodRecord(letter.charCodeAt(0))));
    expect(layoutIn(bytes, true)?.form ?? 'lines').toBe(json);
    expect(layoutIn(bytes, false)?.form ?? 'lines').toBe(jsonLines);
  });
});

describe('lists under several keys', () => {
  // One letter is a pair, X is a record of another kind.
  it.each([
    ['{"train":[A,B],"test":[C],"n":1}', 'train:A B test:C'],
    ['{"test":[A],"v":[1,[2,{"a":"]"}]],"train":[B,C]}', 'test:A train:B C'],
    [
      '{"helpful":[A,B],"harmless":[C],"authors":[X,X],"names":["a","]"],"none":[],"more":[D]}',
      'helpful:A B harmless:C more:D',
    ],
    ['{"none":[],"meta":{"v":1},"data":[A,B]}', 'data:A B'],
    ['{"none":[],"train":[X],"test":[X]}', 'train:X test:X'],
    ['{"train":[A],"test":[X,X]}', 'train:A test:X X'],
    ['{"train":[X],"test":[X]}', 'train:X test:X'],
    ['{"a":[A],"b":[{"prompt":"q,B],"c":[C]}', 'a:A b:{"prompt":"q,B],"c":[C]}'],
    ['{"data":[A],"data":[B]}', 'data:A sameKey'],
    ['{"data":[X],"results":[X]}', 'no layout'],
    ['{"data":{"train":[A,B],"test":[C]},"n":1}', 'train:A B test:C'],
    [
      '{"data":{"n":[X],"train":[A],"test":[X]},"others":{"list":[X],"more":[B]}}',
      'train:A test:X others.more:B',
    ],
    ['{"train":{"data":[A]},"test":{"data":[B,C]}}', 'train:A test:B C'],
    ['{"a":{"v1":{"pairs":[A]}},"b":{"v1":{"pairs":[B]}}}', 'a.v1.pairs:A b.v1.pairs:B'],
    ['{"few":{"train":[A]},"data":[B]}', 'data:B'],
    ['{"data":{"train":[A],"train":[B]}}', 'train:A sameKey'],
    ['{"data":{"train":[A,B],"test":[C]', 'train:A B test:C end'],
    ['{"a":{"b":{"c":{"pairs":[A,B]}}}}', 'no layout'],
  ])('%s holds %s', (text, expected) => {
    const letters = new Map(['A', 'B', 'C', 'D'].map((letter, i) => [goodRecord(i), letter]));
    letters.set('{"id":1}', 'X');
    let bytes = text;
    for (const [record, letter] of letters) bytes = bytes.replaceAll(letter, record);
    const layout = layoutIn(encode(bytes));
    const faults = new Map(Object.entries(FAULTS).map(([name, message]) => [message, name]));
    const shown = (size: number): string =>
      (layout ? cutDocument(bytes, layout, size) : [])
        .map(({ bytes: own, split, fault }) => {
          let value = decode(own);
          for (const [record, letter] of letters) value = value.replaceAll(record, letter);
          return `${split === undefined ? '' : `${split}:`}${faults.get((fault ?? '') as never) ?? value}`;
        })
        .join(' ');
    expect(layout ? shown(Infinity) : 'no layout').toBe(expected);
    if (layout) expect(shown(5)).toBe(expected);
  });

  it('are the splits of one dataset: a held-out prompt in the training data is found', async () => {
    const path = folder.write(
      'splits.json',
      `{"train":[${goodRecord(1)}],"test":[${goodRecord(2)},${goodRecord(1)}]}`,
    );
    const file = await openFile(path);
    const { survey } = await surveyFile(file, { ranges: HERE, signal: never });
    const { facts, splits, recognition } = survey;
    expect(splits).toEqual([
      { name: 'train', record: 0 },
      { name: 'test', record: 1 },
    ]);
    const [found] = findRelations([{ name: 'splits.json', facts, splits, recognition: recognition! }]);
    expect(found!.findings.filter(({ rule }) => rule === 'split-leak').map(({ record }) => record)).toEqual([
      2,
    ]);
  });
});

/** The records in a value, in order. */
function recordsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'prompt' in value ? [value] : Object.values(value).flatMap(recordsIn);
}

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
      else if (layout.form !== 'sequence') {
        const whole = JSON.parse(saved.replace('\ufeff', '')) as object;
        expect(recordsIn(whole)).toEqual(left);
      }
    }
  });

  it('move the records and lists of a survey to where a new survey finds them', () => {
    const random = seededRandom(8);
    for (let round = 0; round < 200; round++) {
      const { text } = documentOf(values(random, 2 + Math.floor(random() * 6)), random);
      const bytes = encode(text);
      const layout = layoutIn(bytes)!;
      const surveyed = (of: Uint8Array | string): Survey => {
        const surveyor = new Surveyor();
        for (const raw of cutDocument(of, layout)) surveyor.add(raw);
        return surveyor.end();
      };
      const old = surveyed(bytes);
      const { byteStart, byteEnd } = old.facts.records;
      const bytesOf = (_: number, start: number, end: number): Uint8Array => bytes.subarray(start, end);
      const pending = new Map<number, Pending>();
      for (let record = 0; record < old.facts.recordCount; record++) {
        const base = bytesOf(record, byteStart[record]!, byteEnd[record]!);
        const edited = encode(decode(base).replace(/\}$/, random() < 0.5 ? ' }' : '\n\n}'));
        if (random() < 0.6) pending.set(record, { base, bytes: random() < 0.6 ? null : edited });
      }
      const access = { bytesOf, lineEndAfter: (end: number) => end, pause: noop, resume: noop, close: noop };
      const changes = changesOf({ pending, done: new Set() }, old, access, true);
      const parts = replacementsOf(changes).map(({ start, end, bytes: own }) => ({
        byteStart: start,
        byteEnd: end,
        bytes: own,
      }));
      const saved = decode(applyEdits(bytes, parts));
      const [known, fresh] = [surveyAfterSave(old, changes, false).survey, surveyed(saved)];
      const plain = ({ facts, splits }: Survey): unknown => {
        const { line, byteStart: starts, byteEnd: ends } = facts.records;
        return [
          splits ?? [],
          Array.from({ length: facts.recordCount }, (_, i) => [line[i], starts[i], ends[i]]),
        ];
      };
      expect(plain(known), `${text}\n---\n${saved}`).toEqual(plain(fresh));
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
