// Dask on this machine: a scheduler and several workers, all bound to 127.0.0.1.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Started } from './programs.ts';
import { end, freePort, killWhole, start, until } from './programs.ts';
import type { Work } from './shards.ts';
import { doneIn, SHARDS } from './shards.ts';

const WORKERS = 4;

/** Debian's own Python: the one that has Debian's packages. */
const PYTHON = '/usr/bin/python3';

/** What is missing to run it; undefined if nothing is. */
export const lacksDask = (): string | undefined =>
  spawnSync(PYTHON, ['-c', 'import distributed']).status === 0
    ? undefined
    : 'Dask is not installed: apt-get install python3-distributed';

/** Runs the task for each shard; kills a worker in the middle. Dask gives its tasks to the others. */
export async function runDask(work: Work): Promise<string> {
  const own = join(work.folder, 'dask');
  mkdirSync(own);
  const port = await freePort();
  const address = `tcp://127.0.0.1:${port}`;
  const logs = ['scheduler', 'workers', 'client'].map((name) => join(own, `${name}.log`));
  const env = { DASK_DISTRIBUTED__WORKER__PROFILE__INTERVAL: '1s', HOME: own };
  const dask = (name: string, args: readonly string[], log: string): Started =>
    start(PYTHON, ['-m', `distributed.cli.dask_${name}`, ...args], log, env);
  const started: Started[] = [];
  try {
    started.push(
      dask('scheduler', ['--host', '127.0.0.1', '--port', String(port), '--no-dashboard'], logs[0]!),
    );
    const options = ['--host', '127.0.0.1', '--nthreads', '1', '--no-nanny', '--no-dashboard'];
    const workers = Array.from({ length: WORKERS }, (_, i) =>
      dask('worker', [address, ...options, '--local-directory', join(own, String(i))], logs[1]!),
    );
    started.push(...workers);
    const script = join(import.meta.dirname, 'tasks.py');
    const client = start(PYTHON, [script, address, work.task, String(SHARDS)], logs[2]!, env);
    started.push(client);
    await until('a third of the tasks', () => doneIn(work).length >= SHARDS / 3, logs, 600);
    killWhole(workers[0]!.child.pid!);
    await until('the tasks', () => client.child.exitCode !== null, logs, 900);
    if (client.child.exitCode !== 0)
      throw new Error(`dask: the client ended with ${client.child.exitCode}, see ${logs[2]}`);
    return `${WORKERS - 1} workers left`;
  } finally {
    for (const one of started.reverse()) await end(one);
  }
}
