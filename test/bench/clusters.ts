// npm run bench:clusters [-- slurm|dask]: 64 shards under Slurm and Dask on this machine, with a worker killed in the middle.
// Findings and scores must be those of one process. Needs Debian's slurm-wlm and python3-distributed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lacksDask, runDask } from './clusters/dask.ts';
import { ask } from './clusters/programs.ts';
import type { Work } from './clusters/shards.ts';
import {
  againIn,
  allFindings,
  doneIn,
  findingsOf,
  scoresOf,
  SHARDS,
  writeShards,
  writeTask,
} from './clusters/shards.ts';
import { lacksSlurm, runSlurm } from './clusters/slurm.ts';
import { timed } from './measure.ts';

const ENGINES = {
  slurm: { lacks: lacksSlurm, run: runSlurm },
  dask: { lacks: lacksDask, run: runDask },
};

const wanted = process.argv.slice(2);

// Under /tmp itself: munge refuses a socket below a folder that others can't enter.
const folder = mkdtempSync(join(tmpdir(), 'preflens-clusters-'));
ask('chmod', ['755', folder]);

const rows: string[][] = [
  ['engine', 'tasks', 'begun again', 'seconds', 'join s', 'findings', 'scores', 'note'],
];

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(0);

try {
  const data = join(folder, 'data');
  writeShards(data);
  const work = (name: string): Work => writeTask(join(folder, name), data);

  const one = work('one');
  const began = performance.now();
  for (let shard = 0; shard < SHARDS; shard++) ask(one.task, [String(shard)]);
  const alone = seconds(began);
  const whole = join(folder, 'whole.json');
  const { seconds: checkSeconds } = await timed([
    '--no-cache',
    'check',
    data,
    '--no-score',
    '--format',
    'json',
    '--out',
    whole,
  ]);
  const expected = {
    findings: findingsOf([whole], ['record', 'relation', 'dataset']),
    scores: scoresOf(one),
  };
  if (expected.findings.length < SHARDS) throw new Error('the shards hold too few errors to compare');

  const compare = async (name: string, own: Work, spent: string, note: string): Promise<void> => {
    const joined = join(own.folder, 'joined.json');
    const { seconds: joinSeconds } = await timed([
      'join',
      join(own.folder, 'facts'),
      '--format',
      'json',
      '--out',
      joined,
    ]);
    const found = allFindings(own, joined);
    const isSame = JSON.stringify(found) === JSON.stringify(expected.findings);
    const isScored = scoresOf(own) === expected.scores;
    if (!isSame || !isScored) process.exitCode = 1;
    rows.push([
      name,
      `${doneIn(own).length}`,
      `${againIn(own)}`,
      spent,
      joinSeconds.toFixed(1),
      `${found.length} ${isSame ? 'the same' : 'DIFFERENT'}`,
      isScored ? 'the same' : 'DIFFERENT',
      note,
    ]);
  };

  await compare('one process', one, alone, `check over all shards: ${checkSeconds.toFixed(1)} s`);
  for (const [name, { lacks, run }] of Object.entries(ENGINES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const why = lacks();
    if (why !== undefined) {
      rows.push([name, '', '', '', '', '', '', why]);
      process.exitCode = 1;
      continue;
    }
    const own = work(name);
    const since = performance.now();
    const note = await run(own);
    await compare(name, own, seconds(since), note);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
console.log(
  rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n'),
);
