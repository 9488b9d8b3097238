// Facts of shards, joined, say what one check over all shards says.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';

import { stageOf } from '#core/checks/table.ts';
import type { Report } from '#core/report/report.ts';
import { seededRandom } from '#core/score/random.ts';

import { generatePairs } from '../bench/generate.ts';
import { testFolder } from '../fakes/files.ts';
import { preflens, ROOT } from './run.ts';

const folder = testFolder('process-join');

const SHARDS = 5;

/** Shards with pairs that are also in others: as they are, flipped, almost, and without their prompts. */
function writeShards(): string {
  const random = seededRandom(11);
  const all = [...generatePairs(SHARDS * 60, 3, 30)];
  const planted = [
    (line: string) => line,
    (line: string) => {
      const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, string>;
      return `${JSON.stringify({ prompt, chosen: rejected, rejected: chosen })}\n`;
    },
    (line: string) => line.replace('"}', ' indeed"}'),
    (line: string) => line.replace(/"prompt":"[^"]*"/, '"prompt":""'),
    () => '{"prompt": broken\n',
  ];
  for (let shard = 0; shard < SHARDS; shard++) {
    const own = all.slice(60 * shard, 60 * (shard + 1));
    for (let i = 0; i < 20; i++)
      own.push(planted[i % planted.length]!(all[Math.floor(random() * all.length)]!));
    const name = shard === SHARDS - 1 ? 'test.jsonl' : `train-${shard}.jsonl`;
    folder.write(`data/${name}`, own.join(''));
  }
  return join(folder.path, 'data');
}

/** What is between records or about files; the column is known to the text alone. */
function between(text: string): unknown {
  const { files } = JSON.parse(text) as Report;
  return files.map(({ path, findings, recordCount, pairCount }) => ({
    path,
    recordCount,
    pairCount,
    findings: findings
      .filter(({ rule }) => ['relation', 'dataset'].includes(stageOf(rule) ?? ''))
      .map(({ rule, severity, message, line, key, other }) => ({
        rule,
        severity,
        message,
        line,
        key,
        other,
      })),
  }));
}

it('finds in the facts of all shards what check finds in all shards', async () => {
  const data = writeShards();
  const facts = join(folder.path, 'facts');
  for (const name of readdirSync(data)) {
    const { code, err } = await preflens(['index', join(data, name), '--facts', facts]);
    expect([code, err]).toEqual([0, '']);
  }
  const checked = await preflens(['check', data, '--no-score', '--format', 'json']);
  const joined = await preflens(['join', facts, '--format', 'json']);
  expect([checked.code, joined.code]).toEqual([1, 1]);
  expect(between(joined.out)).toEqual(between(checked.out));
  const rules = new Set(
    (JSON.parse(joined.out) as Report).files.flatMap(({ findings }) => findings.map(({ rule }) => rule)),
  );
  for (const rule of ['duplicate-pair', 'opposite-duplicate', 'near-duplicate-pair', 'split-leak'])
    expect([...rules]).toContain(rule);
  // Nothing of the texts is in the facts.
  for (const name of readdirSync(facts))
    expect(readFileSync(join(facts, name), 'latin1')).not.toContain('indeed');
});

it('writes margins that a scorer gave', async () => {
  const data = folder.write('data.jsonl', [...generatePairs(200, 4, 30)].join(''));
  const scored = await preflens(['score', data, '--out', join(folder.path, 'scores.jsonl')]);
  expect(scored.code).toBe(0);
  const facts = join(folder.path, 'facts');
  expect((await preflens(['index', data, '--facts', facts, '--score'])).code).toBe(0);
  const scores = readFileSync(join(folder.path, 'scores.jsonl'), 'utf8').trim().split('\n');
  const margins = scores.map((line) => Math.fround((JSON.parse(line) as { margin: number }).margin));
  const db = await (await DuckDBInstance.create()).connect();
  const rows = await db.runAndReadAll(`SELECT margin FROM '${facts}/*.parquet' ORDER BY record, pair`);
  const read = rows.getRows().map(([margin]) => margin as number);
  expect(read).toHaveLength(margins.length);
  for (const [i, margin] of read.entries()) expect(margin).toBeCloseTo(margins[i]!, 3);
});

/** A block of SQL in the page about clusters. */
function sqlOf(title: string): string {
  const page = readFileSync(join(ROOT, 'media', 'docs', 'clusters.md'), 'utf8');
  const [, sql] = new RegExp(`-- ${title}\\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  return sql ?? '';
}

it('is the same join as the SQL of the page, in DuckDB', async () => {
  const data = writeShards();
  const facts = join(folder.path, 'facts');
  expect((await preflens(['index', data, '--facts', facts])).code).toBe(0);
  const { files } = JSON.parse((await preflens(['join', facts, '--format', 'json'])).out) as Report;
  const db = await (await DuckDBInstance.create()).connect();
  const found = async (title: string): Promise<readonly string[]> => {
    const sql = sqlOf(title).replaceAll("'facts/", `'${facts}/`);
    expect(sql, title).toContain('SELECT');
    const rows = (await db.runAndReadAll(sql)).getRowsJson() as [file: string, line: number][];
    return rows.map(([file, line]) => `${file.replace(/\.[0-9a-f]{8}\.facts\.parquet$/, '')}:${line}`).sort();
  };
  const reported = (rule: string): readonly string[] =>
    files
      .flatMap(({ path, findings }) =>
        findings
          .filter((one) => one.rule === rule)
          .map(({ line }) => `${path.replace(`${data}/`, '')}:${line}`),
      )
      .sort();
  const names = async (title: string): Promise<readonly string[]> =>
    (await found(title)).map((place) => place.slice(place.lastIndexOf('/') + 1));
  expect(await names('duplicate-pair')).toEqual(reported('duplicate-pair'));
  expect(await names('opposite-duplicate')).toEqual(reported('opposite-duplicate'));
  expect(await names('split-leak')).toEqual(reported('split-leak'));
  expect(reported('duplicate-pair').length).toBeGreaterThan(5);
});

it('knows a file again by another path', async () => {
  const data = folder.write('data.jsonl', [...generatePairs(20, 4, 30)].join(''));
  const facts = join(folder.path, 'facts');
  await preflens(['index', data, '--facts', facts]);
  await preflens(['index', relative(process.cwd(), data), '--facts', facts]);
  expect(readdirSync(facts)).toHaveLength(1);
});

it('says what is missing', async () => {
  const empty = await preflens(['join', folder.path]);
  expect([empty.code, empty.err]).toEqual([
    2,
    `${folder.path}: no tables of facts. Write them with preflens index SHARD --facts ${folder.path}.\n`,
  ]);
  const data = folder.write('data.jsonl', [...generatePairs(20, 4, 30)].join(''));
  const facts = join(folder.path, 'facts');
  await preflens(['index', data, '--facts', facts]);
  const alone = await preflens(['index', data, '--score']);
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('--facts <folder>')]);
  const small = await preflens(['--memory', '100', 'join', facts]);
  expect([small.code, small.err]).toEqual([2, expect.stringContaining('Raise it (--memory 290;')]);
});
