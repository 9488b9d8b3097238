// How a dataset is opened from disk.
import type { Mapping } from '#core/mapping/mapping.ts';

export interface DiskOptions {
  /** A file of edits, as `backup` of an earlier session wrote it. */
  readonly backup?: string | undefined;
  /** Nothing is edited: edits that earlier sessions left stay where they are. */
  readonly isReadOnly?: boolean;
  /** The mapping that the user named, where there is one. */
  readonly likely?: () => Mapping | undefined;
}
