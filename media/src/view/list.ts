// The list of rows: draws what is visible, asks for what is missing, follows the selection.
import type { RowView } from '#protocol/editor/rows.ts';

import { rowAfter } from '../model/datasetKeys.ts';
import type { KeyPress } from '../model/keys.ts';
import type { RowStore } from '../model/rowStore.ts';
import type { ListView } from '../model/scroll.ts';
import { drawnRows, scrollHeight, scrollTopOf, topFor, topRow } from '../model/scroll.ts';
import { element } from './elements.ts';
import { drawRow, drawWaiting } from './rows.ts';

/** As the style sheet has it. */
const ROW_HEIGHT = 52;

export interface List {
  readonly element: HTMLElement;
  /** Draws what is visible of these rows. */
  draw(store: RowStore): void;
  /** Selects a place of the order and scrolls it into view: to its middle where the person comes from elsewhere. */
  select(index: number, isFromElsewhere?: boolean): void;
  readonly selected: number;
  /** True when the key was for the list. */
  press(press: KeyPress): boolean;
}

export interface ListHost {
  /** Rows that are visible and not here. */
  want(start: number, end: number): void;
  selected(index: number): void;
  /** A row may leave the list while its pair is still shown: then none is marked. */
  isSelected(row: RowView): boolean;
}

export function createList(host: ListHost): List {
  const sizer = element('div', { class: 'sizer' });
  const rows = element('div', { class: 'rows' });
  const box = element(
    'div',
    { class: 'list', role: 'listbox', tabindex: '0', 'aria-label': 'Rows of the dataset' },
    rows,
    sizer,
  );
  let store: RowStore | undefined;
  let selected = -1;
  let isWaiting = false;

  const view = (): ListView => ({
    rowCount: store?.total ?? 0,
    rowHeight: ROW_HEIGHT,
    viewHeight: box.clientHeight,
  });
  const top = (): number => topRow(view(), box.scrollTop);

  const paint = (): void => {
    isWaiting = false;
    if (!store) return;
    const at = view();
    sizer.style.height = `${scrollHeight(at)}px`;
    const { start, end, offset } = drawnRows(at, top());
    rows.style.transform = `translateY(${offset}px)`;
    const shown = store;
    rows.replaceChildren(
      ...Array.from({ length: Math.max(0, end - start) }, (_, i) => {
        const row = shown.at(start + i);
        return row ? drawRow(row, start + i, host.isSelected(row)) : drawWaiting(start + i);
      }),
    );
    if (selected >= start && selected < end) box.setAttribute('aria-activedescendant', `row-${selected}`);
    else box.removeAttribute('aria-activedescendant');
    // Before it is known how many there are, the first ones are asked for.
    host.want(start, Math.max(end, start + Math.ceil(at.viewHeight / ROW_HEIGHT)));
  };
  const soon = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(paint);
  };

  const choose = (index: number, isFromElsewhere = false): void => {
    selected = index;
    const out = topFor(view(), top(), index);
    const middle = index - (box.clientHeight / ROW_HEIGHT - 1) / 2;
    const to = out === undefined || !isFromElsewhere ? out : Math.max(0, middle);
    if (to !== undefined) box.scrollTop = scrollTopOf(view(), to);
    soon();
  };

  box.addEventListener('scroll', soon);
  box.addEventListener(
    'wheel',
    (turn) => {
      // In a list that is longer than its element, a turn of the wheel moves rows, not the share of the way.
      const at = view();
      if (at.rowCount * ROW_HEIGHT <= scrollHeight(at) || turn.ctrlKey) return;
      turn.preventDefault();
      box.scrollTop = scrollTopOf(at, top() + turn.deltaY / ROW_HEIGHT);
    },
    { passive: false },
  );
  // The rows are drawn again while they are scored: one that the button went down on may be gone when it comes up.
  box.addEventListener('mousedown', ({ target, button }) => {
    if (button !== 0) return;
    const row = target instanceof Element ? target.closest<HTMLElement>('.row') : null;
    if (!row) return;
    choose(Number(row.dataset['index']));
    host.selected(selected);
  });
  new ResizeObserver(soon).observe(box);

  return {
    element: box,
    get selected() {
      return selected;
    },
    draw(next) {
      if (store && store.order !== next.order) box.scrollTop = 0;
      store = next;
      soon();
    },
    select: choose,
    press(press) {
      const at = view();
      const next = rowAfter(press, selected, at.viewHeight / ROW_HEIGHT, at.rowCount);
      if (next === undefined) return false;
      choose(next);
      host.selected(next);
      return true;
    },
  };
}
