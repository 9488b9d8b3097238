import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { codeOf } from '#node/stored.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const CLI = join(ROOT, 'dist', 'cli.js');
export const SCORER = join(ROOT, 'dist', 'scorer.js');
export const SAMPLE = join(ROOT, 'media', 'sample', 'support.jsonl');

/** A private cache for this test process. */
export const CACHE = mkdtempSync(join(tmpdir(), 'preflens-cache-'));
process.on('exit', () => {
  rmSync(CACHE, { recursive: true, force: true });
});

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line to its end. */
export async function preflens(
  args: readonly string[],
  onStart?: (pid: number, kill: (signal: NodeJS.Signals) => void) => void,
  inputPath?: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const env = { ...process.env, PREFLENS_CACHE: CACHE, ...environment };
  const input = inputPath === undefined ? 'ignore' : openSync(inputPath, 'r');
  const child = spawn(process.execPath, [CLI, ...args], { stdio: [input, 'pipe', 'pipe'], env });
  if (typeof input === 'number') closeSync(input);
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
  onStart?.(child.pid!, (signal) => child.kill(signal));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

/** Process ids of the children of a process (Linux). */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter((one) => one !== '')
      .map(Number);
  } catch {
    return [];
  }
}

/** False if the process has ended by itself. */
export function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
}

/** A zombie process is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
