// What the rows of a query leave out, in a sentence each.
import type { Query } from '#core/query/query.ts';
import { inGroups } from '#core/words/numbers.ts';

import type { OpenDataset } from '../dataset.ts';

/** Removed records are no rows. */
function changesNote({ facts }: Query, { earlier }: OpenDataset): string {
  if (!facts.has('change')) return '';
  if (!earlier) return 'Run “PrefLens: Compare With HEAD” first.';
  const { removed } = earlier.counts;
  // Short: there is little room beside the filter.
  return removed === 0 ? `Since ${earlier.name}.` : `${inGroups(removed)} removed since ${earlier.name}.`;
}

/** Findings of a rule beyond a limit are counted, and nobody knows their records. */
function findingsNote({ facts, namesRule }: Query, dataset: OpenDataset): string {
  if (!facts.has('rule')) return '';
  const cut = [...dataset.survey.counts.keys()].filter(
    (rule) => namesRule(rule) && dataset.unlistedCount(rule) > 0,
  );
  if (cut.length === 0) return '';
  return `Of ${cut.map((rule) => `\`${rule}\``).join(' and ')}, only the first findings are listed; the records of the others are not among these rows.`;
}

export function noteOf(query: Query, dataset: OpenDataset): { readonly note?: string } {
  const notes = [changesNote(query, dataset), findingsNote(query, dataset)].filter((note) => note !== '');
  return notes.length === 0 ? {} : { note: notes.join(' ') };
}
