// `npm run bench:gpu`: the available compute, whether its scores equal the CPU's, and its speed beside the
// CPU, and beside PyTorch if installed. Needs only the project; says so if there is no GPU.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Provider } from '#core/reward/scorerRule.ts';
import { seededRandom } from '#core/score/random.ts';
import { openFolder } from '#node/models/folder.ts';
import type { RateItem } from '#node/models/host.ts';
import { ModelHost } from '#node/models/host.ts';
import { MemoryBudget } from '#node/models/memory.ts';
import { checkProviders } from '#node/models/providers.ts';
import type { StartOptions } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';

import type { MadeModel } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import { CLI } from './measure.ts';

const SCORER = join(CLI, '..', 'scorer.js');
const NEVER = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'preflens-gpu-'));
const TOLERANCE = { fp32: 1e-3, fp16: 1e-2 } as const;

const start = async (options?: StartOptions) => startScorer(SCORER, options);
const run = (command: string, args: readonly string[]): string => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
};

/**
 * Links the CUDA provider beside the runtime, from the folder in PREFLENS_CUDA or from Python's own runtime.
 */
function linkCuda(): string {
  const place = join(
    CLI,
    '..',
    'node_modules',
    'onnxruntime-node',
    'bin',
    'napi-v6',
    process.platform,
    process.arch,
  );
  const python = 'import onnxruntime, os; print(os.path.join(os.path.dirname(onnxruntime.__file__), "capi"))';
  const from = process.env.PREFLENS_CUDA ?? run('python3', ['-c', python]);
  const names =
    from !== '' && existsSync(from)
      ? readdirSync(from).filter((name) => /^libonnxruntime_providers_(shared|cuda)\.so$/.test(name))
      : [];
  for (const name of names)
    if (!existsSync(join(place, name))) symlinkSync(join(from, name), join(place, name));
  return names.length > 0
    ? `CUDA provider from ${from}.`
    : 'No CUDA provider files: set PREFLENS_CUDA to their folder.';
}

interface Shape {
  readonly layers: number;
  readonly hidden: number;
}

/** Texts of about this many tokens: this tokenizer makes each letter a token. */
function itemsOf(count: number, tokens: number): RateItem[] {
  const random = seededRandom(7);
  const letter = (): string => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(26 * random())]!;
  return Array.from({ length: count }, () => ({
    prompt: [],
    texts: [Array.from({ length: tokens - 3 }, letter).join(' ')],
  }));
}

interface Figures {
  readonly scores: readonly number[];
  readonly tokensPerSecond: number;
}

/** Scores of the items, and the speed of a second pass over them. */
async function measure(
  model: MadeModel,
  provider: Provider,
  items: readonly RateItem[],
  rounds: number,
): Promise<Figures> {
  const rule = { kind: 'onnx', model: model.folder, format: '{response}' } as const;
  const { spec, bytes } = await openFolder(model.folder, rule, undefined);
  const notes: string[] = [];
  const host = new ModelHost({
    start,
    open: { folder: model.folder, spec, providers: [provider], threads: 0, referenceIds: [] },
    bytes,
    budget: new MemoryBudget(64 * 2 ** 30),
    log: (line) => notes.push(line),
  });
  const scores: number[] = items.map(() => Number.NaN);
  const listener = {
    onRated: (item: number, values: Float32Array) => (scores[item] = values[0]!),
    onRefused: (_unit: number, reason: string) => notes.push(reason),
    onBatch: () => undefined,
  };
  try {
    await host.rate(items, 1, listener, NEVER);
    let [tokens, ms] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const figures = await host.rate(items, 1, listener, NEVER);
      [tokens, ms] = [tokens + figures.tokens, ms + figures.ms];
    }
    const [bad] = notes.filter((note) => /Going on with|did not survive/.test(note));
    if (bad !== undefined) console.log(`    ${provider}: ${bad}`);
    return { scores, tokensPerSecond: (1000 * tokens) / ms };
  } finally {
    host.close();
  }
}

const worst = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!) / Math.max(1, Math.abs(value))), 0);

/** The same weights in PyTorch; undefined if it is not installed. */
function inPyTorch(model: MadeModel, precision: string, rows: number, length: number): string {
  if (
    run('python3', ['-c', 'import torch']) === '' &&
    spawnSync('python3', ['-c', 'import torch']).status !== 0
  )
    return 'PyTorch is not here.';
  const { weights, sizes } = model;
  const { words, positions, types, norm, layers, head, gate } = weights;
  const all = [
    words,
    positions,
    types,
    norm,
    ...layers.flatMap((l) => [l.query, l.key, l.value, l.out, l.norm1, l.up, l.down, l.norm2]),
    head,
    gate,
  ];
  let at = 0;
  const tensors = all.map(({ dims, values }) => {
    const place = { dims, at };
    at += values.length;
    return place;
  });
  const flat = new Float32Array(at);
  all.forEach(({ values }, i) => {
    flat.set(values, tensors[i]!.at);
  });
  const ids = [Array.from({ length }, (_, i) => 6 + ((i * 31) % 90))];
  writeFileSync(join(model.folder, 'weights.bin'), flat);
  writeFileSync(join(model.folder, 'weights.json'), JSON.stringify({ ...sizes, count: at, tensors, ids }));
  const out = run('python3', [
    join(import.meta.dirname, 'forward.py'),
    model.folder,
    precision,
    String(rows),
    String(length),
  ]);
  if (out === '') return 'PyTorch failed.';
  const { device, tokensPerSecond } = JSON.parse(out) as { device: string; tokensPerSecond: number };
  return `PyTorch on ${device}: ${Math.round(tokensPerSecond).toLocaleString('en')} tokens/s`;
}

async function report(shape: Shape, providers: readonly Provider[], isReal: boolean): Promise<void> {
  const heads = shape.hidden / 64;
  for (const precision of ['fp32', 'fp16'] as const) {
    const name = `${shape.layers}x${shape.hidden}-${precision}`;
    const sizes = { ...shape, heads, positions: 512 };
    const form = { precision, dataName: 'model.onnx_data' };
    const model = writeModel(join(folder, name), { kind: 'wordpiece', sizes, form });
    console.log(`  ${name}`);
    const few = itemsOf(4, 96);
    const cpu = await measure(model, 'cpu', few, 1);
    console.log(`    cpu: ${Math.round(cpu.tokensPerSecond).toLocaleString('en')} tokens/s`);
    for (const provider of providers) {
      const same = await measure(model, provider, few, 1);
      const gap = worst(cpu.scores, same.scores);
      const many = isReal ? await measure(model, provider, itemsOf(512, 256), 2) : same;
      console.log(
        `    ${provider}: ${Math.round(many.tokensPerSecond).toLocaleString('en')} tokens/s, ` +
          `${(many.tokensPerSecond / cpu.tokensPerSecond).toFixed(1)} × cpu, scores within ${gap.toExponential(1)} ` +
          `(bar ${TOLERANCE[precision]}: ${gap <= TOLERANCE[precision] ? 'kept' : 'MISSED'})`,
      );
      if (gap > TOLERANCE[precision]) process.exitCode = 1;
    }
    if (isReal) console.log(`    ${inPyTorch(model, precision, 128, 256)}`);
    rmSync(model.folder, { recursive: true });
  }
}

try {
  const card = run('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']);
  console.log(card === '' ? 'No NVIDIA card is seen here.' : `${card}. ${linkCuda()}`);
  const checked = await checkProviders(start);
  for (const { provider, words, works } of checked)
    console.log(`  ${provider}: ${works ? words : `not here, ${words}`}`);
  const providers = checked
    .filter(({ provider, works }) => works && provider !== 'cpu')
    .map(({ provider }) => provider);
  if (providers.length === 0) {
    console.log('There is no GPU here, and no software adapter: nothing to compare with the processor.');
  } else if (card === '' && !process.argv.includes('--large')) {
    console.log(
      'Scores through whatever adapter there is (a software one is slow): small models alone; --large for more.',
    );
    await report({ layers: 2, hidden: 128 }, providers, false);
    await report({ layers: 6, hidden: 384 }, providers, false);
  } else {
    for (const shape of [
      { layers: 12, hidden: 768 },
      { layers: 24, hidden: 1024 },
      { layers: 24, hidden: 2048 },
    ])
      await report(shape, providers, true);
  }
} finally {
  rmSync(folder, { recursive: true });
}
