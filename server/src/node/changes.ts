// Turns changed records into replacements of bytes, for a save.
import type { Replacement } from '#core/edits/splice.ts';
import type { RecordChange } from '#core/model/record.ts';

import type { DataFile } from './dataFile.ts';
import { planTable } from './parquet/save.ts';
import type { SavePlan } from './save.ts';

const NOTHING = new Uint8Array(0);

/** Replacements in the file's text. A dropped record loses its line end too. */
function replacementsOf(changes: readonly RecordChange[]): readonly Replacement[] {
  return changes.map(({ raw: { byteStart, byteEnd, lineEnd }, bytes }) =>
    bytes ? { start: byteStart, end: byteEnd, bytes } : { start: byteStart, end: lineEnd, bytes: NOTHING },
  );
}

/** Plans a save of changed records, which must be in order. */
export function planChanges(
  file: DataFile,
  changes: () => Promise<readonly RecordChange[]>,
  isLikelyInPlace: boolean,
): SavePlan {
  if (file.codec.isTable) return planTable(file.path, changes);
  return { replacements: async () => replacementsOf(await changes()), isLikelyInPlace };
}
