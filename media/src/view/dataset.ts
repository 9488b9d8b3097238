// The bar above the list, and the pane beside it.
import type { DatasetAction } from '#protocol/datasetPage.ts';
import type { DatasetStatus, PairView, RowOrder } from '#protocol/editor.ts';

import { DATASET_ACTIONS } from '../model/datasetKeys.ts';
import { noPairWords } from '../model/datasetWords.ts';
import { element } from './elements.ts';
import { actionButtons, drawAnswers } from './pair.ts';

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

/** The pair of the selected row, with what can be done to it. */
export function drawDetail(
  pair: PairView | null | undefined,
  status: DatasetStatus | undefined,
  act: (action: DatasetAction) => void,
): Node[] {
  const isReadOnly = status === undefined || status.phase === 'reading';
  const hasFindings = (pair?.findingCount ?? status?.findingCount ?? 0) > 0;
  const isPointless = (action: DatasetAction): boolean => {
    if (action === 'next' || action === 'previous') return !hasFindings;
    if (action === 'undo') return (status?.unsavedCount ?? 0) === 0;
    if (action === 'keep') return !pair || pair.findings.length === 0;
    if (action === 'repair') return isReadOnly || !pair?.findings.some(({ canRepair }) => canRepair);
    return isReadOnly || !pair || (pair.isTie && action !== 'drop');
  };
  const which = pair && pair.pairCount > 1 ? `, pair ${pair.pair + 1} of ${pair.pairCount}` : '';
  const place = pair
    ? [
        element('strong', {}, `Row ${(pair.record + 1).toLocaleString('en')}${which}`),
        element(
          'span',
          {},
          pair.findingNumber > 0 ? `Finding ${pair.findingNumber} of ${pair.findingCount}` : '',
        ),
      ]
    : [];
  return [
    element(
      'nav',
      {},
      element('div', { class: 'place' }, ...place),
      actionButtons(DATASET_ACTIONS, isPointless, act),
    ),
    ...(pair ? drawAnswers(pair) : [element('p', { class: 'nothing' }, noPairWords(status))]),
  ];
}
