// Relations found earlier stay true for records that an edit doesn't touch. Touched records are checked again: by
// key at once, by text in the next search.
import type { Facts } from '../../facts/facts.ts';
import { groupBy } from '../../group.ts';
import { formatKey } from '../../hash.ts';
import type { Finding } from '../../model/finding.ts';
import { WHOLE_FILE } from '../../model/finding.ts';
import { pairKey } from '../../model/identity.ts';
import { SIMILARITY_RULES, stageOf } from '../table.ts';
import type { Relations } from './relations.ts';

/** How an edit changed the records. */
export interface Reread {
  /** The present number of an old record; −1 if it changed or was removed. */
  readonly renumber: (record: number) => number;
  /** Old numbers of the records that changed or were removed, with the keys of their pairs. */
  readonly before: () => ReadonlyMap<number, readonly string[]>;
  /** Present numbers of the records that were read again. */
  readonly changed: readonly number[];
}

/** Order-independent keys of a record's pairs: a flip changes none. */
export function pairKeysOf(facts: Facts, record: number): readonly string[] {
  const [from, to] = facts.pairsOf(record);
  return Array.from({ length: to - from }, (_, i) => formatKey(pairKey(facts.identity(from + i))));
}

/** If more records change, as when the whole text is replaced, they are not compared one by one. */
const MAX_COMPARED = 20_000;

const isNear = ({ rule }: Finding): boolean => SIMILARITY_RULES.has(rule);
const isExact = (rule: string): boolean => stageOf(rule) === 'relation' && !SIMILARITY_RULES.has(rule);

function countsOf(findings: readonly Finding[], old: Relations): Map<string, number> {
  const counts = new Map(old.counts);
  const add = (list: readonly Finding[], by: number): void => {
    for (const { rule } of list) counts.set(rule, (counts.get(rule) ?? 0) + by);
  };
  add(old.findings, -1);
  add(findings, 1);
  return counts;
}

/** The relations that still hold. Rules with possibly missing findings become partial. */
export function carryRelations(old: Relations, reread: Reread, facts: Facts): Relations {
  const { renumber, changed } = reread;
  const isMuch = changed.length > MAX_COMPARED;
  const before = isMuch ? new Map<number, readonly string[]>() : reread.before();
  const now = (isMuch ? [] : changed).flatMap((record) =>
    pairKeysOf(facts, record).map((key, pair) => ({ key, record, pair })),
  );
  const came = groupBy(now, ({ key }) => key);
  const gone = new Set([...before.values()].flat());
  const isLost = (key: string | undefined): boolean => key !== undefined && gone.has(key) && !came.has(key);
  const partial = new Set(old.partial);
  // New texts may be close to others.
  if (isMuch || now.some(({ key }) => !gone.has(key))) for (const rule of SIMILARITY_RULES) partial.add(rule);
  const findings = old.findings.flatMap((finding): Finding[] => {
    if (finding.record === WHOLE_FILE) return [finding];
    const record = renumber(finding.record);
    if (!isNear(finding) && record >= 0) return [{ ...finding, record }];
    if (isNear(finding) && !isLost(finding.other)) {
      if (record >= 0) return [{ ...finding, record }];
      const key = before.get(finding.record)?.[finding.pair ?? 0];
      const place = key === undefined ? undefined : came.get(key)?.shift();
      if (place) return [{ ...finding, record: place.record, pair: place.pair }];
    }
    partial.add(finding.rule);
    return [];
  });
  return { findings, counts: countsOf(findings, old), partial };
}

/** Replaces the exact relations, which come from keys; the rest stays. */
export function withExact(old: Relations, exact: Relations): Relations {
  const rest = old.findings.filter(({ rule }) => !isExact(rule));
  const counts = new Map([...old.counts].filter(([rule]) => !isExact(rule)));
  for (const [rule, count] of exact.counts) counts.set(rule, count);
  const partial = new Set([...old.partial].filter((rule) => SIMILARITY_RULES.has(rule)));
  return { findings: [...exact.findings, ...rest], counts, partial };
}

/** Adds what is known of the similarity checks that a search did not run on all pairs. */
export function withKnownNear(found: Relations, known: Relations): Relations {
  const missing = [...SIMILARITY_RULES].filter((rule) => found.partial.has(rule));
  if (missing.length === 0) return found;
  const near = known.findings.filter(({ rule }) => missing.includes(rule));
  const counts = new Map(found.counts);
  const ofRecords = found.findings.filter(({ record }) => record !== WHOLE_FILE);
  const whole = found.findings.filter(({ record }) => record === WHOLE_FILE);
  const partial = new Set(found.partial);
  for (const rule of missing) {
    const count = known.counts.get(rule);
    if (count !== undefined) counts.set(rule, count);
    if (!known.partial.has(rule)) partial.delete(rule);
  }
  return { findings: [...ofRecords, ...near, ...whole], counts, partial };
}
