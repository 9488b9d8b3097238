// The only file that imports ONNX Runtime.
import type { InferenceSession, Tensor } from 'onnxruntime-node';

import type { Provider } from '#core/reward/scorerRule.ts';

import { loaded } from './loadRuntime.ts';

export interface Port {
  readonly name: string;
  /** `int64`, `int32`, `float32`, `float16`, … */
  readonly type: string;
  /** Free dimensions are undefined. */
  readonly shape: readonly (number | undefined)[];
}

/** Integers, row by row; all rows have one length. */
export interface IdRows {
  readonly rows: number;
  readonly length: number;
  readonly values: Int32Array;
}

export interface Output {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Blocks this process while it computes. */
  run(feeds: Readonly<Record<string, IdRows>>, outputs: readonly string[]): Promise<readonly Output[]>;
  release(): Promise<void>;
}

function portOf(metadata: InferenceSession.ValueMetadata): Port {
  if (!metadata.isTensor) return { name: metadata.name, type: 'not a tensor', shape: [] };
  return {
    name: metadata.name,
    type: metadata.type,
    shape: metadata.shape.map((size) => (typeof size === 'number' && size > 0 ? size : undefined)),
  };
}

function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Half-precision numbers arrive as bits if Node has no type for them. */
function floatsOf({ type, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, halfToFloat);
  return Float32Array.from(data as unknown as ArrayLike<number>);
}

/** The runtime's message without its source files and function names. */
export function shortReason(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^.*?(?: was false\.|OrtSessionOptionsAppendExecutionProvider_\w+:)\s*/s, '').trim();
}

/** Opens a model on one provider. Rejects with the runtime's message. */
export async function openSession(path: string, provider: Provider, threads: number): Promise<Session> {
  const ort = await loaded(import('onnxruntime-node'));
  // Runtime warnings go to standard error, which is shown if the process dies.
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(path, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // DirectML requires both.
    ...(provider === 'dml' && { enableMemPattern: false, executionMode: 'sequential' as const }),
    // A spinning thread would take CPU time from the editor.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  });
  const inputs = session.inputMetadata.map(portOf);
  const typeOf = new Map(inputs.map(({ name, type }) => [name, type]));
  return {
    inputs,
    outputs: session.outputMetadata.map(portOf),
    async run(feeds, outputs) {
      const tensors: Record<string, Tensor> = Object.fromEntries(
        Object.entries(feeds).map(([name, { rows, length, values }]): [string, Tensor] => {
          const dims = [rows, length];
          if (typeOf.get(name) === 'int32') return [name, new ort.Tensor('int32', values, dims)];
          const wide = new BigInt64Array(values.length);
          // Ids are never negative, so the upper halves stay 0.
          const halves = new Int32Array(wide.buffer);
          for (let i = 0; i < values.length; i++) halves[2 * i] = values[i] as number;
          return [name, new ort.Tensor('int64', wide, dims)];
        }),
      );
      const results: Readonly<Record<string, Tensor | undefined>> = await session.run(tensors, [...outputs]);
      return outputs.map((name) => {
        const tensor = results[name];
        if (!tensor) throw new Error(`the model returned no output "${name}"`);
        return { dims: tensor.dims, values: floatsOf(tensor) };
      });
    },
    release: async () => session.release(),
  };
}

/** Runs a model with one float input and one output, to check a provider. */
export async function runOnce(
  path: string,
  provider: Provider,
  input: readonly number[],
): Promise<Float32Array> {
  const ort = await loaded(import('onnxruntime-node'));
  ort.env.logLevel = 'fatal';
  const session = await ort.InferenceSession.create(path, {
    executionProviders: [provider],
    logSeverityLevel: 4,
  });
  const [name = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
  const results: Readonly<Record<string, Tensor | undefined>> = await session.run({
    [name]: new ort.Tensor('float32', Float32Array.from(input), [1, input.length]),
  });
  const tensor = results[output];
  return tensor ? floatsOf(tensor) : new Float32Array(0);
}
