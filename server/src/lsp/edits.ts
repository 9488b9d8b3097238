// Edits of an open document: planned on bytes, handed to the editor as ranges.
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';

import { readRaw } from '#core/dataset/survey.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import type { Edit } from '#core/edits/edit.ts';
import { separateEdits } from '#core/edits/edit.ts';
import { pairAgain, pairNamed, planPairEdit } from '#core/edits/pairEdit.ts';
import type { Finding } from '#core/model/finding.ts';
import type { Pair } from '#core/model/pair.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { OpenDataset, ReadRecord } from '#session/dataset.ts';

import { toTextEdits } from './toProtocol.ts';

export interface PlannedEdit {
  /** For the editor that holds the text. */
  readonly edit: WorkspaceEdit;
  /** What the record becomes; null when it is dropped. */
  readonly bytes: Uint8Array | null;
  /** The pair as it is known when the edit is made: ranked candidates may change places. */
  readonly after: RecordRef;
}

export type EditOutcome = PlannedEdit | { readonly refused: string };

function workspaceEdit({ source }: OpenDataset, edits: TextEdit[]): WorkspaceEdit {
  return { documentChanges: [{ textDocument: { uri: source.uri, version: source.version }, edits }] };
}

/** Takes a line out of the document. */
export function dropEdit(dataset: OpenDataset, line: number): WorkspaceEdit {
  // The end of the last line is past the text: editors take it for the end of the text.
  const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return workspaceEdit(dataset, [{ range, newText: '' }]);
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
    edit: workspaceEdit(dataset, toTextEdits(dataset, raw, edits)),
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
    return { edit: dropEdit(dataset, raw.line), bytes: null, after: { uri, record, pair } };
  }
  const { bytes } = plan;
  if (Buffer.compare(bytes, raw.bytes) === 0) return undefined;
  const number = named.pair ? numberAfter(dataset, read, named.pair, bytes) : pair;
  const after = { uri, record, pair: number < 0 ? pair : number };
  return { edit: workspaceEdit(dataset, toTextEdits(dataset, raw, plan.edits)), bytes, after };
}
