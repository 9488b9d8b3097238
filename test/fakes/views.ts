// Data for the pages, without a dataset.
import type { RowView } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { EmptyView, FindingView, JudgedView, PairView, PlaceView } from '#protocol/editor/views.ts';
import { NOTHING_SAID } from '#session/views/pair.ts';

const URI = 'file:///a.parquet';

function placeView(more: Partial<PlaceView>): PlaceView {
  return {
    uri: URI,
    fileName: 'a.parquet',
    record: 0,
    recordCount: 3,
    pair: 0,
    line: more.record ?? 0,
    findingCount: 0,
    ...NOTHING_SAID,
    ...more,
  };
}

export function pairView(more: Partial<PairView> = {}): PairView {
  return {
    ...placeView(more),
    kind: 'pair',
    pairCount: 1,
    isTie: false,
    prompt: [],
    context: [],
    chosen: { text: 'a' },
    rejected: { text: 'b' },
    reasons: [],
    details: [],
    ...more,
  };
}

export function judgedView(more: Partial<JudgedView> = {}): JudgedView {
  return { ...placeView(more), kind: 'judged', prompt: [], judgements: [], canFlip: true, ...more };
}

export function emptyView(more: Partial<EmptyView> = {}): EmptyView {
  return { ...placeView(more), kind: 'empty', why: 'Nothing.', isPending: false, ...more };
}

export const repairable: FindingView = {
  rule: 'mojibake',
  severity: 'warning',
  message: '',
  canRepair: true,
};

export function rowView(record: number, more: Partial<RowView> = {}): RowView {
  return {
    record,
    pair: 0,
    pairCount: 1,
    isTie: false,
    findings: [],
    isEdited: false,
    isDropped: false,
    prompt: `prompt ${record}`,
    chosen: 'a',
    rejected: 'b',
    chosenLength: 1,
    rejectedLength: 1,
    cells: {},
    ...more,
  };
}

export function statusOf(more: Partial<DatasetStatus> = {}): DatasetStatus {
  return {
    uri: URI,
    phase: 'scored',
    revision: 1,
    generation: 1,
    recordCount: 0,
    pairCount: 0,
    tieCount: 0,
    judgementCount: 0,
    isOnDisk: true,
    unsavedCount: 0,
    findingCount: 0,
    ...more,
  };
}
