// Applies a list of edits to a file on disk.
import type { ReadValue } from '#core/dataset/survey.ts';
import { readRaw } from '#core/dataset/survey.ts';
import type { Edit } from '#core/edits/edit.ts';
import type { PairName } from '#core/edits/pairEdit.ts';
import { pairNamed, planPairEdit } from '#core/edits/pairEdit.ts';
import { groupBy } from '#core/group.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordChange } from '#core/model/record.ts';

import { planChanges } from './containers/containers.ts';
import type { DataFile } from './dataFile.ts';
import { savePlanned } from './save.ts';

/** One edit of a file. Names its pair as in the unchanged file, regardless of earlier edits in the list. */
export interface FileEdit extends PairName {
  /** Record number from 0, not counting blank lines. */
  readonly record: number;
  readonly edit: Edit;
}

/** The record's bytes after its edits, applied in order; undefined if it is dropped. */
function editRecord(
  file: DataFile,
  raw: RawRecord,
  recognition: Recognition,
  edits: readonly FileEdit[],
): Uint8Array | undefined {
  const where = `${file.path}:${raw.line + 1}`;
  const readNow = (bytes: Uint8Array): ReadValue | undefined =>
    readRaw({ ...raw, byteEnd: raw.byteStart + bytes.length, bytes }, recognition);
  const first = readNow(raw.bytes);
  let { bytes } = raw;
  for (const { edit, ...name } of edits) {
    if (edit.kind === 'drop' && name.pairKey === undefined) return undefined;
    const read = bytes === raw.bytes ? first : readNow(bytes);
    if (!first || !read) throw messages.badEdit(where, 'The record has nothing to edit.');
    const named = pairNamed(first, name);
    if ('refused' in named) throw messages.badEdit(where, named.refused);
    const plan = planPairEdit(recognition.mapping, bytes, read, named.pair, edit);
    if (plan.kind === 'refused') throw messages.badEdit(where, plan.reason);
    if (plan.kind === 'drop') return undefined;
    ({ bytes } = plan);
  }
  return bytes;
}

/** The records that the edits change. Reads the file once, up to the last of them. */
export async function changesOf(
  file: DataFile,
  recognition: Recognition,
  edits: readonly FileEdit[],
): Promise<readonly RecordChange[]> {
  const wanted = groupBy(edits, ({ record }) => record);
  const changes: RecordChange[] = [];
  const { isTable } = file.codec;
  for await (const raw of file.records((record) => wanted.has(record))) {
    const bytes = editRecord(file, raw, recognition, wanted.get(raw.record) ?? []);
    wanted.delete(raw.record);
    const { record, byteStart, byteEnd, lineEnd } = raw;
    if (bytes === undefined || Buffer.compare(bytes, raw.bytes) !== 0)
      changes.push({
        raw: { record, byteStart, byteEnd, lineEnd },
        bytes: bytes ?? null,
        ...(isTable && { before: raw.bytes.slice() }),
      });
    if (wanted.size === 0) break;
  }
  for (const record of wanted.keys()) throw messages.noSuchRecord(file.path, record);
  return changes;
}

/** Applies all edits or none. Returns the number of changed records. */
export async function saveEdits(
  file: DataFile,
  recognition: Recognition,
  edits: readonly FileEdit[],
  signal: AbortSignal,
): Promise<number> {
  let changed = 0;
  const changes = async (): Promise<readonly RecordChange[]> => {
    const found = await changesOf(file, recognition, edits);
    changed = found.length;
    return found;
  };
  const isLikelyInPlace = edits.every(({ edit }) => edit.kind === 'flip');
  await savePlanned(file, planChanges(file, changes, isLikelyInPlace), signal);
  return changed;
}
