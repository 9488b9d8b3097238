// A cache that something changed: the findings are the same as without a cache.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import { openCache } from '#node/cache.ts';
import { DEFAULT_SETTINGS } from '#node/config.ts';
import { openDisk } from '#node/diskTools.ts';
import { openFile } from '#node/files.ts';
import { surveyFile } from '#node/surveyFile.ts';

import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { HERE } from '../fakes/threads.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('poisoned');

const LINES = [
  ...Array.from({ length: 20 }, (_, i) => goodRecord(i)),
  '{"prompt":"q","chosen":"","rejected":"b"}',
  '{broken',
  goodRecord(3),
];

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** The findings of a file, and the text of every record as an edit would use it. */
async function inspect(path: string, cache: string): Promise<unknown> {
  const disk = openDisk(cache, HERE);
  const file = await openFile(path);
  const { survey, digest } = await disk.survey(file, DEFAULT_SETTINGS, never);
  const access = await disk.open(file, digest, never);
  const { byteStart, byteEnd } = survey.facts.records;
  const texts = Array.from({ length: survey.facts.recordCount }, (_, i) =>
    Buffer.from(access.bytesOf(i, byteStart[i] ?? 0, byteEnd[i] ?? 0)).toString(),
  );
  access.close();
  const { findings, counts, recognition, fieldsSeen } = survey;
  return { texts, findings, counts: [...counts], mapping: recognition?.mapping.id, fieldsSeen };
}

/** Damage to a cache file. */
const DAMAGES: readonly ((bytes: Buffer, random: () => number) => Uint8Array)[] = [
  () => Buffer.alloc(0),
  (bytes, random) => bytes.subarray(0, Math.floor(bytes.length * random())),
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    if (bytes.length > 0) changed[Math.floor(bytes.length * random())]! ^= 1 << Math.floor(8 * random());
    return changed;
  },
  (bytes) => Buffer.concat([bytes, Buffer.from('{"prompt":"x","chosen":"y","rejected":"z"}\n')]),
  // Another text of the same form, to poison a file of answers with.
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('better', 'WORSE!'), 'latin1'),
  (bytes) =>
    Buffer.from(
      bytes.toString('latin1').replace(/"findings":\[.*?\],"counts/, '"findings":[],"counts'),
      'latin1',
    ),
];

describe('26: a poisoned cache', () => {
  it('26: whatever its files hold, the findings are the same as without it', async () => {
    const count = rounds({ small: 200, large: 5000 });
    const random = seededRandom(26);
    const text = `${LINES.join('\n')}\n`;
    const files = [folder.write('a.jsonl', text), folder.write('b.jsonl.gz', gzipSync(text))];
    const cache = join(folder.path, 'cache');
    const expected = await Promise.all(
      files.map(async (file, i) => inspect(file, join(folder.path, `none${i}`))),
    );
    for (const file of files) await inspect(file, cache);
    let damaged = 0;
    for (let round = 0; round < count; round++) {
      const targets = filesBelow(cache).filter((name) => !name.includes('unsaved'));
      const target = targets[Math.floor(random() * targets.length)]!;
      const damage = DAMAGES[Math.floor(random() * DAMAGES.length)]!;
      const before = readFileSync(target);
      const after = damage(before, random);
      writeFileSync(target, after);
      if (!before.equals(after)) damaged++;
      const which = round % files.length;
      expect([target, await inspect(files[which]!, cache)]).toEqual([target, expected[which]]);
    }
    expect(damaged).toBeGreaterThan(count / 2);
    report('26 poisoned cache', { rounds: count, damaged });
  });

  it('26: entries with the contents of another name are rejected', async () => {
    const [a, b] = [
      folder.write('a.jsonl.gz', gzipSync(goodRecord(1))),
      folder.write('b.jsonl.gz', gzipSync(goodRecord(2))),
    ];
    const cache = join(folder.path, 'cache');
    const [first, second] = [await inspect(a, cache), await inspect(b, cache)];
    const names = filesBelow(cache).filter((name) => !name.includes('unsaved'));
    const contents = names.map((name) => readFileSync(name));
    // Swap files of the same kind.
    for (const [i, name] of names.entries()) {
      const kind = (path: string): string => `${join(path, '..')} ${path.split('.').slice(1).join('.')}`;
      const other = names.findIndex((one, at) => at !== i && kind(one) === kind(name));
      if (other >= 0) writeFileSync(name, contents[other]!);
    }
    expect(await inspect(a, cache)).toEqual(first);
    expect(await inspect(b, cache)).toEqual(second);
  });

  it('26: an edit takes no changed text from the decompressed copy into the dataset', async () => {
    const path = folder.write('a.jsonl.gz', gzipSync(`${LINES.join('\n')}\n`));
    const cache = join(folder.path, 'cache');
    await inspect(path, cache);
    for (const name of filesBelow(join(cache, 'decompressed')))
      writeFileSync(name, readFileSync(name, 'latin1').replaceAll('better', 'poison'), 'latin1');
    expect(JSON.stringify(await inspect(path, cache))).not.toContain('poison');
    expect(gunzipSync(readFileSync(path)).toString()).not.toContain('poison');
  });

  it('26: only the owner can use its folders; folders that others can write to are skipped, with one line', async () => {
    const path = folder.write('a.jsonl', LINES.join('\n'));
    const cache = join(folder.path, 'deep', 'cache');
    await inspect(path, cache);
    const modes = readdirSync(cache, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mode & 0o777);
    expect([statSync(cache).mode & 0o777, ...new Set(modes)]).toEqual([0o700, 0o700]);
    const said: string[] = [];
    const open = (): unknown => openCache(cache, (line) => said.push(line));
    for (const [what, mode] of [
      [cache, 0o770],
      [cache, 0o707],
      [join(cache, 'facts'), 0o777],
    ] as const) {
      chmodSync(what, mode);
      expect(open()).toBe(undefined);
      expect(open()).toBe(undefined);
      chmodSync(what, 0o700);
    }
    expect(said).toEqual([
      expect.stringContaining('other users can write to it'),
      expect.stringContaining('of facts in it: other users can write to it'),
    ]);
    expect(open()).toBeDefined();
    renameSync(join(cache, 'facts'), join(folder.path, 'facts'));
    symlinkSync(join(folder.path, 'facts'), join(cache, 'facts'));
    expect(open()).toBe(undefined);
    if (process.getuid?.() === 0) {
      const other = join(folder.path, 'other');
      mkdirSync(other, { mode: 0o700 });
      chownSync(other, 65534, 65534);
      expect(openCache(other, (line) => said.push(line))).toBe(undefined);
      expect(said.at(-1)).toContain('it belongs to another user');
    }
  });

  it('26: the same bytes under another name are read as that name says', async () => {
    const compressed = folder.write('a.jsonl.gz', gzipSync(LINES.join('\n')));
    const cache = openCache(join(folder.path, 'cache'));
    const read = async (path: string) =>
      surveyFile(await openFile(path), { ranges: HERE, cache, signal: never });
    expect((await read(compressed)).survey.facts.pairCount).toBe(22);
    const plain = join(folder.path, 'a.jsonl');
    renameSync(compressed, plain);
    const renamed = await read(plain);
    expect([renamed.source, renamed.survey.recognition]).toEqual(['whole', undefined]);
    renameSync(plain, compressed);
    expect((await read(compressed)).survey.facts.pairCount).toBe(22);
  });
});
