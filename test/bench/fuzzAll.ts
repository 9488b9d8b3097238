// npm run fuzz: 100,000 mutated lines, 2,000 mutated files, 100,000 mutated documents, 20,000 mutated tables, nesting, a gzip bomb.
// Exits with 1 on any failure.
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { nested } from '../fakes/mutate.ts';
import type { FuzzOutcome } from './fuzz.ts';
import { fuzzFiles, fuzzLines } from './fuzz.ts';
import { fuzzDocuments } from './fuzzDocuments.ts';
import { fuzzTables } from './fuzzTables.ts';
import { timed } from './measure.ts';

let failed = 0;

function tell(what: string, { tried, longest, peakMb, failures }: FuzzOutcome): void {
  failed += failures.length;
  console.log(
    `${what}: ${tried.toLocaleString('en')} tried, ${failures.length} failures, longest ${longest.toFixed(0)} ms, peak ${peakMb.toFixed(0)} MB`,
  );
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
}

/** This many bytes of one letter, compressed; `lineEvery` inserts line ends. */
async function bomb(path: string, bytes: number, lineEvery: number): Promise<void> {
  const chunk = Buffer.alloc(1 << 20, 0x61);
  if (lineEvery > 0) for (let at = lineEvery; at < chunk.length; at += lineEvery) chunk[at] = 0x0a;
  const chunks = function* (): Generator<Buffer> {
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
  };
  await pipeline(Readable.from(chunks()), createGzip(), createWriteStream(path));
}

tell('Mutated lines', fuzzLines(Number(process.env.PREFLENS_FUZZ_LINES ?? 100_000), 7));
tell('Mutated files', await fuzzFiles(Number(process.env.PREFLENS_FUZZ_FILES ?? 2000), 7));
tell('Mutated documents', await fuzzDocuments(Number(process.env.PREFLENS_FUZZ_DOCUMENTS ?? 100_000), 7));
tell('Mutated tables', await fuzzTables(Number(process.env.PREFLENS_FUZZ_TABLES ?? 20_000), 7));

const folder = mkdtempSync(join(tmpdir(), 'preflens-hostile-'));
const good = '{"prompt":"q","chosen":"a","rejected":"b"}';
try {
  const hostile: (readonly [string, string | number, number?])[] = [
    [
      'nested 100,000 levels deep',
      `${good}\n{"prompt":"q","chosen":${nested(100_000)},"rejected":"b"}\n${good}`,
    ],
    ['nested and torn', `${good}\n${'['.repeat(100_000)}\n${good}`],
    ['a gzip bomb without a line end, 2 GB', 2 ** 31],
    ['a gzip bomb of short lines, 0.5 GB', 2 ** 29, 100],
  ];
  for (const [what, content, lineEvery = 0] of hostile) {
    const isBomb = typeof content === 'number';
    const path = join(folder, isBomb ? 'x.jsonl.gz' : 'x.jsonl');
    if (isBomb) await bomb(path, content, lineEvery);
    else writeFileSync(path, content);
    const begun = performance.now();
    const { peakMb, output, code } = await timed(['--no-cache', 'check', '--no-score', path]);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const isFair = code === 1 || code === 2;
    if (!isFair || peakMb > 1024) failed++;
    console.log(
      `${what}: exit ${code}, ${seconds} s, peak ${peakMb.toFixed(0)} MB (bar 1,024 MB), ${output.split('\n').length - 1} lines reported`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(failed === 0 ? 0 : 1);
