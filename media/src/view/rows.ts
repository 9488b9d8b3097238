// The rows of the list: plain elements that are made anew when what they show changed.
import { formatMargin, marginSign } from '#core/words/numbers.ts';
import type { RowView } from '#protocol/editor/rows.ts';

import { element } from './elements.ts';

function marks({ findings, isEdited, isDropped, verdict }: RowView): HTMLElement[] {
  const edited = isDropped ? 'dropped' : isEdited ? 'edited' : undefined;
  return [
    ...(edited === undefined ? [] : [element('span', { class: 'pill edited' }, edited)]),
    ...(verdict === undefined ? [] : [element('span', { class: 'pill verdict' }, verdict.words)]),
    ...findings.map(({ rule, severity, message }) =>
      element('span', { class: `pill ${severity}`, title: message }, rule),
    ),
  ];
}

function texts({ record, prompt, chosen, rejected, pairCount, isTie, verdict }: RowView): HTMLElement[] {
  if (pairCount === 0 && !verdict) return [element('span', { class: record < 0 ? 'asked' : 'raw' }, prompt)];
  const side = (name: string, text: string): HTMLElement =>
    element(
      'span',
      { class: `start ${isTie ? 'tie' : name}${text === '' ? ' empty' : ''}` },
      text === '' ? 'empty' : text,
    );
  return [
    element('span', { class: 'asked' }, prompt === '' ? 'No prompt' : prompt),
    verdict
      ? side({ good: 'chosen', bad: 'rejected', rated: 'tie', unrated: 'tie' }[verdict.kind], chosen)
      : element('span', { class: 'sides' }, side('chosen', chosen), side('rejected', rejected)),
  ];
}

/** One row. `index` is its place in the list. */
export function drawRow(row: RowView, index: number, isSelected: boolean): HTMLElement {
  const margin = row.isTie ? 'tie' : row.margin === undefined ? '' : formatMargin(row.margin);
  const number = row.record < 0 ? 'file' : (row.record + 1).toLocaleString('en');
  const more = row.pairCount > 1 ? `${row.pair + 1}/${row.pairCount}` : '';
  return element(
    'div',
    {
      class: `row${isSelected ? ' selected' : ''}${row.isDropped ? ' gone' : ''}`,
      role: 'option',
      id: `row-${index}`,
      'aria-selected': String(isSelected),
      'data-index': String(index),
    },
    element('span', { class: 'number' }, number, element('small', {}, more)),
    element('span', { class: `margin${marginSign(row.margin ?? 0) < 0 ? ' negative' : ''}` }, margin),
    element('span', { class: 'texts' }, ...texts(row)),
    element('span', { class: 'pills' }, ...marks(row)),
  );
}

/** A row that is on its way. */
export function drawWaiting(index: number): HTMLElement {
  return element('div', { class: 'row waiting', role: 'option', 'data-index': String(index) });
}
