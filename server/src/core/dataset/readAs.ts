// How a file is read, in words.
import type { Facts } from '../facts/facts.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { plural } from '../words/numbers.ts';

/** The schema's title; for a file that mixes several: "6 pairs by TRL explicit prompt, 4 by responses A and B". */
export function readAs(mapping: Mapping, facts: Pick<Facts, 'partCounts'>): string {
  if (!mapping.others) return mapping.title;
  const counts = facts.partCounts();
  return [mapping, ...mapping.others]
    .map(({ title }, i) => `${i === 0 ? plural(counts[i] ?? 0, 'pair') : (counts[i] ?? 0)} by ${title}`)
    .join(', ');
}
