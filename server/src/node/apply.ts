// Edits of a file on disk: from a list of what is to be done to the records that change.
import { readRaw } from '#core/dataset/survey.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import type { Edit } from '#core/edits/edit.ts';
import { planEdit } from '#core/edits/edit.ts';
import { groupBy } from '#core/group.ts';
import { formatKey } from '#core/hash.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { RawRecord } from '#core/model/record.ts';

import type { Change } from './changes.ts';
import { planChanges } from './changes.ts';
import type { DataFile } from './files.ts';
import { savePlanned } from './save.ts';

/** One edit of a file. */
export interface FileEdit {
  /** Record number from 0; blank lines do not count. */
  readonly record: number;
  /** Number of the pair in its record; 0 where it is not said. */
  readonly pair?: number;
  readonly edit: Edit;
  /** The pair that is meant: the edit is refused when another one stands there now. */
  readonly pairKey?: string;
}

/** The record's bytes after its edits, made one after the other; undefined when it is dropped. */
function editRecord(
  file: DataFile,
  raw: RawRecord,
  recognition: Recognition,
  edits: readonly FileEdit[],
): Uint8Array | undefined {
  let { bytes } = raw;
  for (const { pair = 0, edit, pairKey: wanted } of edits) {
    const where = `${file.path}:${raw.line + 1}`;
    const read = readRaw({ ...raw, byteEnd: raw.byteStart + bytes.length, bytes }, recognition);
    if (edit.kind === 'drop' && wanted === undefined) return undefined;
    if (!read) throw messages.badEdit(where, 'The record holds nothing that can be edited.');
    const found = read.pairs[pair];
    if (!found && read.judgements.length === 0)
      throw messages.badEdit(where, `The record has no pair ${pair}.`);
    if (wanted !== undefined && (!found || formatKey(pairKey(identify(found))) !== wanted)) {
      throw messages.badEdit(where, `Another pair stands here than ${wanted}.`);
    }
    const plan = planEdit(recognition.mapping, bytes, read.value, found?.candidates, edit);
    if (plan.kind === 'refused') throw messages.badEdit(where, plan.reason);
    if (plan.kind === 'drop') return undefined;
    bytes = applyEdits(bytes, plan.edits);
  }
  return bytes;
}

/** What the edits change in the file: the records that are not as they were. One pass, to the last of them. */
export async function changesOf(
  file: DataFile,
  recognition: Recognition,
  edits: readonly FileEdit[],
): Promise<readonly Change[]> {
  const wanted = groupBy(edits, ({ record }) => record);
  const changes: Change[] = [];
  for await (const raw of file.records((record) => wanted.has(record))) {
    const bytes = editRecord(file, raw, recognition, wanted.get(raw.record) ?? []);
    wanted.delete(raw.record);
    const { record, byteStart, byteEnd, lineEnd } = raw;
    if (bytes === undefined || Buffer.compare(bytes, raw.bytes) !== 0)
      changes.push({ raw: { record, byteStart, byteEnd, lineEnd }, bytes: bytes ?? null });
    if (wanted.size === 0) break;
  }
  for (const record of wanted.keys()) throw messages.noSuchRecord(file.path, record);
  return changes;
}

/** Makes edits in a file, all of them or none; how many records are others now. */
export async function saveEdits(
  file: DataFile,
  recognition: Recognition,
  edits: readonly FileEdit[],
  signal: AbortSignal,
): Promise<number> {
  let changed = 0;
  const changes = async (): Promise<readonly Change[]> => {
    const found = await changesOf(file, recognition, edits);
    changed = found.length;
    return found;
  };
  const isLikelyInPlace = edits.every(({ edit }) => edit.kind === 'flip');
  await savePlanned(file, planChanges(file, changes, isLikelyInPlace), signal);
  return changed;
}
