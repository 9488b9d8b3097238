// Shared by the benchmarks: clocks, the memory of processes, and the plain operations to compare figures
// with.
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { LineIndex } from '#formats/lines.ts';

export const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

/** Size of a file in megabytes. */
export const mb = (path: string): number => statSync(path).size / 1e6;

/** The best of several runs, in seconds: the slower ones include the machine's other work. */
export async function best(times: number, run: () => Promise<unknown>): Promise<number> {
  let min = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await run();
    min = Math.min(min, (performance.now() - start) / 1000);
  }
  return min;
}

/** The value below which this share of the values lies; NaN if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const rising = values.toSorted((a, b) => a - b);
  return rising[Math.min(rising.length - 1, Math.floor(rising.length * share))] ?? Number.NaN;
}

/** The newline scan of the product. */
export async function scan(path: string): Promise<number> {
  const index = new LineIndex();
  const file = await open(path);
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    index.push(buffer.subarray(0, bytesRead));
  }
  await file.close();
  return index.lineStarts.length;
}

/** A bare streaming JSON.parse of every line. */
export async function bareParse(path: string): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(path, { highWaterMark: 1 << 20 }) }))
    JSON.parse(line);
}

/** Seconds of a command: until it ends, and of all processors. Those of its child processes count. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** What Node costs with these arguments. */
export function cost(args: readonly string[], more: NodeJS.ProcessEnv = {}): Cost {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2>&1';
  const env = { ...process.env, ...more, LC_ALL: 'C' };
  delete (env as NodeJS.ProcessEnv).NODE_COMPILE_CACHE;
  const { stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
    env,
  });
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}

/** Each the least of some runs. */
export function leastCost(runs: readonly Cost[]): Cost {
  return {
    wall: Math.min(...runs.map(({ wall }) => wall)),
    cpu: Math.min(...runs.map(({ cpu }) => cpu)),
  };
}

/** Commands in turn, so that what else the machine does meets all of them. */
export function inTurn(times: number, commands: readonly (readonly string[])[]): readonly Cost[] {
  const runs = commands.map((): Cost[] => []);
  for (let i = 0; i < times; i++) for (const [k, args] of commands.entries()) runs[k]?.push(cost(args));
  return runs.map(leastCost);
}

/** Parses every line of a file on two threads, and nothing else. */
export const BARE_PARSE = join(import.meta.dirname, 'bareParse.mjs');

/** Wall seconds of a command, and the peak memory of it and its scoring process together, in MB. */
export async function timed(
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ seconds: number; peakMb: number; output: string; code: number | null }> {
  const start = performance.now();
  const env = { ...process.env, ...more };
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let peakMb = 0;
  const residentOf = (pid: number): number => {
    const status = `/proc/${pid}/status`;
    if (!existsSync(status)) return 0;
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'));
    return Number(resident?.[1] ?? 0) / 1024;
  };
  const timer = setInterval(() => {
    try {
      const children = readFileSync(`/proc/${child.pid!}/task/${child.pid!}/children`, 'utf8')
        .trim()
        .split(' ');
      const all = [child.pid!, ...children.filter((pid) => pid !== '').map(Number)].map(residentOf);
      peakMb = Math.max(
        peakMb,
        all.reduce((sum, one) => sum + one, 0),
      );
    } catch {
      // The process has just ended.
    }
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  return { seconds: (performance.now() - start) / 1000, peakMb, output, code };
}
