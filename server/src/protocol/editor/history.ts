// An open file beside an earlier version of it.
import type { ChangeKind } from '#core/history/differences.ts';

export interface ComparedVersions {
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** What happened, a line each; those of the start of each kind. Not escaped. */
  readonly report: readonly string[];
}
