// The rows of the list: plain elements that are made anew when what they show changed.
import type { RowView } from '#protocol/editor.ts';

import { signed } from '../model/words.ts';
import { element } from './elements.ts';

function marks({ findings, isEdited, isDropped }: RowView): HTMLElement[] {
  const edited = isDropped ? 'dropped' : isEdited ? 'edited' : undefined;
  return [
    ...(edited === undefined ? [] : [element('span', { class: 'pill edited' }, edited)]),
    ...findings.map(({ rule, severity, message }) =>
      element('span', { class: `pill ${severity}`, title: message }, rule),
    ),
  ];
}

function texts({ prompt, chosen, rejected, pairCount, isTie }: RowView): HTMLElement[] {
  if (pairCount === 0) return [element('span', { class: 'raw' }, prompt)];
  const side = (name: string, text: string): HTMLElement =>
    element(
      'span',
      { class: `start ${isTie ? 'tie' : name}${text === '' ? ' empty' : ''}` },
      text === '' ? 'empty' : text,
    );
  return [
    element('span', { class: 'asked' }, prompt === '' ? 'No prompt' : prompt),
    element('span', { class: 'sides' }, side('chosen', chosen), side('rejected', rejected)),
  ];
}

/** One row. `index` is its place in the list. */
export function drawRow(row: RowView, index: number, isSelected: boolean): HTMLElement {
  const margin = row.isTie ? 'tie' : row.margin === undefined ? '' : signed(row.margin);
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
    element('span', { class: 'number' }, (row.record + 1).toLocaleString('en'), element('small', {}, more)),
    element('span', { class: `margin${(row.margin ?? 0) < 0 ? ' negative' : ''}` }, margin),
    element('span', { class: 'texts' }, ...texts(row)),
    element('span', { class: 'pills' }, ...marks(row)),
  );
}

/** A row that is on its way. */
export function drawWaiting(index: number): HTMLElement {
  return element('div', { class: 'row waiting', role: 'option', 'data-index': String(index) });
}
