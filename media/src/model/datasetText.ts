// The sentences of the dataset page.
import { plural } from '#core/words/numbers.ts';
import type { RowSelection, RowSort } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import type { RowStore } from './rowStore.ts';
import { failureAt } from './rowStore.ts';

/** What is known of the file, in one line. */
export function statusText(status: DatasetStatus | undefined): string {
  if (!status) return 'Opening…';
  if (status.phase === 'reading') return 'Reading…';
  const facts = [
    plural(status.recordCount, 'row'),
    status.pairCount === status.recordCount ? undefined : plural(status.pairCount, 'pair'),
    status.judgementCount > 0 ? plural(status.judgementCount, 'single verdict') : undefined,
    (status.schemaCount ?? 1) > 1 ? `${status.schemaCount ?? 1} schemas` : status.mapping,
    status.unsavedCount > 0 ? plural(status.unsavedCount, 'unsaved edit') : undefined,
    {
      scoring: (status.progress ?? 'scoring').toLowerCase(),
      cancelled: 'scoring stopped',
      failed: 'not scored',
    }[status.phase as string],
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

/** Why a list without rows shows none. */
export function emptyMessage(
  status: DatasetStatus | undefined,
  { order, query, sample }: RowSelection,
  list: RowStore['list'],
): string {
  if (!status || status.phase === 'reading') return 'Reading…';
  // The filter box says what is wrong.
  if (list?.fault) return 'No rows: correct the filter.';
  if (list?.search) return 'Searching…';
  if (query !== '' || sample) return list ? 'No rows match the filter.' : 'Searching…';
  if (order === 'findings')
    return status.phase === 'scoring' ? 'No findings so far. Scoring is still running.' : 'No findings.';
  return status.reason ?? 'This file has no rows.';
}

/** How many rows a query selects, once the server has answered. */
export function hitsText(store: RowStore): string {
  const { list, total } = store;
  if (!list) return failureAt(store, 0) === undefined ? 'Searching…' : '';
  return list.fault ? '' : plural(total, 'row');
}

export function foundText(total: number): string {
  return total === 0 ? 'No rows match' : `${plural(total, 'row')} shown`;
}

export function sortText(sort: RowSort | undefined): string {
  if (!sort) return 'In the order of the file';
  return `Sorted by ${sort.field.replaceAll('_', ' ')}, ${sort.isDescending ? 'descending' : 'ascending'}`;
}

/** What stands in the place of rows, or of a pair, that could not be loaded. */
export function failureText(what: 'rows' | 'pair', reason: string): string {
  return `Can't load ${what === 'rows' ? 'these rows' : 'this pair'}: ${reason}`;
}
