// Edits of records, planned on bytes.
import { readRaw } from '#core/dataset/survey.ts';
import type { ByteEdit } from '#core/edits/bytes.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import type { Edit } from '#core/edits/edit.ts';
import { separateEdits } from '#core/edits/edit.ts';
import { pairAgain, pairNamed, planPairEdit } from '#core/edits/pairEdit.ts';
import { messages } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import type { Pair } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { OpenDataset, ReadRecord } from './dataset.ts';
import { pathOf } from './names.ts';

/** Edits of one record. */
export interface RecordEdits {
  readonly raw: RawRecord;
  /** Bytes within the record; null drops it with its line. */
  readonly edits: readonly ByteEdit[] | null;
}

export interface PlannedEdit extends RecordEdits {
  /** What the record becomes; null when it is dropped. */
  readonly bytes: Uint8Array | null;
  /** The pair as it is known when the edit is made: ranked candidates may change places. */
  readonly after: RecordRef;
}

export type EditOutcome = PlannedEdit | { readonly refused: string };

/** The bytes that differ, on whole bytes of UTF-8: editors show them, and undo keeps them small. */
export function smallestEdit(before: Uint8Array, after: Uint8Array): ByteEdit {
  const isInside = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
  const max = Math.min(before.length, after.length);
  let start = 0;
  while (start < max && before[start] === after[start]) start++;
  while (start > 0 && (isInside(before[start]) || isInside(after[start]))) start--;
  let end = 0;
  while (end < max - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  while (end > 0 && (isInside(before[before.length - end]) || isInside(after[after.length - end]))) end--;
  return { byteStart: start, byteEnd: before.length - end, bytes: after.subarray(start, after.length - end) };
}

/** The number of a pair in its record as it will be: the same two answers, or the same two candidates with other texts. */
function numberAfter(dataset: OpenDataset, { raw }: ReadRecord, pair: Pair, bytes: Uint8Array): number {
  const { recognition } = dataset.survey;
  const again = recognition && readRaw({ ...raw, byteEnd: raw.byteStart + bytes.length, bytes }, recognition);
  const pairs = again?.pairs ?? [];
  const number = pairAgain(pairs, pair);
  const sorted = ({ candidates }: Pair): string => [...candidates].sort((a, b) => a - b).join();
  return number >= 0 ? number : pairs.findIndex((one) => sorted(one) === sorted(pair));
}

/** Puts the records of a line that cannot be read as one on lines of their own. */
function separateOf(
  dataset: OpenDataset,
  record: number,
  edit: Extract<Edit, { kind: 'separate' }>,
): PlannedEdit | undefined {
  const raw = dataset.rawRecord(record);
  if (!raw) return undefined;
  const edits = separateEdits(edit.separators, edit.newline);
  return {
    raw,
    edits,
    bytes: applyEdits(raw.bytes, edits),
    after: { uri: dataset.source.uri, record, pair: 0 },
  };
}

/** The `separate` edit of a finding that has one. */
export function separateEditOf(dataset: OpenDataset, finding: Finding): Edit | undefined {
  const raw = dataset.rawRecord(finding.record);
  if (!raw || !finding.separate) return undefined;
  return { kind: 'separate', separators: finding.separate, newline: dataset.source.newlineOf(raw) };
}

/** What an edit of a pair does to the document. Undefined when there is no such pair, or nothing would change. */
export function editOf(
  dataset: OpenDataset,
  ref: Omit<RecordRef, 'uri'>,
  edit: Edit,
): EditOutcome | undefined {
  const { record, pair = 0, pairKey } = ref;
  if (edit.kind === 'separate') return separateOf(dataset, record, edit);
  const read = dataset.readRecord(record);
  const { recognition } = dataset.survey;
  if (!read || !recognition) return undefined;
  const named = pairNamed(read, ref);
  // A page may show a pair that is gone: then nothing is done.
  if ('refused' in named) return pairKey === undefined ? undefined : { refused: named.refused };
  if (!named.pair && edit.kind === 'margin') return undefined;
  const plan = planPairEdit(recognition.mapping, read.raw.bytes, read, named.pair, edit);
  if (plan.kind === 'refused') return { refused: plan.reason };
  const { uri } = dataset.source;
  const { raw } = read;
  if (plan.kind === 'drop') {
    if (dataset.source.isDocument && !dataset.removedWith(record))
      return { refused: messages.dropBesideFault(pathOf(uri) ?? uri, record).message };
    return { raw, edits: null, bytes: null, after: { uri, record, pair } };
  }
  const { bytes } = plan;
  if (Buffer.compare(bytes, raw.bytes) === 0) return undefined;
  const number = named.pair ? numberAfter(dataset, read, named.pair, bytes) : pair;
  const after = { uri, record, pair: number < 0 ? pair : number };
  return { raw, edits: plan.edits, bytes, after };
}
