// Programs that a bench starts: ended by their own ids, and nothing else.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export const SECONDS = 1000;

export interface Started {
  readonly child: ChildProcess;
  readonly name: string;
}

/** Starts a program. What it says goes to a file. */
export function start(
  name: string,
  args: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv = {},
): Started {
  const out = openSync(log, 'a');
  const child = spawn(name, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env } });
  return { child, name };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

export async function end({ child }: Started): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([ended, setTimeout(5 * SECONDS)]);
  if (!hasEnded(child)) child.kill('SIGKILL');
}

/** The output of a command that must succeed. */
export function ask(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { stdout, stderr, status, error } = spawnSync(name, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (error ?? status !== 0) throw new Error(`${name} ended with ${status}: ${error?.message ?? stderr}`);
  return stdout;
}

/** Waits until something holds. Throws with the logs if it does not within the time. */
export async function until(
  what: string,
  isSo: () => boolean,
  logs: readonly string[],
  seconds = 60,
): Promise<void> {
  for (const last = Date.now() + seconds * SECONDS; !isSo();) {
    if (Date.now() > last) {
      const said = logs
        .filter(existsSync)
        .map((log) => readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n'));
      throw new Error(`${what}: not within ${seconds} s\n${said.join('\n')}`);
    }
    await setTimeout(200);
  }
}

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Processes below one, the deepest first. */
function below(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const own = existsSync(path)
    ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number)
    : [];
  return [...own.flatMap(below), ...own];
}

/** Kills a process of ours and what it started, as when its machine fails. */
export function killWhole(pid: number): void {
  for (const one of [pid, ...below(pid)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
