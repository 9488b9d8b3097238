// 64 shards with pairs that are also in others, the task of one shard as a shell script, and what must come out.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stageOf } from '#core/checks/table.ts';
import type { Report } from '#core/report/report.ts';

import { generatePairs } from '../generate.ts';
import { CLI } from '../measure.ts';

export const SHARDS = 64;

const PAIRS = 150;

/** A folder with the shards, and one for the results of a run. */
export interface Work {
  readonly folder: string;
  /** Run with the number of a shard. */
  readonly task: string;
}

export const shardName = (shard: number): string =>
  `${shard === SHARDS - 1 ? 'test' : 'train'}-${String(shard).padStart(5, '0')}.jsonl`;

export function writeShards(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const all = [...generatePairs(SHARDS * PAIRS, 7, 40)];
  for (let shard = 0; shard < SHARDS; shard++) {
    const own = all.slice(shard * PAIRS, (shard + 1) * PAIRS);
    for (let i = 0; i < 6; i++) {
      const line = all[(shard * 7919 + i * 1009) % all.length]!;
      const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, string>;
      own.push(
        [
          line,
          `${JSON.stringify({ prompt, chosen: rejected, rejected: chosen })}\n`,
          `${JSON.stringify({ prompt, chosen: `${chosen} indeed`, rejected })}\n`,
        ][i % 3]!,
      );
    }
    writeFileSync(join(folder, shardName(shard)), own.join(''));
  }
}

/**
 * Each result is whole or not there, and `done` comes last, so that a task that was killed is run again as if it had never
 * begun. `check` exits with 1 for findings.
 */
export function writeTask(folder: string, data: string): Work {
  const into = (name: string): string => join(folder, name);
  for (const name of ['check', 'scores', 'facts', 'done', 'tries'])
    mkdirSync(into(name), { recursive: true });
  const names = Array.from({ length: SHARDS }, (_, shard) => shardName(shard)).join(' ');
  const task = into('task.sh');
  const preflens = `'${process.execPath}' '${CLI}' --no-cache`;
  writeFileSync(
    task,
    `#!/bin/sh
set -eu
shard=\${1:-\${SLURM_ARRAY_TASK_ID}}
set -- ${names}
shift "$shard"
data='${data}'/$1
echo $$ >> '${into('tries')}'/"$shard"
${preflens} check "$data" --format json --out '${into('check')}'/"$shard".json || [ $? -eq 1 ]
${preflens} score "$data" --out '${into('scores')}'/"$shard".jsonl
${preflens} index "$data" --facts '${into('facts')}'
touch '${into('done')}'/"$shard"
`,
    { mode: 0o755 },
  );
  return { folder, task };
}

const listOf = (folder: string): readonly number[] => readdirSync(folder).map(Number);

export const doneIn = ({ folder }: Work): readonly number[] => listOf(join(folder, 'done'));

/** Shards that more than one task began. */
export const againIn = ({ folder }: Work): number =>
  listOf(join(folder, 'tries')).filter((shard) => pidsOf(folder, shard).length > 1).length;

const pidsOf = (folder: string, shard: number): readonly number[] =>
  readFileSync(join(folder, 'tries', String(shard)), 'utf8')
    .trim()
    .split('\n')
    .map(Number);

/** The process of a task that runs. */
export function runningIn({ folder }: Work): number | undefined {
  const begun = listOf(join(folder, 'tries')).filter(
    (shard) => !existsSync(join(folder, 'done', String(shard))),
  );
  return begun.map((shard) => pidsOf(folder, shard).at(-1)!).find((pid) => existsSync(`/proc/${pid}`));
}

/** SHA-256 of the scores of all shards. */
export function scoresOf({ folder }: Work): string {
  const hash = createHash('sha256');
  for (let shard = 0; shard < SHARDS; shard++)
    hash.update(readFileSync(join(folder, 'scores', `${shard}.jsonl`)));
  return hash.digest('hex');
}

type Stages = readonly ('record' | 'relation' | 'dataset')[];

/** Findings of these stages as lines, in one order. */
export function findingsOf(reports: readonly string[], stages: Stages): readonly string[] {
  const wanted: readonly string[] = stages;
  return reports
    .flatMap((path) => (JSON.parse(readFileSync(path, 'utf8')) as Report).files)
    .flatMap(({ path, findings }) =>
      findings
        .filter(({ rule }) => wanted.includes(stageOf(rule) ?? ''))
        .map(({ line, rule, severity, message, key }) =>
          [path, line, severity, rule, message, key].join(' '),
        ),
    )
    .sort();
}

/** What the tasks found in records, and what the join of their facts found. */
export function allFindings({ folder }: Work, joined: string): readonly string[] {
  const checks = Array.from({ length: SHARDS }, (_, shard) => join(folder, 'check', `${shard}.json`));
  return [...findingsOf(checks, ['record']), ...findingsOf([joined], ['relation', 'dataset'])].sort();
}
