// What a thread does with a range of a file, and what of its result can be handed over instead of copied.
import { SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { LineCutter } from '#formats/lines.ts';

import type { RangeResults, RangeTask, RangeWork } from './rangeSurvey.ts';
import { buffersOf, chunksOf, surveyRange } from './rangeSurvey.ts';

/** Signatures of the pairs of a range, in their order. */
async function signRange(
  task: RangeTask,
  onBytes?: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const { schema, start } = task;
  if (!schema || !('recognition' in schema)) throw new Error('signatures: no schema');
  const cutter = new LineCutter(start === 0);
  let signatures = new Uint8Array(SIGNATURE_BYTES * 4096);
  let count = 0;
  const sign = (records: ReturnType<LineCutter['push']>): void => {
    for (const raw of records) {
      for (const pair of readRaw(raw, schema.recognition)?.pairs ?? []) {
        if ((count + 1) * SIGNATURE_BYTES > signatures.length) {
          const next = new Uint8Array(Math.ceil(signatures.length * 1.5));
          next.set(signatures);
          signatures = next;
        }
        writeSignature(pair, signatures, count * SIGNATURE_BYTES);
        count++;
      }
    }
  };
  for await (const chunk of chunksOf(task)) {
    sign(cutter.push(chunk));
    onBytes?.(chunk.length);
  }
  sign(cutter.end());
  return signatures.slice(0, count * SIGNATURE_BYTES);
}

type Worker<W extends RangeWork> = (
  task: RangeTask,
  onBytes?: (bytes: number) => void,
) => Promise<RangeResults[W]>;

const WORKERS: { readonly [W in RangeWork]: Worker<W> } = { survey: surveyRange, signatures: signRange };

export async function workOn<W extends RangeWork>(
  work: W,
  task: RangeTask,
  onBytes?: (bytes: number) => void,
): Promise<RangeResults[W]> {
  return (WORKERS[work] as Worker<W>)(task, onBytes);
}

export function handOver(result: RangeResults[RangeWork]): ArrayBuffer[] {
  return result instanceof Uint8Array ? [result.buffer] : buffersOf(result);
}
