// Text search in an open file of the language server, on two threads: beside grep, and beside Buffer's search for the bare
// bytes, of the same file in the same run.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  createWriteStream,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

import { UserError } from '#core/messages.ts';
import { threads } from '#node/threads.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';
import type { Session } from '#session/session.ts';
import { rowsOf } from '#session/views/rows.ts';

import type { MemoryHost } from '../fakes/sessionHost.ts';
import { memoryHost } from '../fakes/sessionHost.ts';
import { mb } from './measure.ts';

const TEXT_MB = 500;
const MIN_MB_S = 400;
const THREAD = join(import.meta.dirname, '..', '..', 'dist', 'thread.js');

interface Run {
  /** Milliseconds. */
  readonly first: number;
  readonly all: number;
  readonly total: number;
  /** Seconds of all cores. */
  readonly cpu: number;
}

export interface Bench {
  readonly host: MemoryHost;
  write(name: string, lines: Iterable<string>): Promise<string>;
  open(path: string): Promise<Session>;
  /** To the first 100 rows, and to the end. */
  run(session: Session, selection: Partial<RowSelection>): Promise<Run>;
  close(): void;
}

function* longRecords(): Generator<string> {
  const given = process.env.PREFLENS_BENCH_TEXT;
  const path = given ?? join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl');
  if (!existsSync(path)) throw new Error(`${path}: no such file`);
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  for (let i = 0, bytes = 0; bytes < TEXT_MB * 1e6; i++) {
    const line = `${lines[i % lines.length]!.replace(/^\{/, `{"n":${i},`)}\n`;
    bytes += line.length;
    yield line;
  }
}

export function openBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-query-'));
  const host = memoryHost(
    folder,
    {},
    threads(THREAD, 2, (message) => new UserError(message)),
  );
  return {
    host,
    async write(name: string, lines: Iterable<string>): Promise<string> {
      const path = join(folder, name);
      const batches = function* (): Generator<string> {
        let batch = '';
        for (const line of lines) {
          batch += line;
          if (batch.length < 1 << 20) continue;
          yield batch;
          batch = '';
        }
        yield batch;
      };
      await pipeline(Readable.from(batches()), createWriteStream(path));
      return path;
    },
    async open(path: string): Promise<Session> {
      const uri = pathToFileURL(path).toString();
      const start = performance.now();
      await host.sessions.openFile(uri);
      await host.until(uri, ({ phase }) => phase !== 'reading');
      console.log(
        `${path.split('/').at(-1)}: ${mb(path).toFixed(0)} MB, read in ${((performance.now() - start) / 1000).toFixed(1)} s`,
      );
      return host.sessions.get(uri)!;
    },
    async run(
      session: Session,
      selection: Partial<RowSelection>,
    ): Promise<{ first: number; all: number; total: number; cpu: number }> {
      const whole: RowSelection = { order: 'all', query: '', ...selection };
      const start = performance.now();
      const used = process.cpuUsage();
      let first = 0;
      for (;;) {
        const selected = session.selections.select(whole);
        const { rows, search, fault, total } = rowsOf(session.dataset, selected, {
          columns: ['source'],
          start: 0,
          end: 100,
        });
        if (fault) throw new Error(fault.message);
        if (first === 0 && rows.length > 0) first = performance.now() - start;
        if (!search) {
          const { user, system } = process.cpuUsage(used);
          return { first, all: performance.now() - start, total, cpu: (user + system) / 1e6 };
        }
        await host.foundMore();
      }
    },
    close() {
      host.sessions.closeAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Searches the bytes of a file for a word as it stands, in one thread: about as fast as they can be read. */
function countBare(path: string, word: string): void {
  const file = openSync(path, 'r');
  const block = Buffer.alloc(1 << 20);
  try {
    for (let length = readSync(file, block); length > 0; length = readSync(file, block)) {
      const read = block.subarray(0, length);
      for (let at = read.indexOf(word); at >= 0; at = read.indexOf(word, at + 1));
    }
  } finally {
    closeSync(file);
  }
}

export async function measureTextSearch(
  bench: Bench,
  judge: (words: string, isGood: boolean) => void,
): Promise<void> {
  const path = await bench.write('text.jsonl', longRecords());
  const text = await bench.open(path);
  const speed = (ms: number): string => `${(mb(path) / (ms / 1000)).toFixed(0)} MB/s`;
  // What threads take to start is not part of a speed.
  await bench.run(text, { query: 'warm' });
  for (const [query, isBound] of [
    ['zebrafish', true],
    ['"language model"', true],
    ['chosen:refuse', true],
    ['café', true],
    ['温度', true],
    ['/refus|cannot/i', false],
    ['/[A-Z]{6}/', false],
    ['the', false],
  ] as const) {
    const { first, all, total, cpu } = await bench.run(text, { query });
    judge(
      `search ${query}: ${total.toLocaleString('en')} rows, first after ${first.toFixed(0)} ms, ${speed(all)}; ${(mb(path) / cpu).toFixed(0)} MB for each second of a core`,
      !isBound || mb(path) / (all / 1000) >= MIN_MB_S,
    );
  }
  const time = (work: () => void): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  for (const word of ['zebrafish', 'language model']) {
    const grep = time(() => spawnSync('grep', ['-c', '-i', word, path]));
    const bare = time(() => {
      countBare(path, word);
    });
    console.log(`  ${word}: grep -c -i ${speed(grep)}, Buffer.indexOf ${speed(bare)}, both on one core`);
  }
}
