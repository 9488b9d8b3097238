// A part of the pairs of a file, in which the checks across records find what they find among all.
import type { SplitStart } from '../../facts/splitStart.ts';
import { pairKey } from '../../model/identity.ts';
import type { FileFacts } from './relation.ts';
import { isEmptyPrompt, sharesLine } from './relation.ts';

/**
 * The part, of several, to which a pair belongs: pairs with one prompt are in one part. Without a prompt only equal
 * pairs mean something to each other.
 */
export function promptPart({ facts }: FileFacts, pair: number, parts: number): number {
  const { promptKey } = facts.pairs;
  const low = isEmptyPrompt(promptKey, pair) ? pairKey(facts.identity(pair))[0] : (promptKey[2 * pair] ?? 0);
  return low % parts;
}

/** Where the lists of a document begin among the records of a slice. */
function splitsIn(splits: readonly SplitStart[], records: Int32Array): readonly SplitStart[] {
  let kept = 0;
  return splits.map(({ name, record }) => {
    while (kept < records.length && (records[kept] ?? 0) < record) kept++;
    return { name, record: kept };
  });
}

/** Only these pairs of a file, by rising numbers. */
export function sliceOf(file: FileFacts, pairs: Int32Array): FileFacts {
  const { facts } = file;
  if (pairs.length === facts.pairCount) return file;
  const { facts: own, records } = facts.pick(pairs);
  return {
    ...file,
    facts: own,
    ...(file.splits && { splits: splitsIn(file.splits, records) }),
    whole: {
      record: records,
      sharesLine: Uint8Array.from(records, (record) => Number(sharesLine(facts, record))),
      pair: Int32Array.from(pairs, (pair) => pair - facts.pairsOf(facts.recordOf(pair))[0]),
    },
  };
}
