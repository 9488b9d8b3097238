// `npm run bench:scoring`: reward models in the scoring process, beside bare session.run on the same sorted
// batches.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { byLength, paddingWaste, planBatches } from '#core/reward/batches.ts';
import { shuffle } from '#core/score/random.ts';
import { seededRandom } from '#core/score/random.ts';
import { openFolder } from '#node/models/folder.ts';
import type { RateItem } from '#node/models/host.ts';
import { ModelHost, NO_FIGURES } from '#node/models/host.ts';
import { MemoryBudget } from '#node/models/memory.ts';
import { ScoreCache } from '#node/models/scoreCache.ts';
import { modelThreads } from '#node/scorers/modelPart.ts';
import { startScorer } from '#node/scoring/process.ts';

import { openModel } from '../../server/src/scorer/model.ts';
import { PlainClient } from '../fakes/client.ts';
import { writeModel } from '../models/folders.ts';
import { generatePairs } from './generate.ts';
import { best, CLI, quantile, timed } from './measure.ts';

const SCORER = join(CLI, '..', 'scorer.js');
const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-'));
const NEVER = new AbortController().signal;

/**
 * A model of 6 layers of 384, like small rerankers and reward models: 11 million parameters plus word
 * embeddings.
 */
const SIZES = { layers: 6, hidden: 384, heads: 6, positions: 512 } as const;

/** Texts of very different lengths, like answers. */
function unitsFor(count: number): RateItem[] {
  const random = seededRandom(3);
  const words = [...generatePairs(200, 5)].flatMap((line) =>
    (JSON.parse(line) as { chosen: string }).chosen.split(' '),
  );
  const text = (length: number): string =>
    Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
  return Array.from({ length: count }, () => ({
    prompt: [{ role: 'user', text: text(4 + Math.floor(12 * random())) }],
    texts: [text(Math.min(150, Math.round(Math.exp(2 + 2 * random() + random()))))],
  }));
}

/** Bare session.run on the batches of the scoring process, in its own process, this many times. */
async function bare(model: string, unitsPath: string, budget: number): Promise<void> {
  const { spec } = await openFolder(model, { kind: 'onnx', model }, undefined);
  const opened = await openModel({
    folder: model,
    spec,
    providers: ['cpu'],
    threads: modelThreads(),
    referenceIds: [],
  });
  const items = JSON.parse(readFileSync(unitsPath, 'utf8')) as RateItem[];
  const sequences = items.flatMap((item) => opened.encode({ ...item, max: 1 }));
  const batches = planBatches(
    sequences.map(({ ids }) => ids.length),
    opened.limits(budget),
  );
  await opened.run(sequences.slice(0, 4));
  process.on('message', () => {
    void (async () => {
      const begun = performance.now();
      for (const batch of batches) await opened.run(batch.flatMap((row) => sequences[row] ?? []));
      process.send!(performance.now() - begun);
    })();
  });
  process.send!('ready');
}

async function throughput(): Promise<void> {
  console.log(
    `Throughput: ${SIZES.layers} layers of ${SIZES.hidden}, fp32, ${modelThreads()} thread(s), texts of 10 to 300 tokens`,
  );
  const model = join(folder, 'rm');
  writeModel(model, { kind: 'wordpiece', sizes: SIZES });
  const items = unitsFor(120);
  const unitsPath = join(folder, 'units.json');
  writeFileSync(unitsPath, JSON.stringify(items));
  const { spec, bytes } = await openFolder(model, { kind: 'onnx', model }, undefined);
  const host = new ModelHost({
    start: async (options) => startScorer(SCORER, options),
    open: { folder: model, spec, providers: ['cpu'], threads: modelThreads(), referenceIds: [] },
    bytes,
    budget: new MemoryBudget(8 * 2 ** 30),
    log: () => undefined,
  });
  const rated = { onRated: () => undefined, onRefused: () => undefined, onBatch: () => undefined };
  // Let the batch budget settle before the clock starts.
  await host.rate(items, 1, rated, NEVER);
  const { budget } = await host.rate(items, 1, rated, NEVER);
  const child = spawn(process.execPath, [import.meta.filename, 'bare', model, unitsPath, String(budget)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const say = async (): Promise<unknown> => new Promise((resolve) => child.once('message', resolve));
  await say();
  const [own, plain]: [number[], number[]] = [[], []];
  let figures = NO_FIGURES;
  for (let round = 0; round < 3; round++) {
    const answer = say();
    child.send('run');
    plain.push((await answer) as number);
    const begun = performance.now();
    figures = await host.rate(items, 1, rated, NEVER);
    own.push(performance.now() - begun);
  }
  child.kill();
  host.close();
  const [ours, theirs] = [quantile(own, 0.5), quantile(plain, 0.5)];
  console.log(
    `  ${figures.tokens} tokens, budget ${budget}: bare session.run ${Math.round((1000 * figures.tokens) / theirs)} tokens/s, ` +
      `scoring process ${Math.round((1000 * figures.tokens) / ours)} tokens/s with templates, tokens and wire: ratio ${(theirs / ours).toFixed(2)} (bar 0.9)`,
  );
  const lengths = items.map(({ texts: [text = ''] }) => text.split(' ').length);
  const order = Int32Array.from(lengths, (_, i) => i);
  shuffle(order, seededRandom(1));
  const fixed = Array.from({ length: Math.ceil(order.length / 16) }, (_, i) => [
    ...order.subarray(16 * i, 16 * i + 16),
  ]);
  const sorted = byLength(lengths);
  const by16 = Array.from({ length: fixed.length }, (_, i) => sorted.slice(16 * i, 16 * i + 16));
  console.log(
    `  padding: ${(100 * (1 - figures.tokens / figures.paddedTokens)).toFixed(1)} % of tokens ` +
      `(batches of 16 in random order ${(100 * paddingWaste(lengths, fixed)).toFixed(0)} %, sorted ${(100 * paddingWaste(lengths, by16)).toFixed(0)} %)`,
  );
}

async function resume(): Promise<void> {
  console.log('Resume: what a scored dataset costs when it is opened again');
  const scores = join(folder, 'scores');
  const writer = new ScoreCache(scores, 1, {});
  const rows = 200_000;
  const perBatch = 8;
  const begun = performance.now();
  for (let at = 0; at < rows; at += perBatch) {
    writer.add(
      Array.from({ length: perBatch }, (_, i) => ({
        key: [at + i, (at + i) * 7] as const,
        values: [i],
        tokens: 100,
        flags: 0,
        provider: 0,
        time: 1,
      })),
    );
  }
  const wrote = (performance.now() - begun) / (rows / perBatch);
  const load = await best(3, async () => new ScoreCache(scores, 1, {}).load());
  console.log(
    `  100,000 pairs in batches of ${perBatch}: ${wrote.toFixed(2)} ms to keep a batch, ${load.toFixed(2)} s to read all of it again`,
  );
  const path = join(folder, 'pairs.jsonl');
  writeFileSync(path, `${[...generatePairs(60, 4)].join('\n')}\n`);
  const args = ['score', path, '--model', join(folder, 'rm'), '--out', join(folder, 'out.jsonl')];
  const env = { PREFLENS_CACHE: join(folder, 'cache') };
  const first = await timed(args, env);
  const again = await timed(args, env);
  console.log(
    `  60 pairs on the command line: ${first.seconds.toFixed(1)} s, and ${again.seconds.toFixed(2)} s the second time`,
  );
}

async function hovers(): Promise<void> {
  console.log('Hovers while a reward model scores an open file');
  const place = join(folder, 'open');
  mkdirSync(place);
  writeFileSync(
    join(place, 'preflens.json'),
    JSON.stringify({ scorers: [{ kind: 'onnx', model: join(folder, 'rm') }] }),
  );
  const path = join(place, 'data.jsonl');
  const text = `${[...generatePairs(20_000, 6)].join('\n')}\n`;
  writeFileSync(path, text);
  const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PREFLENS_CACHE: join(folder, 'cache') },
  });
  const client = new PlainClient(
    createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)),
  );
  const uri = pathToFileURL(path).href;
  const times: number[] = [];
  await client.initialize();
  client.open(uri, text);
  await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'), 60_000);
  const end = performance.now() + 30_000;
  while (performance.now() < end && client.statuses.at(-1)?.phase === 'scoring') {
    const start = performance.now();
    await client.hover(uri, Math.floor(Math.random() * 20_000));
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill();
  console.log(
    `  20,000 pairs open, 30 s of scoring, ${times.length} hovers: median ${quantile(times, 0.5).toFixed(1)} ms, ` +
      `99th percentile ${quantile(times, 0.99).toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms (bar 50 ms)`,
  );
}

const [, , mode, ...args] = process.argv;
if (mode === 'bare') await bare(args[0]!, args[1]!, Number(args[2]));
else {
  try {
    await throughput();
    await resume();
    await hovers();
  } finally {
    // The server may still write its last scores.
    rmSync(folder, { recursive: true, maxRetries: 10 });
  }
}
