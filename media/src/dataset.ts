// The dataset page: a list of rows, and beside it the pair of the selected one.
import type { DatasetAction, FromDatasetPage, ToDatasetPage } from '#protocol/datasetPage.ts';
import type { RowOrder } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import { datasetActionFor } from './model/datasetKeys.ts';
import { emptyMessage, statusText } from './model/datasetWords.ts';
import type { PageState } from './model/pageState.ts';
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
/** What is selected is also what is shown: until then nothing is edited. */
let isShown = false;

const post = openWire<FromDatasetPage, ToDatasetPage>(receive);

const list = createList({
  want(start, end) {
    for (const block of stores[order].missing(start, end)) post({ kind: 'rows', order, ...block });
  },
  selected(index) {
    const row = stores[order].at(index);
    if (row) choose(row.record, row.pair);
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

function choose(record: number, index: number): void {
  isShown &&= record === selected?.record && index === selected.pair;
  selected = { record, pair: index };
  post({ kind: 'select', record, pair: index });
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
  list.select(-1);
  draw();
  list.element.focus();
}

function act(action: DatasetAction): void {
  if (selected) post({ kind: 'act', action, ...selected });
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
  detail.replaceChildren(...drawDetail(pageState(), act));
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

function receive(message: ToDatasetPage): void {
  switch (message.kind) {
    case 'status': {
      const isNew = message.status.revision !== status?.revision || message.status.phase !== status.phase;
      status = message.status;
      if (isNew) for (const store of Object.values(stores)) store.outdate();
      draw();
      if (isNew && selected) post({ kind: 'select', ...selected });
      return;
    }
    case 'rows': {
      const { order: of, start, rows, total } = message;
      stores[of].put(start, rows, total);
      draw();
      const [first] = rows;
      if (!selected && start === 0 && first) {
        list.select(0);
        choose(first.record, first.pair);
      }
      return;
    }
    case 'view': {
      const { record, pair, reviewIndex } = message.view;
      if (selected && (record !== selected.record || pair !== selected.pair)) {
        // The next or previous finding: the list follows.
        selected = { record, pair };
        list.select(order === 'all' ? record : reviewIndex, true);
      }
      if (record !== view?.record) detail.scrollTop = 0;
      view = message.view;
      isShown = true;
      drawPane();
      return;
    }
    case 'reveal':
      reveal(message.record, message.pair);
      return;
    case 'failed':
      empty.textContent = message.words;
      empty.hidden = false;
      bar.replaceChildren();
      return;
  }
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
post({ kind: 'ready' });
