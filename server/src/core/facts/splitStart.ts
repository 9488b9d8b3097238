// The splits of a JSON document: its lists of records, by their keys.
import { isSplitKey } from '../model/fieldNames.ts';
import type { Facts } from './facts.ts';

/** A list under a key of a JSON document. */
export interface SplitStart {
  readonly name: string;
  /** Its first record. */
  readonly record: number;
}

/** A part of a file. */
export interface SplitPart {
  /** Undefined if nothing says it. */
  readonly split: string | undefined;
  readonly recordCount: number;
  readonly firstPair: number;
  readonly pairCount: number;
}

/**
 * The parts of a file by split. The key of the only list counts if it names a split.
 * @param split of the whole file
 */
export function splitParts(
  facts: Facts,
  splits: readonly SplitStart[] = [],
  split?: string,
): readonly SplitPart[] {
  const [first] = splits;
  const isSplit = first !== undefined && (splits.length > 1 || isSplitKey(first.name));
  if (!isSplit) return [{ split, recordCount: facts.recordCount, firstPair: 0, pairCount: facts.pairCount }];
  return splits.map(({ name, record }, i) => {
    const end = splits[i + 1]?.record ?? facts.recordCount;
    const firstPair = facts.firstPairOf(record);
    return {
      split: name,
      recordCount: end - record,
      firstPair,
      pairCount: facts.firstPairOf(end) - firstPair,
    };
  });
}
