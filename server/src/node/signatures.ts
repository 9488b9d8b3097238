// Computes sketches of all pairs of a dataset, for the checks that compare texts: one more pass over the text, with all
// threads.
import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import type { SketchLimits, TextSketches } from '#core/checks/relations/textSketches.ts';
import { joinSketches } from '#core/checks/relations/textSketches.ts';
import { WORDS_BYTES } from '#core/checks/relations/wordSketch.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';

import { containerOf, inRanges } from './containers/containers.ts';
import type { SurveyedDataset } from './survey.ts';
import type { RangeRunner } from './threads.ts';

/** Shares of the memory budget for signatures, and for words. */
const MEMORY_SHARE = 0.4;
const WORDS_SHARE = 0.1;

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

/** Pairs whose words fit into a memory budget. */
export function maxWords(memoryMb: number): number {
  return Math.floor((memoryMb * 1024 * 1024 * WORDS_SHARE) / WORDS_BYTES);
}

/** Pairs to sketch of a file after others. */
export function limitsAfter(pairs: number, memoryMb: number): SketchLimits {
  return {
    maxSigned: Math.max(0, maxSigned(memoryMb) - pairs),
    maxWords: Math.max(0, maxWords(memoryMb) - pairs),
  };
}

/** The memory budget, in MB, that holds the signatures of so many pairs. */
export function needForSigned(pairs: number): number {
  return Math.ceil((pairs * SIGNATURE_BYTES) / MEMORY_SHARE / 1024 / 1024);
}

/** Sketches of the files' pairs in order. Stops before the first file that would exceed `maxSigned`. */
export async function signDataset(
  { files, pairCount }: SurveyedDataset,
  ranges: RangeRunner,
  limits: SketchLimits,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<TextSketches> {
  const maxWords = pairCount <= Math.min(limits.maxWords, limits.maxSigned) ? limits.maxWords : 0;
  const total = files.reduce((sum, { file }) => sum + file.size * file.codec.expansion, 0);
  const parts: TextSketches[] = [];
  let done = 0;
  for (const { file, survey, firstPair, sketches: known } of files) {
    if (firstPair + survey.facts.pairCount > limits.maxSigned) break;
    if (survey.facts.pairCount === 0) continue;
    if (known && (maxWords === 0 || known.words.length > 0)) {
      parts.push(maxWords === 0 ? { ...known, words: new Uint8Array(0) } : known);
      continue;
    }
    const cuts = await containerOf(file).cut(file, ranges.width);
    const { recognition } = survey;
    const read = await inRanges(file, cuts, async (range) =>
      ranges.run(
        'signatures',
        {
          ...range,
          schema: { recognition },
          rules: DEFAULT_RULES,
          limits: { maxSigned: Infinity, maxWords },
        },
        (bytes) => {
          done += bytes;
          onProgress(Math.min(0.99, done / total));
        },
        signal,
      ),
    );
    for (const { part } of read) parts.push(part.sketches);
  }
  return joinSketches(parts);
}
