// Statistics of a dataset, computed from facts.
import type { Facts } from './facts.ts';

/** Fields in which datasets name their subsets. */
export const SOURCE_FIELDS = ['source', 'subset', 'domain', 'category', 'dataset', 'origin_dataset', 'split'];

/** Lengths in UTF-16 units. */
export interface Lengths {
  readonly mean: number;
  readonly median: number;
  /** The 90th percentile. */
  readonly ninth: number;
  readonly longest: number;
}

export interface DatasetStats {
  readonly records: number;
  readonly pairs: number;
  readonly ties: number;
  readonly judgements: number;
  readonly prompts: number;
  readonly chosen: Lengths;
  readonly rejected: Lengths;
  /** Share of preferences whose chosen answer is longer; equal lengths count half. NaN without preferences. */
  readonly longerChosen: number;
}

function lengthsOf(values: Int32Array): Lengths {
  const sorted = values.slice().sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    mean: sorted.length === 0 ? 0 : sum / sorted.length,
    median: at(0.5),
    ninth: at(0.9),
    longest: sorted.at(-1) ?? 0,
  };
}

function join(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** Counts distinct 64-bit keys by sorting: a set of millions would take ten times the memory. */
function countDistinct(columns: readonly Uint32Array[]): number {
  const keys = new BigUint64Array(columns.reduce((sum, column) => sum + column.length / 2, 0));
  const words = new Uint32Array(keys.buffer);
  let at = 0;
  for (const column of columns) {
    words.set(column, at);
    at += column.length;
  }
  keys.sort();
  let distinct = 0;
  for (let i = 0; i < keys.length; i++) if (i === 0 || keys[i] !== keys[i - 1]) distinct++;
  return distinct;
}

/** Statistics over all files of a dataset. */
export function statsOf(files: readonly Facts[]): DatasetStats {
  const sum = (count: (facts: Facts) => number): number =>
    files.reduce((total, facts) => total + count(facts), 0);
  let [longer, preferences] = [0, 0];
  for (const facts of files) {
    const { chosenLength, rejectedLength } = facts.pairs;
    for (let pair = 0; pair < facts.pairCount; pair++) {
      if (facts.isTie(pair)) continue;
      const difference = (chosenLength[pair] ?? 0) - (rejectedLength[pair] ?? 0);
      longer += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      preferences++;
    }
  }
  return {
    records: sum((facts) => facts.recordCount),
    pairs: sum((facts) => facts.pairCount),
    ties: sum((facts) => facts.tieCount),
    judgements: sum((facts) => facts.judgementCount),
    prompts: countDistinct(files.map(({ pairs, pairCount }) => pairs.promptKey.subarray(0, 2 * pairCount))),
    chosen: lengthsOf(join(files.map(({ pairs, pairCount }) => pairs.chosenLength.subarray(0, pairCount)))),
    rejected: lengthsOf(
      join(files.map(({ pairs, pairCount }) => pairs.rejectedLength.subarray(0, pairCount))),
    ),
    longerChosen: longer / preferences,
  };
}
