// Computes signatures of all pairs of a dataset, for near duplicates: one more pass over the text, with all
// threads.
import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';

import { containerOf, inRanges } from './containers/containers.ts';
import type { SurveyedDataset } from './survey.ts';
import type { RangeRunner } from './threads.ts';

/** Share of the memory budget for signatures. */
const MEMORY_SHARE = 0.4;

/** Memory per pair besides signatures: facts, keys and the hash tables for duplicates. */
const RELATION_BYTES = 73 + 48;

/** Pairs that can be checked for duplicates within a memory budget. */
export function maxRelated(memoryMb: number): number {
  return Math.floor((memoryMb * 1024 * 1024) / RELATION_BYTES);
}

/** Pairs whose signatures fit into a memory budget. */
export function maxSigned(memoryMb: number): number {
  return Math.floor((memoryMb * 1024 * 1024 * MEMORY_SHARE) / SIGNATURE_BYTES);
}

/** The memory budget, in MB, that holds the signatures of so many pairs. */
export function needForSigned(pairs: number): number {
  return Math.ceil((pairs * SIGNATURE_BYTES) / MEMORY_SHARE / 1024 / 1024);
}

/** Signatures of the files' pairs in order. Stops before the first file that would exceed `maxPairs`. */
export async function signDataset(
  { files, pairCount }: SurveyedDataset,
  ranges: RangeRunner,
  maxPairs: number,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const signatures = new Uint8Array(SIGNATURE_BYTES * Math.min(pairCount, maxPairs));
  const total = files.reduce((sum, { file }) => sum + file.size * file.codec.expansion, 0);
  let done = 0;
  for (const { file, survey, firstPair, signatures: known } of files) {
    if (firstPair + survey.facts.pairCount > maxPairs)
      return signatures.subarray(0, firstPair * SIGNATURE_BYTES);
    if (survey.facts.pairCount === 0) continue;
    if (known) {
      signatures.set(known, firstPair * SIGNATURE_BYTES);
      continue;
    }
    const cuts = await containerOf(file).cut(file, ranges.width);
    const { recognition } = survey;
    const parts = await inRanges(file, cuts, async (range) =>
      ranges.run(
        'signatures',
        { ...range, schema: { recognition }, rules: DEFAULT_RULES },
        (bytes) => {
          done += bytes;
          onProgress(Math.min(0.99, done / total));
        },
        signal,
      ),
    );
    let at = firstPair * SIGNATURE_BYTES;
    for (const { part } of parts) {
      signatures.set(part.signatures, at);
      at += part.signatures.length;
    }
  }
  return signatures;
}
