// Files on disk: surveys by ranges, the cache, growth, codecs, configuration.
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';

import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it, vi } from 'vitest';

import { DEFAULT_RULES } from '#core/checks/settings.ts';
import type { Survey } from '#core/dataset/survey.ts';
import { seededRandom } from '#core/score/random.ts';
import { factsFromArrow, factsToArrow } from '#formats/factsArrow.ts';
import type { FileEdit } from '#node/apply.ts';
import { saveEdits } from '#node/apply.ts';
import { openCache } from '#node/cache.ts';
import { codecOf, decompressZstdInJs } from '#node/codec.ts';
import { configuredMapping, DEFAULT_SETTINGS } from '#node/config.ts';
import { groupShards, openDataset, openFile } from '#node/files.ts';
import { surveyRange } from '#node/rangeSurvey.ts';
import { savePlanned } from '#node/save.ts';
import { readStored } from '#node/stored.ts';
import { surveyFile } from '#node/surveyFile.ts';

import { generatePairs } from '../bench/generate.ts';
import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { joined } from '../fakes/parts.ts';
import { encode, survey as surveyText, surveyRecords } from '../fakes/records.ts';
import { HERE } from '../fakes/threads.ts';

const folder = testFolder('disk');
const write = folder.write;
const good = goodRecord;

/** Facts and findings as plain values, for comparison. */
function plain({ facts, findings, counts, recognition }: Survey) {
  const rows = (columns: object, count: number, width = 1): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(columns).map(([name, column]) => {
        const values = column as Float64Array;
        return [name, [...values.subarray(0, count * (name.endsWith('Key') ? 2 : width))]];
      }),
    );
  return {
    records: rows(facts.records, facts.recordCount),
    pairs: rows(facts.pairs, facts.pairCount),
    counts: [facts.recordCount, facts.pairCount, facts.tieCount, facts.judgementCount],
    findings,
    totals: [...counts].filter(([, count]) => count > 0).sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    mapping: recognition?.mapping.id,
  };
}

/** Lines of every kind that a file may hold. */
const MIXED = [
  '{"instruction":"Name a bird","generations":["A wren","A wasp","An owl"],"ratings":[5,1,1]}',
  '',
  '{broken',
  '{"instruction":"Name a fish","generations":["A pike",""],"ratings":[5,3]}',
  '   \r',
  '{"instruction":"x","generations":["\u2028","é🐦"],"ratings":[2,2]}\r',
  '[]',
];

const replaceOne = {
  replacements: async () => Promise.resolve([{ start: 0, end: 1, bytes: encode('x') }]),
  isLikelyInPlace: true,
};

describe('surveys', () => {
  it('of ranges merge into the survey of the whole', async () => {
    const text = `\ufeff${Array.from({ length: 60 }, () => MIXED.join('\n')).join('\n')}`;
    const path = write('mixed.jsonl', text);
    const bytes = encode(text);
    const whole = surveyText(bytes);
    const { recognition } = whole;
    const random = seededRandom(5);
    for (let round = 0; round < 12; round++) {
      const cuts = [0];
      for (let i = 0; i < 3; i++) {
        const at = bytes.indexOf(0x0a, Math.floor(random() * bytes.length)) + 1;
        if (at > 0) cuts.push(at);
      }
      const starts = [...new Set(cuts)].sort((a, b) => a - b);
      const parts = [];
      for (const [i, start] of starts.entries()) {
        const end = starts[i + 1] ?? bytes.length;
        parts.push({
          start,
          part: await surveyRange({
            path,
            container: { kind: 'lines' },
            start,
            end,
            schema: { recognition: recognition! },
            rules: DEFAULT_RULES,
          }),
        });
      }
      expect(plain(joined(parts))).toEqual(plain(whole));
    }
  });

  it('of a large file are the same by several ranges as by one', async () => {
    const path = write('large.jsonl', [...generatePairs(14_000, 3)].join(''));
    expect(statSync(path).size).toBeGreaterThan(2 * 8 * 1024 * 1024);
    const file = await openFile(path);
    const two = await surveyFile(file, { ranges: { ...HERE, width: 2 }, signal: never });
    expect(plain(two.survey)).toEqual(plain(await surveyRecords(file.records)));
  });

  it('round-trip through Arrow, which other readers open', async () => {
    for (const text of [
      '',
      MIXED.join('\n'),
      `${good(1)}\n${good(2)}`,
      '{"prompt":"q","completion":"c","label":true}',
    ]) {
      const { facts, ...rest } = surveyText(text);
      const bytes = factsToArrow(facts);
      expect(plain({ facts: factsFromArrow(bytes), ...rest })).toEqual(plain({ facts, ...rest }));
    }
    const table = tableFromIPC(factsToArrow(surveyText(`${good(1)}\n{broken\n${good(1)}`).facts));
    const rows = table.toArray().map((row) => (row as { toJSON(): Record<string, unknown> }).toJSON());
    expect(rows.map(({ record, line, pair }) => [record, line, pair])).toEqual([
      [0, 0, 0],
      [1, 1, -1],
      [2, 2, 0],
    ]);
    expect(rows[0]!.pairKey).toBe(rows[2]!.pairKey);
    expect(rows[0]!.chosenKey).not.toBe(rows[0]!.rejectedKey);
  });
});

describe('the cache', () => {
  const cacheOf = () => openCache(join(folder.path, 'cache'));
  const read = async (path: string) =>
    surveyFile(await openFile(path), { ranges: HERE, cache: cacheOf(), signal: never });

  it('recognises a file, also under another name, and returns the same survey', async () => {
    const path = write('a.jsonl', `${MIXED.join('\n')}\n`);
    const first = await read(path);
    expect(first.source).toBe('whole');
    const second = await read(path);
    expect(second.source).toBe('cache');
    expect(plain(second.survey)).toEqual(plain(first.survey));
    renameSync(path, join(folder.path, 'b.jsonl'));
    expect((await read(join(folder.path, 'b.jsonl'))).source).toBe('cache');
  });

  it('keeps no survey of a plain file that is smaller than the reader says', async () => {
    const path = write('small.jsonl', `${MIXED.join('\n')}\n`);
    const zipped = write('small.jsonl.gz', zlib.gzipSync(MIXED.join('\n')));
    const minCachedBytes = statSync(path).size + 1;
    const seldom = async (name: string) =>
      surveyFile(await openFile(name), { ranges: HERE, cache: cacheOf(), minCachedBytes, signal: never });
    const first = await seldom(path);
    expect([first.source, (await seldom(path)).source, first.sidecar]).toEqual(['whole', 'whole', undefined]);
    await seldom(zipped);
    expect((await seldom(zipped)).source).toBe('cache');
    appendFileSync(path, `${good(7)}\n`);
    await seldom(path);
    expect((await seldom(path)).source).toBe('cache');
  });

  it('reads only the tail of a file that grew, also after an unfinished last line', async () => {
    const path = write('a.jsonl', `${good(1)}\n{broken\n${good(2)}\n${good(3).slice(0, 20)}`);
    const first = await read(path);
    expect(first.survey.counts.get('invalid-json')).toBe(2);
    appendFileSync(path, `${good(3).slice(20)}\n${good(4)}\n\n{again\n`);
    const grown = await read(path);
    expect(grown.source).toBe('tail');
    expect(plain(grown.survey)).toEqual(plain(await surveyRecords((await openFile(path)).records)));
    expect((await read(path)).source).toBe('cache');
  });

  it('notices a file that was replaced by one of the same length, or by a longer one', async () => {
    const path = write('a.jsonl', `${good(1)}\n${good(2)}\n`);
    await read(path);
    rmSync(path);
    write('a.jsonl', `${good(1)}\n${good(7)}\n`);
    expect((await read(path)).source).toBe('whole');
    rmSync(path);
    write('a.jsonl', `${good(8)}\n${good(7)}\n${good(9)}\n`);
    const replaced = await read(path);
    expect(replaced.source).toBe('whole');
    expect(replaced.survey.facts.pairCount).toBe(3);
  });

  it('is rebuilt when it is torn, damaged or changed', async () => {
    const path = write('a.jsonl', `${good(1)}\n${good(2)}\n`);
    const { sidecar, survey } = await read(path);
    const rest = sidecar!.replace(/\.arrow$/, '.json');
    const damages: (() => void)[] = [
      () => {
        truncateSync(sidecar!, statSync(sidecar!).size - 20);
      },
      () => {
        const bytes = readFileSync(sidecar!);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(sidecar!, bytes);
      },
      () => {
        writeFileSync(rest, readFileSync(rest, 'utf8').slice(0, 50));
      },
      () => {
        writeFileSync(rest, readFileSync(rest, 'utf8').replace('"counts":', '"counts" :'));
      },
      () => {
        rmSync(sidecar!);
      },
    ];
    for (const damage of damages) {
      damage();
      const again = await read(path);
      expect(again.source).toBe('whole');
      expect(plain(again.survey)).toEqual(plain(survey));
      expect((await read(path)).source).toBe('cache');
    }
  });
});

describe('codecs and folders', () => {
  const lines = Array.from({ length: 500 }, (_, i) => good(i)).join('\n');
  const zstd = zlib as unknown as { zstdCompressSync(bytes: Uint8Array): Buffer };

  const COMPRESSED = join(import.meta.dirname, '..', 'fixtures', 'compressed', 'pairs.jsonl.zst');
  const isZstdNative = 'createZstdCompress' in zlib;
  const suffixes = isZstdNative ? ['.gz', '.zst'] : ['.gz'];

  it('reads .zst without support from Node', async () => {
    const chunks = [];
    for await (const chunk of decompressZstdInJs(COMPRESSED, readStored(COMPRESSED)))
      chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).toString()).toBe(lines);
    const torn = readStored(COMPRESSED, 0, statSync(COMPRESSED).size - 30);
    const drain = async (): Promise<void> => {
      for await (const chunk of decompressZstdInJs(COMPRESSED, torn)) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(drain()).rejects.toThrow('data is damaged');
  });

  // Node without zstd refuses, so only there can this be tested.
  if (!isZstdNative)
    it('saving .zst needs a newer Node, and says so', async () => {
      const file = await openFile(write('a.jsonl.zst', readFileSync(COMPRESSED)));
      await expect(savePlanned(file, replaceOne, never)).rejects.toThrow('22.15');
    });

  const PACKERS: (readonly [string, (text: string) => Uint8Array])[] = [
    ['.gz', (text) => zlib.gzipSync(text)],
    ['.gz', (text) => Buffer.concat([zlib.gzipSync(text.slice(0, 100)), zlib.gzipSync(text.slice(100))])],
  ];
  if (isZstdNative) PACKERS.push(['.zst', (text) => zstd.zstdCompressSync(encode(text))]);

  it.each(PACKERS)('%s is read, and saved in the same codec', async (suffix, pack) => {
    const path = write(`a.jsonl${suffix}`, pack(lines));
    const file = await openFile(path);
    const { facts, recognition } = await surveyRecords(file.records);
    expect(facts.pairCount).toBe(500);
    const edits: FileEdit[] = [
      { record: 3, edit: { kind: 'flip' } },
      { record: 499, edit: { kind: 'drop' } },
    ];
    await saveEdits(file, recognition!, edits, never);
    const chunks = [];
    for await (const chunk of (await openFile(path)).bytes()) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString();
    const expected = lines.split('\n');
    expected[3] = '{"prompt":"q3","chosen":"worse 3","rejected":"better 3"}';
    expected[499] = '';
    expect(text).toBe(expected.join('\n'));
    expect(readFileSync(path).subarray(0, 2).toString('hex')).toBe(suffix === '.gz' ? '1f8b' : '28b5');
  });

  it.each(suffixes)('damaged %s data is an error with a next step', async (suffix) => {
    const compressed = suffix === '.gz' ? zlib.gzipSync(lines) : zstd.zstdCompressSync(encode(lines));
    const torn = await openFile(write(`torn.jsonl${suffix}`, compressed.subarray(0, compressed.length - 30)));
    await expect(surveyRecords(torn.records)).rejects.toThrow('data is damaged');
    const fake = await openFile(write(`fake.jsonl${suffix}`, lines));
    await expect(surveyRecords(fake.records)).rejects.toThrow('data is damaged');
  });

  it.each(suffixes)('a reader of %s that stops early closes the file', async (suffix) => {
    // Random texts don't shrink: the file has many chunks, and the decompressor fills up.
    const text = Array.from({ length: 40 }, () => randomBytes(200_000).toString('base64')).join('\n');
    const bytes = suffix === '.gz' ? zlib.gzipSync(text) : zstd.zstdCompressSync(encode(text));
    let isClosed = false;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16));
      } finally {
        isClosed = true;
      }
    }
    for await (const chunk of codecOf(`a.jsonl${suffix}`).decode!('a', chunks())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await vi.waitFor(() => {
      expect(isClosed).toBe(true);
    });
  });

  it('opens a folder as one dataset, and shards by their names', async () => {
    for (const name of ['train-00000-of-00003.jsonl', 'train-00002-of-00003.jsonl', 'sub/test.jsonl.gz']) {
      write(name, name.endsWith('.gz') ? zlib.gzipSync(good(1)) : good(1));
    }
    write('.hidden.jsonl', good(1));
    write('notes.txt', 'x');
    const dataset = await openDataset(folder.path);
    expect(dataset.files.map(({ path }) => path.slice(folder.path.length + 1))).toEqual([
      join('sub', 'test.jsonl.gz'),
      'train-00000-of-00003.jsonl',
      'train-00002-of-00003.jsonl',
    ]);
    expect(dataset.missingShards).toEqual([{ count: 1, of: 3, first: [1] }]);
    expect(groupShards(['x-00000-of-00002.jsonl', 'y.jsonl', 'x-00001-of-00002.jsonl'])).toEqual([
      ['x-00000-of-00002.jsonl', 'x-00001-of-00002.jsonl'],
      ['y.jsonl'],
    ]);
  });
});

describe('preflens.json', () => {
  const AB = '{"q":{"text":"Name a bird"},"a.1":"A wren","b":"A wasp","who":"left"}';

  it('names the mapping of files by pattern; the nearest file wins', async () => {
    write(
      'preflens.json',
      JSON.stringify({
        mappings: [
          {
            files: 'odd/*.jsonl',
            prompt: 'q.text',
            first: '"a.1"',
            second: 'b',
            label: 'who',
            better: { first: ['left'], second: ['right'] },
          },
          { files: '**/pku.jsonl', mapping: 'pku-saferlhf', axis: 'safer' },
        ],
      }),
    );
    const odd = write('odd/a.jsonl', `${AB}\n${AB.replace('left', 'right')}\n${AB.replace('left', 'up')}`);
    const mapping = configuredMapping(odd)!;
    expect(mapping.polarity).toBe('"who" names the better of ""a.1"" and "b"');
    const { survey } = await surveyFile(await openFile(odd), {
      ranges: HERE,
      settings: { ...DEFAULT_SETTINGS, mapping },
      signal: never,
    });
    expect([survey.facts.pairCount, survey.counts.get('wrong-type'), survey.recognition!.isGiven]).toEqual([
      2,
      1,
      true,
    ]);
    expect(configuredMapping(join(folder.path, 'x', 'pku.jsonl'))!.title).toBe('PKU-SafeRLHF, by safer');
    expect(configuredMapping(join(folder.path, 'other.jsonl'))).toBeUndefined();
    write('odd/preflens.json', '{}');
    expect(configuredMapping(odd)).toBeUndefined();
  });

  it.each([
    ['{', 'preflens.json:'],
    ['{"mapings":[]}', 'the file must not have "mapings"; did you mean "mappings"?'],
    ['{"mappings":[{"mapping":"nope"}]}', 'allowed values'],
    ['{"mappings":[{"chosen":"a..b","rejected":"c"}]}', '"a..b" is not a valid field'],
    ['{"mappings":[{"mapping":"llmbar","axis":"x"}]}', 'the mapping "llmbar" has no label "x"'],
  ])('%s is refused with its place', (text, expected) => {
    write('preflens.json', text);
    expect(() => configuredMapping(join(folder.path, 'a.jsonl'))).toThrow(expected);
  });
});
