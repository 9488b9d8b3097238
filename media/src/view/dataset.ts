// The bar above the list, and the pane beside it.
import type { RowOrder } from '#protocol/editor/rows.ts';
import type { DatasetAction } from '#protocol/page/dataset.ts';

import { DATASET_ACTIONS } from '../model/datasetKeys.ts';
import type { PageState } from '../model/pageState.ts';
import { element } from './elements.ts';
import { drawNothing, drawNotice, drawView } from './pair.ts';
import { drawToolbar, rowText } from './toolbar.ts';

const ORDERS: readonly { readonly order: RowOrder; readonly label: string }[] = [
  { order: 'all', label: 'All rows' },
  { order: 'findings', label: 'Findings' },
];

export function drawBar(
  words: string,
  order: RowOrder,
  findings: number,
  setOrder: (order: RowOrder) => void,
): Node[] {
  const tabs = ORDERS.map(({ order: own, label }) => {
    const text = own === 'findings' ? `${label} ${findings.toLocaleString('en')}` : label;
    const tab = element(
      'button',
      { type: 'button', class: 'tab', role: 'tab', 'aria-selected': String(own === order) },
      text,
    );
    tab.addEventListener('click', () => {
      setOrder(own);
    });
    return tab;
  });
  return [
    element('div', { class: 'tabs', role: 'tablist' }, ...tabs),
    element('span', { class: 'status' }, words),
  ];
}

/** What the selected row holds, with what can be done to it. */
export function drawDetail(
  state: PageState,
  notice: string | undefined,
  act: (action: DatasetAction) => void,
): Node[] {
  const { view } = state;
  return [
    drawToolbar(view ? rowText(view) : [], DATASET_ACTIONS, state, act),
    ...drawNotice(notice),
    ...(view ? drawView(view) : drawNothing('Select a row to read its answers.')),
  ];
}
