// The sentences of the dataset page.
import { plural } from '#core/words/numbers.ts';
import type { RowOrder } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

/** What is known of the file, in one line. */
export function statusText(status: DatasetStatus | undefined): string {
  if (!status) return 'Opening…';
  if (status.phase === 'reading') return 'Reading…';
  const facts = [
    plural(status.recordCount, 'row'),
    status.pairCount === status.recordCount ? undefined : plural(status.pairCount, 'pair'),
    status.judgementCount > 0 ? plural(status.judgementCount, 'single verdict') : undefined,
    status.mapping,
    status.unsavedCount > 0 ? plural(status.unsavedCount, 'unsaved edit') : undefined,
    {
      scoring: (status.progress ?? 'scoring').toLowerCase(),
      cancelled: 'scoring stopped',
      failed: 'not scored',
    }[status.phase as string],
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

/** Why a list shows nothing; undefined where it does. */
export function emptyMessage(
  status: DatasetStatus | undefined,
  order: RowOrder,
  total: number,
): string | undefined {
  if (total > 0) return undefined;
  if (!status || status.phase === 'reading') return 'Reading…';
  if (order === 'findings')
    return status.phase === 'scoring' ? 'No findings yet. Scoring may still bring some.' : 'No findings.';
  return status.reason ?? 'This file holds no rows.';
}
