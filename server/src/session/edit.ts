// One edit of a record, where its text is: in the editor, or pending in the server.
import type { Edit } from '#core/edits/edit.ts';
import type { EditDone, RecordEdit } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { OpenDataset } from './dataset.ts';
import type { TextHistory } from './history.ts';
import type { Host } from './host.ts';
import { outcomeOf, refused } from './outcome.ts';
import { editOf, separateEditOf } from './planEdit.ts';
import { whyNotEdited } from './reasons.ts';
import type { OpenFile } from './state.ts';

export const LABELS: Readonly<Record<RecordEdit['kind'], string>> = {
  flip: 'Flip chosen and rejected',
  drop: 'Drop record',
  tie: 'Mark as a tie',
  margin: 'Set margin',
  repair: 'Repair the text',
};

/** The text repair of the first finding of a pair that has one. */
function repairOf(dataset: OpenDataset, { record, pair = 0 }: RecordRef): Edit | undefined {
  for (const finding of dataset.findingsOf(record, pair)) {
    if (finding.replace) return { kind: 'replace', replace: finding.replace };
    const separate = separateEditOf(dataset, finding);
    if (separate) return separate;
  }
  return undefined;
}

export async function editRecord(
  file: OpenFile,
  host: Pick<Host, 'applyEdit' | 'edited'>,
  history: TextHistory,
  ref: RecordRef,
  what: RecordEdit,
): Promise<Outcome<EditDone>> {
  const { dataset } = file;
  const wanted = what.kind === 'repair' ? repairOf(dataset, ref) : what;
  const planned = wanted && editOf(dataset, ref, wanted);
  if (!planned || 'refused' in planned) return refused(planned?.refused ?? whyNotEdited(file, ref, what));
  const { bytes, after, raw } = planned;
  const { pending, uri } = dataset.source;
  const label = LABELS[what.kind];
  if (pending)
    return outcomeOf(() => {
      const id = pending.edit(ref.record, bytes, label);
      host.edited({ uri, id, label });
      return { ...after, id };
    });
  const id = history.add({ record: raw.record, before: raw.bytes.slice(), after: bytes, label });
  const applied = await host.applyEdit(dataset, [planned], label);
  if (!applied.ok) {
    history.remove(id);
    return applied;
  }
  return { ok: true, value: { ...after, id } };
}
