import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { openFile } from '#node/files.ts';
import { assertFits, factsBytes, recordBytesFor } from '#node/memoryLimits.ts';
import { surveyFile } from '#node/surveyFile.ts';

import { HERE } from '../fakes/threads.ts';
import { preflens } from '../process/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-memory-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
  return join(folder, name);
}
const good = (i: number): string => `{"prompt":"Q${i}","chosen":"good ${i}","rejected":"bad ${i}"}`;

describe('35: --memory', () => {
  it('35: every command reports and skips a record that is too long, and the pairs keep their numbers', async () => {
    const long = JSON.stringify({ prompt: 'Long', chosen: 'yes '.repeat(600_000), rejected: 'no' });
    const path = write('long.jsonl', [good(1), long, ...Array.from({ length: 60 }, (_, i) => good(i + 2))]);
    const small = await preflens(['--memory', '24', 'check', '--no-score', path]);
    expect(small.code, small.err).toBe(1);
    expect(small.out).toContain(
      ':2:1: error invalid-json: The record is longer than 1 MiB and was skipped. `preflens check --memory MB` reads longer ones.',
    );
    expect(small.err).toContain('61 pairs in 62 records');
    const large = await preflens(['--memory', '240', 'check', '--no-score', path]);
    expect([large.code, large.out.includes('invalid-json')]).toEqual([0, false]);
    expect(large.err).toContain('62 pairs in 62 records');
    const scored = await preflens(['--memory', '24', 'score', path, '--out', '-']);
    expect(scored.code, scored.err).toBe(0);
    const records = scored.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { record: number }).record);
    expect(records).toEqual([0, ...Array.from({ length: 60 }, (_, i) => i + 2)]);
  });

  it('35: too many records are refused before they fill it, with the memory they need', async () => {
    const path = write(
      'many.jsonl',
      Array.from({ length: 25_000 }, (_, i) => good(i)),
    );
    const { code, err } = await preflens(['--no-cache', '--memory', '4', 'check', '--no-score', path]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /many\.jsonl: this many records need about \d+ MB of memory, but the limit is 4 MB\. Raise it \(--memory \d+/,
    );
    const need = /--memory (\d+)/.exec(err)![1]!;
    const again = await preflens(['--no-cache', '--memory', need, 'check', '--no-score', path]);
    expect(again.err).toContain('25,000 pairs in 25,000 records');
  });

  it('35: also if each file fits alone', async () => {
    for (let shard = 0; shard < 4; shard++)
      write(
        `part-0000${shard}-of-00004.jsonl`,
        Array.from({ length: 12_000 }, (_, i) => good(shard * 12_000 + i)),
      );
    const shards = [0, 1, 2, 3].map((shard) => join(folder, `part-0000${shard}-of-00004.jsonl`));
    const { code, err } = await preflens(['--no-cache', '--memory', '4', 'check', '--no-score', ...shards]);
    expect([code, err]).toEqual([2, expect.stringContaining('this many records need about')]);
  });

  it('35: a survey stops when it is known not to fit, not at its end', async () => {
    const path = write(
      'early.jsonl',
      Array.from({ length: 100_000 }, (_, i) => good(i)),
    );
    const file = await openFile(path);
    let read = 0;
    const ranges = {
      ...HERE,
      run: (async (work, task, onBytes, signal) =>
        HERE.run(
          work,
          task,
          (bytes) => {
            read += bytes;
            onBytes(bytes);
          },
          signal,
        )) as typeof HERE.run,
    };
    const signal = new AbortController().signal;
    await expect(surveyFile(file, { ranges, memoryMb: 20, signal })).rejects.toThrow(
      'this many records need',
    );
    expect(read).toBeLessThan(file.size / 2);
  });

  it('35: is reported in round numbers that are sufficient', () => {
    const tenMillion = factsBytes({ recordCount: 1e7, pairCount: 1e7 });
    expect(() => {
      assertFits('data', tenMillion, 1024);
    }).toThrow('data: this many records need about 1700 MB of memory, but the limit is 1024 MB.');
    assertFits('data', tenMillion, 1700);
    expect([recordBytesFor(1024), recordBytesFor(1e6)]).toEqual([43 * 2 ** 20, 256 * 2 ** 20]);
  });
});
