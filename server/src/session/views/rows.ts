// Records as rows of a list. They are available as soon as a table is open, long before its survey ends.
import { readRaw } from '#core/dataset/survey.ts';
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import type { Judgement } from '#core/mapping/forms/form.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { Pair } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RowsRequest, RowsResult, RowView } from '#protocol/editor/rows.ts';

import type { OpenDataset } from '../dataset.ts';
import type { Selected } from '../selection/selected.ts';
import type { EarlyTable } from '../sources/early.ts';
import { worstPair } from '../worstPair.ts';
import { cellsOf, start } from './cells.ts';
import { findingView, verdictView } from './pair.ts';
import { answerStart } from './parts.ts';

/** Rows of one reply. */
const MAX_ROWS = 500;

/** Bytes to show of a record without pairs. */
const MAX_RAW_BYTES = 2048;

const decoder = new TextDecoder();

type Texts = Pick<RowView, 'prompt' | 'chosen' | 'rejected' | 'verdict'>;

function textsOf(pair: Pair | undefined, judgement: Judgement | undefined, raw: RawRecord): Texts {
  const { prompt: turns } = pair ?? judgement ?? {};
  const prompt = start(turns?.at(-1)?.text ?? '');
  if (pair)
    return { prompt, chosen: start(answerStart(pair.chosen)), rejected: start(answerStart(pair.rejected)) };
  if (judgement)
    return {
      prompt,
      chosen: start(answerStart(judgement.response)),
      rejected: '',
      verdict: verdictView(judgement),
    };
  return { prompt: start(decoder.decode(raw.bytes.subarray(0, MAX_RAW_BYTES))), chosen: '', rejected: '' };
}

type Marks = Pick<RowView, 'isEdited' | 'isDropped'>;

function marksOf({ source }: OpenDataset, record: number): Marks {
  const { pending } = source;
  return { isEdited: pending?.isEdited(record) ?? false, isDropped: pending?.isDropped(record) ?? false };
}

/** The row for findings about the whole file. */
function fileRow(dataset: OpenDataset): RowView {
  return {
    record: WHOLE_FILE,
    pair: 0,
    pairCount: 0,
    isTie: false,
    chosenLength: 0,
    rejectedLength: 0,
    findings: dataset.findingsOf(WHOLE_FILE).map(findingView),
    isEdited: false,
    isDropped: false,
    prompt: 'The whole file',
    chosen: '',
    rejected: '',
    cells: {},
  };
}

function lengthsOf(pair: Pair | undefined): Pick<RowView, 'chosenLength' | 'rejectedLength'> {
  return { chosenLength: pair?.chosen.text.length ?? 0, rejectedLength: pair?.rejected.text.length ?? 0 };
}

function rowOf(
  dataset: OpenDataset,
  record: number,
  wanted: number | undefined,
  columns: readonly string[],
): RowView | undefined {
  if (record === WHOLE_FILE) return fileRow(dataset);
  const read = dataset.readRecord(record);
  const raw = read?.raw ?? dataset.rawRecord(record);
  if (!raw) return undefined;
  const index = wanted ?? (read ? worstPair(dataset, read) : 0);
  const pair = read?.pairs[index];
  const margin = dataset.margin(record, index);
  return {
    record,
    pair: index,
    pairCount: read?.pairs.length ?? 0,
    isTie: pair?.isTie ?? false,
    ...(!Number.isNaN(margin) && { margin }),
    ...lengthsOf(pair),
    findings: dataset.findingsOf(record, index).map(findingView),
    ...marksOf(dataset, record),
    ...textsOf(pair, read?.judgements[0], raw),
    cells: cellsOf(read?.value ?? objectsOf(parseRecord(raw))[0], pair, columns),
  };
}

function earlyRow({ recognition, rawAt }: EarlyTable, record: number, columns: readonly string[]): RowView {
  const raw = rawAt(record);
  const { pairs = [], judgements = [], value } = (recognition && readRaw(raw, recognition)) ?? {};
  return {
    record,
    pair: 0,
    pairCount: pairs.length,
    isTie: pairs[0]?.isTie ?? false,
    ...lengthsOf(pairs[0]),
    findings: [],
    isEdited: false,
    isDropped: false,
    ...textsOf(pairs[0], judgements[0], raw),
    cells: cellsOf(value ?? objectsOf(parseRecord(raw))[0], pairs[0], columns),
  };
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

/** The rows of a request; fewer, where there are no more. */
export function rowsOf(
  dataset: OpenDataset,
  { key, total, place, search, fault, note }: Selected,
  { columns, start: first, end }: Pick<RowsRequest, 'columns' | 'start' | 'end'>,
): RowsResult {
  const last = Math.min(end, first + MAX_ROWS);
  const early = dataset.isReady ? undefined : dataset.source.early();
  const base = { revision: dataset.revision, key };
  if (early && key === 'all') {
    const rows = range(first, Math.min(last, early.rowCount)).map((record) =>
      earlyRow(early, record, columns),
    );
    return { ...base, rows, total: early.rowCount };
  }
  const rows = range(first, Math.min(last, total)).flatMap((index) => {
    const at = place(index);
    return (at && rowOf(dataset, at.record, at.pair, columns)) ?? [];
  });
  return {
    ...base,
    rows,
    total,
    ...(search && { search }),
    ...(fault && { fault }),
    ...(note !== undefined && { note }),
  };
}
