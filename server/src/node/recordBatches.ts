// Passes over records whose work threads do: bytes go out in batches, a few ahead, and results come back in file order.
import { concat } from '#core/concat.ts';
import type { RawRecord } from '#core/model/record.ts';

import type { Wanted } from './wanted.ts';

/** Text of a batch, in bytes: some 30 ms of work. A longer record is a batch of its own. */
const BATCH_BYTES = 1 << 20;

/** The records of a batch in order, and their bytes as a thread takes them. */
export interface RecordBatch {
  readonly records: Uint32Array;
  readonly wanted: Wanted;
}

function batchOf(path: string, records: readonly number[], texts: readonly Uint8Array[]): RecordBatch {
  const starts = new Float64Array(texts.length);
  const ends = new Float64Array(texts.length);
  let end = 0;
  for (const [i, { length }] of texts.entries()) {
    starts[i] = end;
    ends[i] = end += length;
  }
  const numbers = Uint32Array.from(records);
  const text = { kind: 'spans', records: numbers, starts, ends, bytes: concat(texts), firstByte: 0 } as const;
  return { records: numbers, wanted: { path, text, edited: [] } };
}

async function* cutBatches(path: string, records: AsyncIterable<RawRecord>): AsyncGenerator<RecordBatch> {
  let [numbers, texts, length]: [number[], Uint8Array[], number] = [[], [], 0];
  for await (const { record, bytes } of records) {
    numbers.push(record);
    texts.push(bytes.slice());
    length += bytes.length;
    if (length < BATCH_BYTES) continue;
    yield batchOf(path, numbers, texts);
    [numbers, texts, length] = [[], [], 0];
  }
  if (numbers.length > 0) yield batchOf(path, numbers, texts);
}

/** The result of a batch, with its records. */
export interface BatchResult<R> {
  readonly records: Uint32Array;
  readonly result: R;
}

/**
 * @param path of the file, or its name in messages
 * @param width threads that work side by side: each has a batch at hand when it ends another
 */
export async function* inBatches<R>(
  path: string,
  records: AsyncIterable<RawRecord>,
  width: number,
  work: (wanted: Wanted) => Promise<R>,
): AsyncGenerator<BatchResult<R>> {
  const sent: Promise<BatchResult<R>>[] = [];
  for await (const { records: own, wanted } of cutBatches(path, records)) {
    const answer = work(wanted).then((result) => ({ records: own, result }));
    // Failures are met below, in their order.
    answer.catch(() => undefined);
    sent.push(answer);
    const first = sent.length < 2 * width ? undefined : sent.shift();
    if (first) yield await first;
  }
  for (const answer of sent) yield await answer;
}
