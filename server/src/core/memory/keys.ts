// What a finding is known by, wherever its record stands: the same after sorting, re-serialising and flipping.
import type { Facts } from '../facts/facts.ts';
import { formatKey, hashKey } from '../hash.ts';
import type { Finding } from '../model/finding.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import { pairKey } from '../model/identity.ts';

const decoder = new TextDecoder();

/**
 * The key of a pair for what is about one; of a record without pairs, of its bytes; of a whole file, of its name.
 * @param bytes of the record
 * @param file the file's path from the folder of the memory, with forward slashes
 */
export function findingKey(
  { record, pair = 0 }: Finding,
  facts: Facts,
  bytes: Uint8Array,
  file: string,
): string {
  if (record === WHOLE_FILE) return `file:${file}`;
  const [from, to] = facts.pairsOf(record);
  if (from + pair < to) return formatKey(pairKey(facts.identity(from + pair)));
  return `record:${formatKey(hashKey(decoder.decode(bytes)))}`;
}

/** `findingKey` for many findings in a row: the bytes of a record are hashed once, however many findings it has. */
export function keyMaker(facts: Facts, file: string): (finding: Finding, bytes: () => Uint8Array) => string {
  let known: { readonly record: number; readonly key: string } | undefined;
  return (finding, bytes) => {
    const { record, pair = 0 } = finding;
    const [from, to] = facts.pairsOf(record);
    if (record === WHOLE_FILE || from + pair < to) return findingKey(finding, facts, new Uint8Array(0), file);
    if (known?.record !== record) known = { record, key: findingKey(finding, facts, bytes(), file) };
    return known.key;
  };
}
