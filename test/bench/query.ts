// npm run bench:query: filter and sort a million records, and search real text, in an open file of the language server.
// PREFLENS_BENCH_TEXT names JSON Lines of real text; without it, sentences of the sample are used.
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

import { UserError } from '#core/messages.ts';
import { seededRandom } from '#core/score/random.ts';
import { threads } from '#node/threads.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';
import type { Session } from '#session/session.ts';
import { rowsOf } from '#session/views/rows.ts';

import type { MemoryHost } from '../fakes/sessionHost.ts';
import { memoryHost } from '../fakes/sessionHost.ts';
import { mb } from './measure.ts';

const COUNT = 1_000_000;
const TEXT_MB = 500;
/** Of the first screen, in milliseconds, and of a text search, in MB/s. */
const [MAX_SCREEN_MS, MIN_MB_S] = [200, 400];

const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-query-'));
const random = seededRandom(1);
const THREAD = join(import.meta.dirname, '..', '..', 'dist', 'thread.js');
const host: MemoryHost = memoryHost(
  folder,
  {},
  threads(THREAD, 2, (message) => new UserError(message)),
);

function* shortRecords(): Generator<string> {
  for (let i = 0; i < COUNT; i++) {
    const source = ['sharegpt', 'hh', 'arena', 'ultra'][Math.floor(random() * 4)];
    const id = Math.floor(random() * 1e9).toString(36);
    yield `{"prompt":"question ${i}","chosen":"${'yes '.repeat(1 + Math.floor(random() * 12))}","rejected":"${'no '.repeat(1 + Math.floor(random() * 12))}","source":"${source}","score":${random().toFixed(4)},"id":"${id}"}\n`;
  }
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

async function write(name: string, lines: Iterable<string>): Promise<string> {
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
}

async function open(path: string): Promise<Session> {
  const uri = pathToFileURL(path).toString();
  const start = performance.now();
  await host.sessions.openFile(uri);
  await host.until(uri, ({ phase }) => phase !== 'reading');
  console.log(
    `${path.split('/').at(-1)}: ${mb(path).toFixed(0)} MB, read in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  return host.sessions.get(uri)!;
}

/** Milliseconds to the first 100 rows, and to the end. */
async function run(
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
}

const slow: string[] = [];
const judge = (words: string, isGood: boolean): void => {
  if (!isGood) slow.push(words);
  console.log(`  ${words}${isGood ? '' : '   TOO SLOW'}`);
};

try {
  const facts = await open(await write('million.jsonl', shortRecords()));
  const { pairCount } = facts.dataset.survey.facts;
  for (let pair = 0; pair < pairCount; pair++)
    facts.dataset.survey.facts.setMargin(pair, (random() - 0.5) * 8);
  for (const query of [
    'margin<0',
    'margin<-1 length>60 length_difference>5',
    '-(margin<0 OR chosen_length<20)',
    'record>999000',
    'rule:likely-mislabeled OR is:tie',
  ]) {
    const { first, total } = await run(facts, { query });
    judge(
      `${query}: ${total.toLocaleString('en')} rows, first 100 after ${first.toFixed(0)} ms`,
      first < MAX_SCREEN_MS || total === 0,
    );
  }
  for (const field of ['margin', 'length', 'score', 'source', 'id']) {
    const { first } = await run(facts, { sort: { field, isDescending: true } });
    console.log(`  sorted by ${field}: ${first.toFixed(0)} ms`);
    const again = await run(facts, { sort: { field, isDescending: false } });
    console.log(`    the other way: ${again.first.toFixed(0)} ms`);
  }
  for (const query of ['source:arena', 'score>0.999']) {
    const { first, all, total } = await run(facts, { query });
    console.log(
      `  ${query}: ${total.toLocaleString('en')} rows, first 100 after ${first.toFixed(0)} ms, all after ${all.toFixed(0)} ms`,
    );
  }
  host.sessions.closeAll();

  const path = await write('text.jsonl', longRecords());
  const text = await open(path);
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
    const { first, all, total, cpu } = await run(text, { query });
    const speed = mb(path) / (all / 1000);
    judge(
      `${query}: ${total.toLocaleString('en')} rows, first after ${first.toFixed(0)} ms, ${speed.toFixed(0)} MB/s; ${(mb(path) / cpu).toFixed(0)} MB for each second of a core`,
      !isBound || speed > MIN_MB_S,
    );
  }
  for (const word of ['zebrafish', 'language model']) {
    const start = performance.now();
    spawnSync('grep', ['-c', '-i', word, path]);
    const speed = mb(path) / ((performance.now() - start) / 1000);
    console.log(`  grep -c -i '${word}': ${speed.toFixed(0)} MB/s on one core`);
  }
} finally {
  host.sessions.closeAll();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = slow.length > 0 ? 1 : 0;
