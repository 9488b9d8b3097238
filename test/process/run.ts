import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const CLI = join(ROOT, 'dist', 'cli.js');
export const SCORER = join(ROOT, 'dist', 'scorer.js');
export const SAMPLE = join(ROOT, 'media', 'sample', 'support.jsonl');

/** A cache of this test process's own. */
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
): Promise<Run> {
  const env = { ...process.env, PREFLENS_CACHE: CACHE };
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  onStart?.(child.pid!, (signal) => child.kill(signal));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

/** Process numbers of the children of a process (Linux). */
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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
