import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ScoreLine } from '../../server/src/cli/score.ts';
import { flipLines, hasData, HH, NEEDS_DATA, readFlips, readLines } from '../bench/flips.ts';
import { generatePairs } from '../bench/generate.ts';
import { childrenOf, isAlive, preflens, SAMPLE } from './run.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
function write(name: string, bytes: string | Uint8Array): string {
  writeFileSync(at(name), bytes);
  return at(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflens-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const good = (i: number): string =>
  `{"prompt":"Question ${i}?","chosen":"A good answer ${i}.","rejected":"bad"}`;
const lines = (...all: string[]): string => all.join('\n');

describe('check', () => {
  it('passes clean files: exit 0, nothing on standard output', async () => {
    const { code, out, err } = await preflens(['check', write('clean.jsonl', lines(good(1), good(2), ''))]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('2 pairs in 2 records, TRL explicit prompt, 0 findings');
  });

  it.each([
    [
      'a broken line',
      lines(good(1), '{"prompt":"x",}', good(2)),
      /:2:15: error invalid-json: Not valid JSON at byte 15 of the line/,
    ],
    [
      'BOM',
      `\ufeff${lines(good(1), '{"prompt":"x","chosen":"","rejected":"y"}')}`,
      /:2:24: error empty-response/,
    ],
    [
      'BOM on the broken line',
      `\ufeff{"prompt":"x","chosen":"","rejected":"y"}\n${good(1)}`,
      /:1:24: error empty-response/,
    ],
    ['CRLF', `${good(1)}\r\n{"prompt":"x","chosen":"","rejected":"y"}\r\n`, /:2:24: error empty-response/],
    [
      'no last line end',
      lines(good(1), '{"prompt":"x","chosen":"","rejected":"y"}'),
      /:2:24: error empty-response/,
    ],
    [
      'blank lines',
      lines('', good(1), '', '{"prompt":"x","chosen":"","rejected":"y"}'),
      /:4:24: error empty-response/,
    ],
    [
      'columns in UTF-16 units',
      lines(good(1), '{"prompt":"🐦é","chosen":"","rejected":"y"}'),
      /:2:26: error empty-response/,
    ],
    [
      'a missing field',
      lines(good(1), '{"prompt":"x","chosen":"y"}'),
      /:2:1: error missing-field: The record has no "rejected"/,
    ],
    [
      'a boolean for a text',
      lines(good(1), '{"prompt":"x","chosen":"y","rejected":false}'),
      /:2:39: error wrong-type/,
    ],
  ])('reports the place of %s: exit 1, and checks the rest', async (name, text, expected) => {
    const { code, out, err } = await preflens(['check', write(`${name}.jsonl`, text)]);
    expect(out).toMatch(expected);
    expect(out.trim().split('\n').length).toBe(1);
    expect(code).toBe(1);
    expect(err).toMatch(/(?:1 pair|2 pairs) in [23] records/);
  });

  it('reports bad UTF-8 with line and byte, and continues', async () => {
    const bad = Buffer.concat([
      Buffer.from(`${good(1)}\n{"prompt":"`),
      Buffer.from([0xff]),
      Buffer.from(`"}\n${good(2)}\n`),
    ]);
    const { code, out } = await preflens(['check', write('utf8.jsonl', bad)]);
    expect(out).toMatch(/:2:12: error invalid-json: Invalid UTF-8 at byte 12 of the line/);
    expect(code).toBe(1);
  });

  it('survives deep nesting and a 30 MB line', async () => {
    const deep = `{"prompt":"x","chosen":${'['.repeat(100_000)}${']'.repeat(100_000)},"rejected":"y"}`;
    const long = `{"prompt":"x","chosen":"${'word '.repeat(6_000_000)}","rejected":"y\\n\\nHuman: z"}`;
    const { code, out } = await preflens([
      'check',
      '--no-score',
      write('hostile.jsonl', lines(good(1), deep, long, good(2), good(3))),
    ]);
    expect(out).toContain(':2:24: error wrong-type');
    expect(out).toMatch(/:3:30000044: warning turn-marker-in-response/);
    expect(code).toBe(1);
  });

  it.each([
    ['nothing.jsonl', 'no such file. Check the path.'],
    ['bare', 'no dataset in this folder or below it'],
    ['empty.jsonl', 'the file is empty.'],
    ['blank.jsonl', 'the file is empty.'],
    ['logs.jsonl', 'no preference pairs recognised. The records have the fields "level", "text".'],
    ['torn.jsonl.gz', 'the gzip data is damaged'],
    ['fake.jsonl.gz', 'the gzip data is damaged'],
  ])('cannot run on "%s": exit 2 and what to do', async (name, expected) => {
    mkdirSync(at('bare'), { recursive: true });
    write('empty.jsonl', '');
    write('blank.jsonl', '\n \r\n');
    write('logs.jsonl', '{"level":1,"text":"x"}\n');
    const torn = write('torn.jsonl.gz', gzipSync(lines(...Array.from({ length: 5000 }, (_, i) => good(i)))));
    truncateSync(torn, 9000);
    write('fake.jsonl.gz', good(1));
    const { code, out, err } = await preflens(['check', at(name)]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(expected);
    expect(err.trim().split('\n').length).toBe(1);
  });

  it('checks the other files when one cannot be read', async () => {
    const [first, last] = [write('first.jsonl', '{broken\n' + good(1)), write('last.jsonl', good(2))];
    const { code, out, err } = await preflens(['check', first, at('nothing.jsonl'), last]);
    expect(code).toBe(2);
    expect(out).toContain('first.jsonl:1:2: error invalid-json');
    expect(err).toMatch(/nothing\.jsonl: no such file.*\n.*last\.jsonl: 1 pair /);
  });

  it('shows its usage when called wrongly: exit 2', async () => {
    for (const args of [['check'], ['nonsense'], ['score', SAMPLE], ['selftest', SAMPLE, '--seed', 'x']]) {
      const { code, err } = await preflens(args);
      expect(code).toBe(2);
      expect(err).toContain('error:');
    }
    expect((await preflens(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await preflens(['--help'])).code).toBe(0);
  });

  it('never writes to the dataset', async () => {
    const hash = (): string => createHash('sha256').update(readFileSync(SAMPLE)).digest('hex');
    const before = hash();
    for (const args of [
      ['check', SAMPLE],
      ['selftest', SAMPLE],
      ['score', SAMPLE, '--out', at('s.jsonl')],
    ])
      await preflens(args);
    expect(hash()).toBe(before);
  });
});

const readScores = (path: string): ScoreLine[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ScoreLine);

describe('score', () => {
  it('writes one line per pair, in file order, the same on every run and from gzip', async () => {
    const zipped = write('sample.jsonl.gz', gzipSync(readFileSync(SAMPLE)));
    for (const [input, output] of [
      [SAMPLE, 'a.jsonl'],
      [SAMPLE, 'b.jsonl'],
      [zipped, 'c.jsonl'],
    ] as const) {
      const { code, out, err } = await preflens(['score', input, '--out', at(output)]);
      expect([code, out]).toEqual([0, '']);
      expect(err).not.toContain('\r');
    }
    expect(readFileSync(at('b.jsonl')).equals(readFileSync(at('a.jsonl')))).toBe(true);
    expect(readFileSync(at('c.jsonl')).equals(readFileSync(at('a.jsonl')))).toBe(true);
    const scores = readScores(at('a.jsonl'));
    expect(scores.length).toBe(596);
    expect(scores.every(({ record }, i) => i === 0 || record > scores[i - 1]!.record)).toBe(true);
    expect(Object.keys(scores[0]!)).toEqual([
      'record',
      'pair',
      'pairKey',
      'chosenKey',
      'rejectedKey',
      'scorer',
      'margin',
      'percentile',
      'reasons',
    ]);
    for (const { pair, pairKey, scorer, margin, percentile, reasons } of scores) {
      expect([pair, scorer]).toEqual([0, 'consistency@3']);
      expect(pairKey).toMatch(/^[0-9a-f]{16}$/);
      expect(Number.isFinite(margin)).toBe(true);
      expect(percentile >= 0 && percentile < 100).toBe(true);
      expect(reasons!.length).toBeGreaterThan(0);
    }
    const byMargin = [...scores].sort((a, b) => a.margin - b.margin);
    expect(
      byMargin.every(({ percentile }, i) => i === 0 || percentile >= byMargin[i - 1]!.percentile - 0.001),
    ).toBe(true);
    const other = await preflens(['score', SAMPLE, '--seed', '2', '--out', '-']);
    expect(other.out.trim().split('\n').length).toBe(596);
    expect(other.out).not.toBe(readFileSync(at('a.jsonl'), 'utf8'));
  });

  it('writes an Arrow file if the name ends in .arrow', async () => {
    await preflens(['score', SAMPLE, '--out', at('s.arrow')]);
    await preflens(['score', SAMPLE, '--out', at('s.jsonl')]);
    const table = tableFromIPC(readFileSync(at('s.arrow')));
    const rows = table.toArray().map((row) => ({ ...(row as { toJSON(): object }).toJSON() }));
    const expected = readScores(at('s.jsonl')).map(
      ({ record, pair, margin, percentile, pairKey, chosenKey, rejectedKey, scorer }) => ({
        record,
        pair,
        margin,
        percentile,
        pairKey,
        chosenKey,
        rejectedKey,
        scorer,
      }),
    );
    expect(rows).toEqual(expected);
  });

  it('ranks planted flips first on the sample, with negative margins', async () => {
    await preflens(['score', SAMPLE, '--out', at('p.jsonl')]);
    const planted = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'fixtures', 'sample.planted.json'), 'utf8'),
    ) as { flipped: number[] };
    const worst = readScores(at('p.jsonl'))
      .sort((a, b) => a.margin - b.margin)
      .slice(0, 12);
    expect(worst.filter(({ record }) => planted.flipped.includes(record)).length).toBeGreaterThanOrEqual(11);
    expect(worst.every(({ margin }) => margin < 0)).toBe(true);
  });

  it('fits one model for each value of a field, found or named', async () => {
    const opposite = [...generatePairs(800, 3, 30)].map((line, i) => {
      const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, string>;
      const group = i % 2 === 0 ? 'long' : 'short';
      return JSON.stringify(
        group === 'long'
          ? { prompt, chosen, rejected, group }
          : { prompt, chosen: rejected, rejected: chosen, group },
      );
    });
    const input = write('groups.jsonl', lines(...opposite));
    const accuracy = async (...args: string[]): Promise<number> =>
      (
        JSON.parse((await preflens(['selftest', input, '--json', ...args])).out) as {
          accuracy: { value: number };
        }
      ).accuracy.value;
    expect(await accuracy('--group-by', 'none')).toBeLessThan(0.58);
    expect(await accuracy()).toBeGreaterThan(0.62);
    expect(await accuracy('--group-by', 'group')).toBeGreaterThan(0.62);
  });

  it('refuses files it cannot score, and refuses to overwrite the dataset', async () => {
    const few = write('few.jsonl', lines(...Array.from({ length: 20 }, (_, i) => good(i))));
    expect(await preflens(['score', few, '--out', at('x.jsonl')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('20 pairs are too few to score') as string,
    });
    expect((await preflens(['score', SAMPLE, '--out', SAMPLE])).err).toContain('would overwrite the dataset');
    expect(existsSync(at('x.jsonl'))).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    '(on Linux) continues when the scoring process is killed, with the same result',
    async () => {
      const input = write('kill.jsonl', lines(...[...generatePairs(3000, 5, 80)].map((line) => line.trim())));
      await preflens(['score', input, '--out', at('whole.jsonl')]);
      const killed = new Set<number>();
      const { code, err } = await preflens(['score', input, '--out', at('broken.jsonl')], (pid) => {
        const timer = setInterval(() => {
          if (!isAlive(pid)) clearInterval(timer);
          const [scorer] = childrenOf(pid);
          if (scorer === undefined || killed.has(scorer) || killed.size === 2) return;
          killed.add(scorer);
          setTimeout(() => {
            if (isAlive(scorer)) process.kill(scorer, 'SIGKILL');
          }, 300);
        }, 20);
      });
      expect(code).toBe(0);
      expect(err).toContain('The scoring process ended (signal SIGKILL). Starting again.');
      expect(readFileSync(at('broken.jsonl')).equals(readFileSync(at('whole.jsonl')))).toBe(true);
    },
  );

  it.runIf(process.platform === 'linux')('(on Linux) leaves nothing behind when interrupted', async () => {
    const input = write('stop.jsonl', lines(...[...generatePairs(6000, 6, 80)].map((line) => line.trim())));
    let children: number[] = [];
    const { code, err } = await preflens(['score', input, '--out', at('stopped.jsonl')], (pid, kill) => {
      const timer = setInterval(() => {
        children = childrenOf(pid);
        if (children.length === 0) return;
        clearInterval(timer);
        setTimeout(() => {
          kill('SIGINT');
        }, 300);
      }, 20);
    });
    expect(code).toBe(2);
    expect(err).toContain('Cancelled. Nothing was written.');
    expect(children.length).toBe(1);
    expect(children.filter(isAlive)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });
});

describe('selftest', () => {
  it('prints accuracy with its interval, the length rule, AUROC and precision', async () => {
    const { code, out } = await preflens(['selftest', SAMPLE]);
    expect(code).toBe(0);
    for (const pattern of [
      /Accuracy +\d+\.\d % \(\d+\.\d % to \d+\.\d %\)/,
      /Longer answer wins +\d+\.\d %/,
      /AUROC +0\.\d{3} \(length alone 0\.\d{3}, chance 0\.500\)/,
      /Precision at top 1 %/,
      /Precision at top 5 %/,
    ]) {
      expect(out).toMatch(pattern);
    }
    const json = JSON.parse((await preflens(['selftest', SAMPLE, '--json'])).out) as Record<string, unknown>;
    expect(json).toMatchObject({ pairs: 596, scorer: 'consistency@3', seed: 1, flippedShare: 0.2 });
    expect(json.auroc).toBeGreaterThan(0.85);
  });

  it.runIf(hasData)(`finds the planted flips in real data${NEEDS_DATA}`, async () => {
    const name = HH[0]!;
    const clean = readLines(name);
    const sign = readFlips(name, clean.length);
    const input = write('hh.jsonl', flipLines(clean, sign).join('\n'));
    await preflens(['score', input, '--out', at('hh.scores.jsonl')]);
    const worst = readScores(at('hh.scores.jsonl'))
      .sort((a, b) => a.margin - b.margin)
      .slice(0, 70);
    expect(worst.filter(({ record }) => sign[record] === -1).length).toBeGreaterThan(25);
  });
});
