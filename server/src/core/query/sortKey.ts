// What rows can be sorted and sampled by, and which fields of a table a query reads.
import { parseFieldRef } from '../mapping/field.ts';
import type { KnownFacts } from './facts.ts';
import { isTextPart, NAMED_FACTS, NUMBER_FACTS } from './facts.ts';
import type { Query } from './query.ts';

export type SortKey =
  /** A number of each pair; NaN if it has none. */
  | { readonly kind: 'fact'; readonly of: (known: KnownFacts) => (record: number, pair: number) => number }
  /** A field of the record, by its name. */
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'fault'; readonly message: string };

/** The key that a name means: a fact, or a field of the record. */
export function sortKeyOf(name: string): SortKey {
  const field = name.startsWith('.') ? name.slice(1) : name;
  const isOwn = field !== name;
  const fact = isOwn ? undefined : NUMBER_FACTS[name];
  if (fact) return { kind: 'fact', of: fact.of };
  if (!isOwn && isTextPart(name)) {
    const length = name === 'chosen' || name === 'rejected' ? `${name}_length` : 'length';
    return {
      kind: 'fault',
      message: `Rows can’t be sorted by \`${name}\`, which is a text. Sort by \`${length}\`, or by the field \`.${name}\` of the record.`,
    };
  }
  if (!isOwn && Object.hasOwn(NAMED_FACTS, name))
    return {
      kind: 'fault',
      message: `Rows can’t be sorted by \`${name}\`. Sort by ${Object.keys(NUMBER_FACTS)
        .map((one) => `\`${one}\``)
        .join(', ')} or by a field of the record.`,
    };
  if (field === '' || !parseFieldRef(field))
    return { kind: 'fault', message: `\`${name}\` is no name of a fact or a field.` };
  return { kind: 'field', field };
}

/** Top names of the fields that a query reads; undefined if it reads texts, which may be anywhere. */
export function fieldsRead(query: Query | { readonly fault: unknown }): readonly string[] | undefined {
  if ('fault' in query) return undefined;
  const names: string[] = [];
  for (const leaf of query.leaves) {
    if (!('field' in leaf)) return undefined;
    names.push(leaf.field, ...(parseFieldRef(leaf.field) ?? []).map(([first]) => String(first)));
  }
  return [...new Set(names)];
}
