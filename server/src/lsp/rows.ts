// Records as rows of a list. They are at hand as soon as a table is open, long before it is read through.
import { readRaw } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import type { Pair } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { PairRequest, PairView, RowsRequest, RowsResult, RowView } from '#protocol/editor.ts';

import type { OpenDataset } from './dataset.ts';
import { DiskSource } from './diskSource.ts';
import { findingView, worstPair } from './features.ts';
import { imagesOf } from './images.ts';
import { fileNameOf } from './names.ts';

/** Characters of a text that a row has room for, and a few more. */
const SHOWN_CHARACTERS = 240;

/** Rows that are asked for at a time, at most. */
const MOST_ROWS = 500;

const decoder = new TextDecoder();

/** How a text begins, in one line. */
function start(text: string): string {
  return text
    .slice(0, 2 * SHOWN_CHARACTERS)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, SHOWN_CHARACTERS);
}

function textsOf(pair: Pair | undefined, raw: RawRecord): Pick<RowView, 'prompt' | 'chosen' | 'rejected'> {
  if (!pair) return { prompt: start(decoder.decode(raw.bytes.subarray(0, 2048))), chosen: '', rejected: '' };
  const prompt = pair.prompt.at(-1)?.text ?? '';
  return { prompt: start(prompt), chosen: start(pair.chosen.text), rejected: start(pair.rejected.text) };
}

type Marks = Pick<RowView, 'isEdited' | 'isDropped'>;

function marksOf({ source }: OpenDataset, record: number): Marks {
  const isEdited = source instanceof DiskSource && source.isEdited(record);
  return { isEdited, isDropped: isEdited && source instanceof DiskSource && source.isDropped(record) };
}

function rowOf(dataset: OpenDataset, record: number, wanted: number | undefined): RowView | undefined {
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
    findings: dataset.findingsOf(record, index).map(findingView),
    ...marksOf(dataset, record),
    ...textsOf(pair, raw),
  };
}

/** A table before it is read through: its rows, and how they are likely read. */
export interface EarlyTable {
  readonly rowCount: number;
  readonly recognition: Recognition | undefined;
  readonly rawAt: (record: number) => RawRecord;
}

function earlyRow({ recognition, rawAt }: EarlyTable, record: number): RowView {
  const raw = rawAt(record);
  const pairs = (recognition && readRaw(raw, recognition)?.pairs) ?? [];
  return {
    record,
    pair: 0,
    pairCount: pairs.length,
    isTie: pairs[0]?.isTie ?? false,
    findings: [],
    isEdited: false,
    isDropped: false,
    ...textsOf(pairs[0], raw),
  };
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

/** The rows of a request; fewer, where there are no more. */
export function rowsOf(dataset: OpenDataset, { order, start: first, end }: RowsRequest): RowsResult {
  const last = Math.min(end, first + MOST_ROWS);
  if (!dataset.isReady) {
    const early = dataset.source instanceof DiskSource ? dataset.source.early() : undefined;
    if (!early || order === 'findings') return { rows: [], total: 0 };
    const rows = range(first, Math.min(last, early.rowCount)).map((record) => earlyRow(early, record));
    return { rows, total: early.rowCount };
  }
  if (order === 'findings') {
    const places = dataset.reviewOrder();
    const rows = places.slice(first, last).flatMap(({ record, pair }) => rowOf(dataset, record, pair) ?? []);
    return { rows, total: places.length };
  }
  const total = dataset.survey.facts.recordCount;
  return {
    rows: range(first, Math.min(last, total)).flatMap((record) => rowOf(dataset, record, undefined) ?? []),
    total,
  };
}

/** The pair of a row of a table that is not read through yet. Null where the row holds none. */
export function earlyPairOf(
  dataset: OpenDataset,
  { uri, record, pair: index = 0 }: PairRequest,
): PairView | null {
  const early = dataset.source instanceof DiskSource ? dataset.source.early() : undefined;
  if (!early?.recognition || record < 0 || record >= early.rowCount) return null;
  const raw = early.rawAt(record);
  const read = readRaw(raw, early.recognition);
  const pairs = read?.pairs ?? [];
  const pair = pairs[index];
  if (!read || !pair) return null;
  return {
    uri,
    fileName: fileNameOf(uri),
    record,
    recordCount: early.rowCount,
    pair: index,
    pairCount: pairs.length,
    isTie: pair.isTie,
    line: raw.line,
    prompt: pair.prompt,
    images: imagesOf(read.value),
    chosen: { text: pair.chosen.text },
    rejected: { text: pair.rejected.text },
    reasons: [],
    details: [],
    findings: [],
    findingNumber: 0,
    findingCount: 0,
  };
}
