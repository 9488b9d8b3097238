// The sentences of the dataset page.
import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { RowSelection, RowSort } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import type { RowStore } from './rowStore.ts';
import { failureAt } from './rowStore.ts';

/** What is known of the file, in one line. */
export function statusText(status: DatasetStatus | undefined): string {
  if (!status) return t('Opening…');
  if (status.phase === 'reading') return t('Reading…');
  const facts = [
    plural(status.recordCount, 'row'),
    status.pairCount === status.recordCount ? undefined : plural(status.pairCount, 'pair'),
    status.judgementCount > 0 ? plural(status.judgementCount, 'single verdict') : undefined,
    (status.schemaCount ?? 1) > 1 ? plural(status.schemaCount ?? 1, 'schema') : status.mapping,
    status.isRelating === true ? t('searching for duplicates') : undefined,
    status.unsavedCount > 0 ? plural(status.unsavedCount, 'unsaved edit') : undefined,
    {
      scoring: status.progress?.toLowerCase() ?? t('scoring'),
      cancelled: t('scoring stopped'),
      untrusted: t('not scored: the folder is not trusted'),
      failed: t('not scored'),
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
  if (!status || status.phase === 'reading') return t('Reading…');
  // The filter box says what is wrong.
  if (list?.fault) return t('No rows: correct the filter.');
  if (list?.search) return t('Searching…');
  if (query !== '' || sample) return list ? t('No rows match the filter.') : t('Searching…');
  if (order === 'findings')
    return status.phase === 'scoring'
      ? t('No findings so far. Scoring is still running.')
      : t('No findings.');
  return status.reason ?? t('This file has no rows.');
}

/** How many rows a query selects, once the server has answered. */
export function hitsText(store: RowStore): string {
  const { list, total } = store;
  if (!list) return failureAt(store, 0) === undefined ? t('Searching…') : '';
  return list.fault ? '' : plural(total, 'row');
}

export function foundText(total: number): string {
  return total === 0 ? t('No rows match') : t('{0} shown', plural(total, 'row'));
}

export function sortText(sort: RowSort | undefined): string {
  if (!sort) return t('In the order of the file');
  const field = sort.field.replaceAll('_', ' ');
  return sort.isDescending ? t('Sorted by {0}, descending', field) : t('Sorted by {0}, ascending', field);
}

/** What stands in the place of rows, or of a pair, that could not be loaded. */
export function failureText(what: 'rows' | 'pair', reason: string): string {
  return what === 'rows' ? t("Can't load these rows: {0}", reason) : t("Can't load this pair: {0}", reason);
}
