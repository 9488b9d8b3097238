// Stable keys of findings: the same after sorting, re-serialising and flipping.
import type { Facts } from '../facts/facts.ts';
import { compareKeys, formatKey, hashKey, parseKey } from '../hash.ts';
import type { Finding } from '../model/finding.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import { pairKey } from '../model/identity.ts';
import type { Preference } from './verdicts.ts';

const decoder = new TextDecoder();

/** The key of a pair, the same after a flip. */
export const pairKeyAt = (facts: Facts, number: number): string => formatKey(pairKey(facts.identity(number)));

/** Numbers of the pairs with these keys, the first of equal pairs; those that are gone are missing. */
export function numbersOf(facts: Facts, keys: Iterable<string>): ReadonlyMap<string, number> {
  const wanted = new Set(keys);
  // A number is compared before a text is made: there may be a million pairs.
  const lows = new Set([...wanted].map((key) => parseKey(key)?.[0]));
  const found = new Map<string, number>();
  for (let number = 0; number < facts.pairCount && found.size < wanted.size; number++) {
    const own = pairKey(facts.identity(number));
    if (!lows.has(own[0])) continue;
    const key = formatKey(own);
    if (wanted.has(key) && !found.has(key)) found.set(key, number);
  }
  return found;
}

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
  if (from + pair < to) return pairKeyAt(facts, from + pair);
  return `record:${formatKey(hashKey(decoder.decode(bytes)))}`;
}

/** What a pair's label prefers, in words that survive a flip. */
export function labelOf(facts: Facts, number: number): Preference {
  if (facts.isTie(number)) return 'tie';
  const { chosenKey, rejectedKey } = facts.identity(number);
  return compareKeys(chosenKey, rejectedKey) <= 0 ? 'a' : 'b';
}

/** The label of the pair that a finding is about; undefined without one. */
export function labelOfFinding({ record, pair = 0 }: Finding, facts: Facts): Preference | undefined {
  if (record === WHOLE_FILE) return undefined;
  const [from, to] = facts.pairsOf(record);
  return from + pair < to ? labelOf(facts, from + pair) : undefined;
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
