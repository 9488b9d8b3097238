// gzip by pako, which checks sums as zlib does. zstd is read by fzstd, where this module has no functions for it.
import pako from 'pako';

import { concat } from '#core/concat.ts';
import { UserError } from '#core/messages.ts';

import type { WebTransform } from './stream.ts';

const { constants: pakoConstants, Deflate, Inflate } = pako;

/** Bytes that a single push may turn into are bounded by this, so a bomb can't fill the memory at once. */
const CHUNK_BYTES = 1 << 20;

const STEP_BYTES = CHUNK_BYTES / 16;

/** Its types leave `ended` out. */
type Machine = (InstanceType<typeof Deflate> | InstanceType<typeof Inflate>) & { readonly ended?: boolean };

const [OK, CUT] = [pakoConstants.Z_OK, pakoConstants.Z_BUF_ERROR].map(Number);

const codeIn = ({ err }: Machine): number => err;

const hasFailed = (machine: Machine): boolean => codeIn(machine) !== OK;

function damage(machine: Machine): Error {
  const isCut = !hasFailed(machine) || codeIn(machine) === CUT;
  const error = new Error(isCut ? 'unexpected end of file' : machine.msg);
  return Object.assign(error, { code: isCut ? 'Z_BUF_ERROR' : 'Z_DATA_ERROR' });
}

/** Small steps, so that little is ready at a time. */
function* stepsOf(chunk: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < chunk.length; from += STEP_BYTES) yield chunk.subarray(from, from + STEP_BYTES);
}

/** The first byte of a gzip member. After the last one, zlib passes over whatever else is there. */
const MEMBER = 0x1f;

function transform(make: () => Machine): WebTransform {
  return {
    async *over(chunks) {
      let ready: Uint8Array[] = [];
      const begin = (): Machine => {
        const machine = make();
        machine.onData = (chunk: Uint8Array) => {
          ready.push(chunk);
        };
        return machine;
      };
      let machine = begin();
      for await (const chunk of chunks)
        for (const step of stepsOf(chunk)) {
          // A member that ends within a step is followed by pako itself.
          if (machine.ended && step[0] === MEMBER) machine = begin();
          if (machine.ended) continue;
          if (!machine.push(step, false)) throw damage(machine);
          yield* ready;
          ready = [];
        }
      if (!machine.ended) machine.push(new Uint8Array(0), pakoConstants.Z_FINISH);
      if (hasFailed(machine) || !machine.ended) throw damage(machine);
      yield* ready;
    },
  };
}

export const createGunzip = (): WebTransform =>
  transform(() => new Inflate({ windowBits: 31, chunkSize: CHUNK_BYTES }));

export const createGzip = (): WebTransform =>
  transform(() => new Deflate({ gzip: true, chunkSize: CHUNK_BYTES }));

export function gunzipSync(bytes: Uint8Array, { maxOutputLength = Infinity } = {}): Uint8Array {
  const machine: Machine = new Inflate({ windowBits: 31 });
  const parts: Uint8Array[] = [];
  let length = 0;
  machine.onData = (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > maxOutputLength) throw new RangeError('it is larger than it says');
    parts.push(chunk);
  };
  machine.push(bytes, true);
  if (hasFailed(machine) || !machine.ended) throw damage(machine);
  return concat(parts);
}

export const gzipSync = (bytes: Uint8Array): Uint8Array => pako.gzip(bytes);

function noBrotli(): never {
  throw new UserError(
    'This table is compressed with Brotli, which PrefLens does not read in a browser. Open it in VS Code on a computer, or write it with zstd or snappy.',
  );
}

export const brotliDecompressSync = noBrotli;

export const brotliCompressSync = noBrotli;

export const constants = { BROTLI_PARAM_QUALITY: 1 };
