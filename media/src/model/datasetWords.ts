// The sentences of the dataset page.
import type { DatasetStatus, RowOrder } from '#protocol/editor.ts';

function count(value: number, one: string, many: string): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
}

/** What is known of the file, in one line. */
export function statusWords(status: DatasetStatus | undefined): string {
  if (!status) return 'Opening…';
  if (status.phase === 'reading') return 'Reading…';
  const facts = [
    count(status.recordCount, 'row', 'rows'),
    status.pairCount === status.recordCount ? undefined : count(status.pairCount, 'pair', 'pairs'),
    status.mapping,
    status.unsavedCount > 0 ? count(status.unsavedCount, 'unsaved edit', 'unsaved edits') : undefined,
    {
      scoring: (status.progress ?? 'scoring').toLowerCase(),
      cancelled: 'scoring stopped',
      failed: 'not scored',
    }[status.phase as string],
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

/** Why a list shows nothing; undefined where it does. */
export function emptyWords(
  status: DatasetStatus | undefined,
  order: RowOrder,
  total: number,
): string | undefined {
  if (total > 0) return undefined;
  if (!status || status.phase === 'reading') return 'Reading…';
  if (order === 'findings') return 'No findings. Scoring may still bring some.';
  return status.reason ?? 'This file holds no rows.';
}

/** Why the pane beside the list shows no pair. */
export function noPairWords(status: DatasetStatus | undefined): string {
  if (status?.phase === 'unrecognised')
    return 'No preference pairs are recognised in this file: its rows are listed as they stand. Name its mapping in preflens.json.';
  return 'Select a row to read chosen against rejected. This one holds no pair.';
}
