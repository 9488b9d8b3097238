// An open model: encodes items and runs batches of them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BatchLimits } from '#core/reward/batches.ts';
import type { Sequence } from '#core/reward/encode.ts';
import { EMBEDDING_OUTPUTS } from '#core/reward/encoder.ts';
import type { EmbeddingSpec, ModelSpec } from '#core/reward/folder.ts';
import { embeddingOf, wholeEmbedding } from '#core/reward/pooling.ts';
import type { Provider } from '#core/reward/scorerRule.ts';
import { placeTokens } from '#core/reward/tokenPlaces.ts';
import type { OpenedModel, OpenModel, ScoringItem } from '#protocol/scorer.ts';

import { NoRuntime } from './loadRuntime.ts';
import type { IdRows, Output, Port, Session } from './runtime.ts';
import { openSession, shortReason } from './runtime.ts';
import type { Encode } from './text.ts';
import { encoderFor } from './text.ts';

/** Limit for the outputs of one batch that has a row of numbers for each token. */
const MAX_TOKEN_BYTES = 256 * 1024 * 1024;

/** Maximum rows of a batch, whatever their tokens. */
const MAX_ROWS = 256;

/** Allowed difference between a provider's numbers and the CPU's: relative to their size, at least to 1. */
const TOLERANCE = { fp32: 1e-3, fp16: 1e-2 } as const;

export interface Model {
  readonly opened: OpenedModel;
  readonly encode: Encode;
  /** Sequences per item: one, or two for a pair. */
  readonly perItem: number;
  limits(tokens: number): BatchLimits;
  /** Numbers for consecutive items: as many per item as the model is wide. */
  run(sequences: readonly Sequence[]): Promise<Float32Array>;
  /** Where a language model has the tokens that count in an item's text; see `TokenLikelihoods`. */
  places(item: ScoringItem, sequence: Sequence): Int32Array;
  /** The log-probability of each token that counts, by a language model. */
  runTokens(sequences: readonly Sequence[]): Promise<readonly Float64Array[]>;
  /** Also runs the sequences on the CPU. Returns why the provider can't be trusted, and stops using it then. */
  compare(sequences: readonly Sequence[]): Promise<string | undefined>;
}

/** Fills an input of a text model, by its name. Other inputs are not supported. */
type Fill = (row: readonly number[], sequence: Sequence, at: number) => number;
const FILLS: Readonly<Record<string, Fill>> = {
  input_ids: (_, { ids }, at) => ids[at] ?? 0,
  attention_mask: () => 1,
  token_type_ids: (_, { types }, at) => types[at] ?? 0,
  position_ids: (_row, _sequence, at) => at,
};

async function readJson(path: string): Promise<object | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  return JSON.parse(text) as object;
}

function feedsOf(
  inputs: readonly Port[],
  sequences: readonly Sequence[],
  rows: number,
  length: number,
  padId: number,
): Record<string, IdRows> {
  return Object.fromEntries(
    inputs.map(({ name }) => {
      const values = new Int32Array(rows * length);
      const fill = FILLS[name];
      if (name === 'input_ids') values.fill(padId);
      sequences.forEach((sequence, row) => {
        for (let at = 0; at < sequence.ids.length; at++)
          values[row * length + at] = fill?.(sequence.ids, sequence, at) ?? 0;
      });
      // Padding rows of a fixed batch must attend to something: a softmax over nothing is not a number.
      if (name === 'attention_mask')
        for (let row = sequences.length; row < rows; row++) values[row * length] = 1;
      return [name, { rows, length, values }];
    }),
  );
}

/** The first token of an answer that has a probability: nothing stands before the first one of all. */
const firstCounted = ({ answerStart }: Sequence): number => Math.max(1, answerStart);

/** The log-probabilities of the answer's tokens. */
function tokenLogs({ dims, values }: Output, row: number, sequence: Sequence): Float64Array {
  const { ids } = sequence;
  const [, length = 0, vocabulary = 0] = dims;
  const from = firstCounted(sequence);
  const logs = new Float64Array(Math.max(0, ids.length - from));
  for (let at = from; at < ids.length; at++) {
    const start = (row * length + at - 1) * vocabulary;
    const logits = values.subarray(start, start + vocabulary);
    let top = -Infinity;
    for (const logit of logits) if (logit > top) top = logit;
    let total = 0;
    for (const logit of logits) total += Math.exp(logit - top);
    logs[at - from] = (logits[ids[at] ?? 0] ?? Number.NaN) - top - Math.log(total);
  }
  return logs;
}

/** The log-probability of an answer, and its number of tokens. */
export function likelihoodOf(logs: Float64Array): readonly [number, number] {
  return [logs.reduce((sum, log) => sum + log, 0), logs.length];
}

/** The embeddings of all sequences, one after the other. */
function embeddingsOf(
  { dims, values }: Output,
  sequences: readonly Sequence[],
  embedding: EmbeddingSpec,
): Float32Array {
  const size = dims.slice(1).reduce((product, one) => product * one, 1);
  const width = dims.at(-1) ?? 0;
  const rows = sequences.map(({ ids }, row) => {
    const own = values.subarray(row * size, (row + 1) * size);
    return dims.length === 2
      ? wholeEmbedding(own, embedding)
      : embeddingOf({ values: own, count: ids.length, width }, embedding);
  });
  const joined = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    joined.set(row, at);
    at += row.length;
  }
  return joined;
}

function takeRows(
  outputs: readonly Output[],
  sequences: readonly Sequence[],
  { pass, embedding }: ModelSpec,
): Float32Array {
  const [first] = outputs;
  if (pass === 'likelihood' && first) {
    return Float32Array.from(
      sequences.flatMap((sequence, row) => likelihoodOf(tokenLogs(first, row, sequence))),
    );
  }
  if (embedding && first) return embeddingsOf(first, sequences, embedding);
  return Float32Array.from(
    sequences.flatMap((_, row) =>
      outputs.flatMap(({ dims, values }) => {
        const width = dims.slice(1).reduce((product, size) => product * size, 1);
        return [...values.subarray(row * width, (row + 1) * width)];
      }),
    ),
  );
}

function assertInputs(inputs: readonly Port[]): void {
  const unknown = inputs.filter(({ name }) => !(name in FILLS)).map(({ name }) => name);
  if (unknown.length > 0 || !inputs.some(({ name }) => name === 'input_ids')) {
    throw new Error(
      `the model needs inputs that PrefLens can’t fill (${unknown.join(', ') || 'and no input_ids'}): ` +
        'export it without a key-value cache',
    );
  }
}

/** Creates a session; tests replace it with one that computes wrongly. */
export type OpenSession = typeof openSession;

/** Opens the model on the first provider that works. Rejects with all reasons if none does. */
async function openFirst(path: string, { providers, threads }: OpenModel, open: OpenSession) {
  const failed: { provider: Provider; reason: string }[] = [];
  for (const provider of providers) {
    try {
      return { session: await open(path, provider, threads), provider, failed };
    } catch (error) {
      if (error instanceof NoRuntime) throw error;
      failed.push({ provider, reason: shortReason(error) });
    }
  }
  throw new Error(failed.map(({ provider, reason }) => `${provider}: ${reason}`).join('; '));
}

/** How many numbers a batch gives for each of its tokens; 0 where it gives some for each text only. */
function numbersPerToken({ pass, embedding }: ModelSpec, width: number, shape: number | undefined): number {
  if (pass === 'likelihood') return shape ?? 150_000;
  return embedding ? width : 0;
}

/** The output to read where the spec names none. */
function firstOutput(names: readonly string[], { embedding }: ModelSpec): string {
  const known = embedding && EMBEDDING_OUTPUTS.find((name) => names.includes(name));
  return known ?? names[0] ?? '';
}

export async function openModel(wanted: OpenModel, open: OpenSession = openSession): Promise<Model> {
  const { folder, spec } = wanted;
  const path = join(folder, spec.file);
  const tokenizerJson = (await readJson(join(folder, 'tokenizer.json'))) ?? {};
  const tokenizerConfig = (await readJson(join(folder, 'tokenizer_config.json'))) ?? {};
  const { encode, bytesOf } = encoderFor(spec, tokenizerJson, tokenizerConfig, wanted.referenceIds);
  const first = await openFirst(path, wanted, open);
  let session: Session = first.session;
  assertInputs(session.inputs);
  const names = session.outputs.map(({ name }) => name);
  const outputs = spec.outputs.length > 0 ? spec.outputs : [firstOutput(names, spec)];
  const missing = outputs.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`the model has no output ${missing.join(', ')}: it has ${names.join(', ')}`);
  const ids = session.inputs.find(({ name }) => name === 'input_ids');
  const [fixedRows, fixedLength] = ids?.shape ?? [];
  const perItem = spec.pass === 'pair' ? 2 : 1;
  const ports = outputs.map((name) => session.outputs.find((port) => port.name === name));
  const precision = ports.some((port) => port?.type === 'float16') ? 'fp16' : 'fp32';

  /** Runs sequences, as many at once as the model takes, and reads what each run gives. */
  const runEach = async (
    on: Session,
    sequences: readonly Sequence[],
    read: (given: readonly Output[], of: readonly Sequence[]) => void,
  ): Promise<void> => {
    const length = fixedLength ?? Math.max(...sequences.map((one) => one.ids.length));
    const tooLong = sequences.find((one) => one.ids.length > length);
    if (tooLong) throw new Error(`the model accepts exactly ${length} tokens; set "maxTokens" to that`);
    const rows = fixedRows ?? sequences.length;
    for (let at = 0; at < sequences.length; at += rows) {
      const some = sequences.slice(at, at + rows);
      read(await on.run(feedsOf(on.inputs, some, rows, length, spec.padId), outputs), some);
    }
  };
  const runOn = async (on: Session, sequences: readonly Sequence[]): Promise<Float32Array> => {
    const parts: Float32Array[] = [];
    await runEach(on, sequences, (given, some) => parts.push(takeRows(given, some, spec)));
    return parts.length === 1 && parts[0] ? parts[0] : Float32Array.from(parts.flatMap((part) => [...part]));
  };

  // Shapes may be free, so only a run shows the width.
  const probe: Sequence = {
    ids: [spec.padId, spec.padId],
    types: [0, 0],
    answerStart: 1,
    answerTokens: 1,
    flags: 0,
  };
  const width = (await runOn(session, [probe])).length * perItem;
  const perToken = numbersPerToken(spec, width, ports[0]?.shape[2]);
  const outputTokens = perToken === 0 ? Infinity : Math.floor(MAX_TOKEN_BYTES / (4 * perToken));
  return {
    opened: {
      provider: first.provider,
      failed: first.failed,
      width,
      precision,
    },
    encode,
    perItem,
    limits: (tokens) => ({
      tokens: Math.min(tokens, outputTokens) / perItem,
      rows: Math.max(1, Math.floor(MAX_ROWS / perItem)),
      ...(fixedRows !== undefined && { fixedRows: Math.max(1, Math.floor(fixedRows / perItem)) }),
      ...(fixedLength !== undefined && { fixedLength }),
    }),
    run: async (sequences) => runOn(session, sequences),
    places({ texts: [text = ''] }, sequence) {
      const { ids, answerStart, answerTokens } = sequence;
      const tokens = ids.slice(answerStart, answerStart + answerTokens).map(bytesOf);
      return placeTokens(text, tokens).subarray(2 * (firstCounted(sequence) - answerStart));
    },
    async runTokens(sequences) {
      const logs: Float64Array[] = [];
      await runEach(session, sequences, ([first], some) => {
        if (first) logs.push(...some.map((sequence, row) => tokenLogs(first, row, sequence)));
      });
      return logs;
    },
    async compare(sequences) {
      const there = await runOn(session, sequences);
      const onProcessor = await open(path, 'cpu', wanted.threads);
      const here = await runOn(onProcessor, sequences);
      const tolerance = TOLERANCE[precision];
      const worst = here.reduce((max, value, i) => {
        const gap = Math.abs(value - (there[i] ?? Number.NaN)) / Math.max(1, Math.abs(value));
        return Number.isNaN(gap) ? Infinity : Math.max(max, gap);
      }, 0);
      if (worst <= tolerance) {
        await onProcessor.release();
        return undefined;
      }
      await session.release();
      session = onProcessor;
      return `its first numbers differ from the CPU’s by ${worst.toPrecision(2)}; the limit is ${tolerance}`;
    },
  };
}
