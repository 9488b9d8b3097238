// Runs a program that may do anything, and ends it with all its processes at a limit.
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';

import { errorMessage } from '#core/words/errorMessage.ts';

import { readRegularTextSync } from '../regularFile.ts';

/** Limits of one run. */
export interface RunLimits {
  readonly seconds: number;
  /** Of all its processes together. */
  readonly memoryMb: number;
  readonly processes: number;
  /** Of both outputs together. */
  readonly outputBytes: number;
}

export type RunEnd =
  | { readonly kind: 'exit'; readonly code: number; readonly said: string }
  /** It met a limit, or another program ended it. */
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'not-started'; readonly why: string };

/** The variables that programs need to be found and to run. All others, such as keys, stay here. */
const VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'VIRTUAL_ENV',
  'SystemRoot',
  'COMSPEC',
  'PATHEXT',
  'USERPROFILE',
];

const IS_WINDOWS = process.platform === 'win32';

/**
 * The shell is only there for its limits, and gives way to the program: the words of the command are its arguments, never its
 * text. Time of the processor also ends a loop that outlives us; files, in blocks of 512 bytes, and dumps can't fill the disk.
 */
const WITH_LIMITS = 'ulimit -c 0; ulimit -f 131072; ulimit -t "$1"; shift; exec "$@"';

/** What a shell ends with if it can't run or can't find a program. */
const SHELL_FAILED = new Set([126, 127]);

/** How often memory and processes are counted. */
const LOOK_MS = 100;

/** Kept of what a program says, for a message. */
const MAX_SAID = 300;

/** How long the last outputs of an ended program are awaited. */
const LAST_WORDS_MS = 200;

interface Usage {
  processes: number;
  bytes: number;
}

type UsageByGroup = ReadonlyMap<number, Usage>;

function add(usage: Map<number, Usage>, group: number, bytes: number): void {
  const one = usage.get(group) ?? { processes: 0, bytes: 0 };
  one.processes++;
  one.bytes += bytes;
  usage.set(group, one);
}

/** Linux: the memory of processes in these groups. A process may end while it is read. */
function usageInProc(groups: ReadonlySet<number>): UsageByGroup {
  const usage = new Map<number, Usage>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const stat = readRegularTextSync(`/proc/${pid}/stat`);
      // The name in brackets may hold anything; the state, the parent and the group follow.
      const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
      if (!groups.has(group)) continue;
      const status = readRegularTextSync(`/proc/${pid}/status`);
      add(usage, group, 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }
  return usage;
}

/** Other systems with groups of processes. */
async function usageByPs(groups: ReadonlySet<number>): Promise<UsageByGroup> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss=']);
  const usage = new Map<number, Usage>();
  for (const [, group, kb] of stdout.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm))
    if (groups.has(Number(group))) add(usage, Number(group), 1024 * Number(kb));
  return usage;
}

/** What to do with each running group when it has been measured, or why it can't be. */
const running = new Map<number, (found: Usage | string) => void>();
let looking: NodeJS.Timeout | undefined;

async function look(): Promise<void> {
  const groups = new Set(running.keys());
  const usage = process.platform === 'linux' ? usageInProc(groups) : await usageByPs(groups);
  for (const [group, used] of usage) running.get(group)?.(used);
}

function lookAgain(): void {
  looking = setTimeout(() => {
    void look()
      .catch((error: unknown) => {
        for (const tell of running.values()) tell(errorMessage(error));
      })
      .finally(() => {
        looking = undefined;
        if (running.size > 0) lookAgain();
      });
  }, LOOK_MS);
}

/** Ends a program with all processes that it started and that stayed in its group. */
function endGroup(pid: number): void {
  if (IS_WINDOWS) {
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' }).on('error', () => undefined);
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}

process.on('exit', () => {
  for (const pid of running.keys()) endGroup(pid);
});

function start(run: readonly string[], cwd: string, { seconds }: RunLimits): ChildProcess {
  const [program = '', ...rest] = IS_WINDOWS
    ? run
    : ['/bin/sh', '-c', WITH_LIMITS, 'sh', String(Math.ceil(seconds) + 1), ...run];
  const env = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  return spawn(program, rest, { cwd, env, detached: !IS_WINDOWS, windowsHide: true });
}

/** Runs a program with `input` on its standard input. Rejects with the signal's reason if it aborts. */
export async function runWatched(
  run: readonly string[],
  input: string,
  cwd: string,
  limits: RunLimits,
  signal: AbortSignal,
): Promise<RunEnd> {
  signal.throwIfAborted();
  const child = start(run, cwd, limits);
  const { pid, stdin, stdout, stderr } = child;
  const name = run[0] ?? '';
  let why: string | undefined;
  let said = '';
  let printed = 0;
  const stop = (reason: string): void => {
    why ??= reason;
    if (pid !== undefined) endGroup(pid);
  };
  const { seconds, memoryMb, processes, outputBytes } = limits;
  const deadline = setTimeout(() => {
    stop(`it did not end within ${seconds} s`);
  }, 1000 * seconds);
  const onAbort = (): void => {
    stop('it was cancelled');
  };
  signal.addEventListener('abort', onAbort);
  for (const output of [stdout, stderr])
    output?.on('data', (chunk: Buffer) => {
      printed += chunk.length;
      said = (said + chunk.toString('utf8')).slice(-MAX_SAID);
      if (printed > outputBytes) stop(`it printed more than ${outputBytes >> 10} kB`);
    });
  // A program may end without reading.
  stdin?.on('error', () => undefined);
  stdin?.end(input);
  if (pid !== undefined) {
    running.set(pid, (used) => {
      if (typeof used === 'string') stop(`its memory can’t be measured: ${used}`);
      else if (used.bytes > memoryMb * 2 ** 20) stop(`it used more than ${memoryMb} MB`);
      else if (used.processes > processes) stop(`it started more than ${processes} processes`);
    });
    if (looking === undefined && !IS_WINDOWS) lookAgain();
  }
  try {
    return await new Promise<RunEnd>((resolve) => {
      child.once('error', (error) => {
        resolve({ kind: 'not-started', why: error.message });
      });
      child.once('exit', (code, ended) => {
        // What it started in the background ends with it; only then do its outputs close.
        if (pid !== undefined) endGroup(pid);
        child.once('close', () => {
          if (why !== undefined) resolve({ kind: 'stopped', why });
          else if (code === null) resolve({ kind: 'stopped', why: `it was ended by ${ended ?? 'a signal'}` });
          else if (!IS_WINDOWS && SHELL_FAILED.has(code))
            resolve({ kind: 'not-started', why: said.trim() || `${name} can’t be run` });
          else resolve({ kind: 'exit', code, said: said.trim() });
        });
        // A process that left the group may hold the outputs.
        setTimeout(() => {
          stdout?.destroy();
          stderr?.destroy();
        }, LAST_WORDS_MS);
      });
    });
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
    if (pid !== undefined) running.delete(pid);
    signal.throwIfAborted();
  }
}
