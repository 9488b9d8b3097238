// Scrolls the other answer when one is scrolled.
import { useRef } from 'preact/hooks';

import { scrollBeside } from '../model/scrollTogether.ts';

/** Where the turns of a column begin, and how far it scrolls. */
function stopsOf(column: HTMLElement): number[] {
  const max = column.scrollHeight - column.clientHeight;
  const top = column.getBoundingClientRect().top - column.scrollTop;
  const turns = [...column.querySelectorAll('.text > .turn')].slice(1);
  const starts = turns.map((turn) => Math.min(max, turn.getBoundingClientRect().top - top));
  return [0, ...starts, max];
}

/** Places that we set; the event that follows moves nothing. */
const moved = new WeakMap<Element, number>();

/** Handles the scroll event of one of the columns. */
function scrollOther(column: EventTarget | null, columns: readonly HTMLElement[]): void {
  if (!(column instanceof HTMLElement) || columns.length !== 2 || !columns.includes(column)) return;
  if (moved.get(column) === Math.round(column.scrollTop)) {
    moved.delete(column);
    return;
  }
  const other = columns.find((one) => one !== column);
  if (!other) return;
  const top = Math.round(scrollBeside(column.scrollTop, stopsOf(column), stopsOf(other)));
  if (Math.round(other.scrollTop) === top) return;
  moved.set(other, top);
  other.scrollTop = top;
}

/** Scrolls one of two columns with the other. */
export function useScrolling(isOn: boolean): {
  readonly main: { readonly current: HTMLElement | null };
  readonly onScrollCapture: (event: Event) => void;
} {
  const main = useRef<HTMLElement>(null);
  const onScrollCapture = ({ target }: Event): void => {
    const columns = main.current?.querySelectorAll<HTMLElement>(':scope > article > .body') ?? [];
    if (isOn) scrollOther(target, [...columns]);
  };
  return { main, onScrollCapture };
}
