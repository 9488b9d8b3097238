// The dataset page: a list of rows, and beside it the pair of the selected one.
import { errorMessage } from '#core/channel/channel.ts';
import type { RowOrder, RowsResult } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { DatasetAction, DatasetClientSends, DatasetPageSends } from '#protocol/page/dataset.ts';
import type { ShownPair, ShownView } from '#protocol/page/pair.ts';

import { datasetActionFor } from './model/datasetKeys.ts';
import { emptyMessage, statusText } from './model/datasetWords.ts';
import type { PageState } from './model/pageState.ts';
import { pairOf } from './model/pageState.ts';
import type { Block } from './model/rowStore.ts';
import { RowStore } from './model/rowStore.ts';
import { drawBar, drawDetail } from './view/dataset.ts';
import { element } from './view/elements.ts';
import { createList } from './view/list.ts';
import { openWire } from './wire.ts';

let status: DatasetStatus | undefined;
let order: RowOrder = 'all';
const stores: Record<RowOrder, RowStore> = { all: new RowStore('all'), findings: new RowStore('findings') };
let view: RecordView | undefined;
/** The record that is to be selected once its row is here. */
let selected: { readonly record: number; readonly pair: number } | undefined;
/** A row that the person selected before it was here. */
let wantedRow: number | undefined;
/** What is selected is also what is shown: until then nothing is edited. */
let isShown = false;

/** Why the last action did nothing, or why something is not shown. */
let notice: string | undefined;
/** Aborted when another row is selected: what was requested for the one before is not shown. */
let choice = new AbortController();
/** Aborted when rows that were requested before are out of date. */
let rowsState = new AbortController();

/** Rows that could not be had are requested again after this time. */
const RETRY_MS = 2000;

const channel = openWire<DatasetPageSends, DatasetClientSends>({
  handlers: {},
  listeners: {
    status: receiveStatus,
    view: refresh,
    reveal: ({ record, pair }) => {
      reveal(record, pair);
    },
  },
  onFault: warn,
});

const list = createList({
  want(start, end) {
    for (const block of stores[order].missing(start, end)) void requestRows(order, block);
  },
  selected(index) {
    const row = stores[order].at(index);
    if (row) choose(row.record, row.pair);
    else wantedRow = index;
  },
  isSelected: ({ record, pair: index }) =>
    record === selected?.record && (order === 'all' || index === selected.pair),
});
const bar = element('div', { class: 'bar' });
const empty = element('p', { class: 'nothing' });
const detail = element('div', { class: 'detail', tabindex: '-1' });
document.body.replaceChildren(
  bar,
  element('div', { class: 'panes' }, element('div', { class: 'left' }, list.element, empty), detail),
);

function warn(message: string | undefined): void {
  notice = message;
  drawPane();
}

async function requestRows(of: RowOrder, block: Block): Promise<void> {
  const { signal } = rowsState;
  const again = (): void => {
    if (signal.aborted) return;
    stores[of].release(block.start);
    draw();
  };
  try {
    const { result, revision } = await channel.request('rows', { order: of, ...block }, signal);
    if (revision === (status?.revision ?? 0)) receiveRows(of, block.start, result);
    else again();
  } catch (error) {
    if (signal.aborted) return;
    warn(errorMessage(error));
    setTimeout(again, RETRY_MS);
  }
}

async function requestPair(record: number, index: number): Promise<void> {
  choice.abort();
  choice = new AbortController();
  const { signal } = choice;
  try {
    const { result } = await channel.request('select', { record, pair: index }, signal);
    if (!signal.aborted) show(result);
  } catch (error) {
    if (!signal.aborted) warn(errorMessage(error));
  }
}

function choose(record: number, index: number): void {
  isShown &&= record === selected?.record && index === selected.pair;
  selected = { record, pair: index };
  wantedRow = undefined;
  notice = undefined;
  void requestPair(record, index);
  drawPane();
}

function pageState(): PageState {
  return {
    view,
    undoCount: status?.unsavedCount ?? 0,
    isReadOnly: !isShown || status === undefined || status.phase === 'reading',
    findingCount: status?.findingCount ?? 0,
  };
}

function setOrder(next: RowOrder): void {
  if (next === order) return;
  order = next;
  wantedRow = undefined;
  list.select(-1);
  draw();
  list.element.focus();
}

async function request(action: DatasetAction, at: ShownPair): Promise<void> {
  const { signal } = choice;
  try {
    const { result } = await channel.request('act', { action, at });
    notice = undefined;
    if (result && !signal.aborted) show(result);
    else drawPane();
  } catch (error) {
    warn(errorMessage(error));
  }
}

function act(action: DatasetAction): void {
  if (view) void request(action, pairOf(view));
}

function draw(): void {
  bar.replaceChildren(...drawBar(statusText(status), order, status?.findingCount ?? 0, setOrder));
  const words = emptyMessage(status, order, stores[order].total);
  empty.textContent = words ?? '';
  empty.hidden = words === undefined;
  list.draw(stores[order]);
}

function drawPane(): void {
  // The reader's place stays when the same pair is drawn again.
  const { scrollTop } = detail;
  detail.replaceChildren(...drawDetail(pageState(), notice, act));
  detail.scrollTop = scrollTop;
}

/** Shows a record of the file in the list of all rows. */
function reveal(record: number, index: number): void {
  setOrder('all');
  stores.all.total = Math.max(stores.all.total, record + 1);
  list.draw(stores.all);
  list.select(record, true);
  choose(record, index);
}

function receiveStatus(next: DatasetStatus): void {
  const isNew = next.revision !== status?.revision || next.phase !== status.phase;
  status = next;
  if (isNew) {
    rowsState.abort();
    rowsState = new AbortController();
    for (const store of Object.values(stores)) store.outdate();
  }
  draw();
  drawPane();
}

function receiveRows(of: RowOrder, start: number, { rows, total }: RowsResult): void {
  stores[of].put(start, rows, total);
  draw();
  const wanted = wantedRow === undefined ? undefined : stores[order].at(wantedRow);
  const [first] = rows;
  if (wanted) choose(wanted.record, wanted.pair);
  else if (!selected && start === 0 && first) {
    list.select(0);
    choose(first.record, first.pair);
  }
}

/** A newer state of the pair that is shown; while another one is on its way, it is not wanted. */
function refresh(next: ShownView): void {
  if (next.view.record === selected?.record && next.view.pair === selected.pair) show(next);
}

function show({ view: next }: ShownView): void {
  const { record, pair, reviewIndex } = next;
  if (record !== selected?.record || pair !== selected.pair) {
    // The next or previous finding: the list follows.
    selected = { record, pair };
    list.select(order === 'all' ? record : reviewIndex, true);
  }
  if (record !== view?.record) detail.scrollTop = 0;
  view = next;
  isShown = true;
  drawPane();
}

window.addEventListener('keydown', (press) => {
  const action = datasetActionFor(press, pageState());
  if (action) act(action);
  else if (!list.press(press)) return;
  press.preventDefault();
});

draw();
drawPane();
list.element.focus();
channel.notify('ready', null);
