// Stable keys of findings: the same after sorting, re-serialising and flipping.
import type { Facts } from '../facts/facts.ts';
import { formatKey, hashKey } from '../hash.ts';
import type { Finding } from '../model/finding.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import { pairKey } from '../model/identity.ts';

const decoder = new TextDecoder();

/**
 * The key of the pair; for a record without pairs, of its bytes; for a whole file, of its path.
 * @param bytes of the record
 * @param file path relative to the memory's folder, with forward slashes
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

/** `findingKey` for consecutive findings: hashes the bytes of a record only once. */
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
