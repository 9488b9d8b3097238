// `merge`: two versions of a file that come from a third one, merged record by record. Also git's merge driver.
import { plural } from '#core/words/numbers.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import type { MergePaths } from '#node/mergeFiles.ts';
import { mergeFiles } from '#node/mergeFiles.ts';

import type { Command } from './command.ts';

/** True if records are in conflict. */
export async function merge(
  { note, memoryMb, signal }: Command,
  paths: MergePaths,
  { path = paths.ours, markerSize }: { readonly path?: string; readonly markerSize: number },
): Promise<boolean> {
  const conflicts = await mergeFiles(paths, {
    name: path,
    markerSize,
    maxRecordBytes: recordBytesFor(memoryMb),
    signal,
  });
  if (conflicts > 0)
    note(`${path}: ${plural(conflicts, 'record')} changed on both sides, marked in the file.`);
  return conflicts > 0;
}
