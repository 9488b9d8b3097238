// Changes of records, as a save needs them: what is replaced in the bytes of the file.
import type { Replacement } from '#core/edits/splice.ts';
import type { RecordChange } from '#core/model/record.ts';

import type { DataFile } from './dataFile.ts';
import { planTable } from './parquet/save.ts';
import type { SavePlan } from './save.ts';

const NOTHING = new Uint8Array(0);

/** In the text of the file. A dropped record takes its line end along. */
function replacementsOf(changes: readonly RecordChange[]): readonly Replacement[] {
  return changes.map(({ raw: { byteStart, byteEnd, lineEnd }, bytes }) =>
    bytes ? { start: byteStart, end: byteEnd, bytes } : { start: byteStart, end: lineEnd, bytes: NOTHING },
  );
}

/** How changes of records, in their order, are saved. */
export function planChanges(
  file: DataFile,
  changes: () => Promise<readonly RecordChange[]>,
  isLikelyInPlace: boolean,
): SavePlan {
  if (file.codec.isTable) return planTable(file.path, changes);
  return { replacements: async () => replacementsOf(await changes()), isLikelyInPlace };
}
