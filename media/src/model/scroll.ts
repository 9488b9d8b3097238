// Arithmetic of a list whose rows have one height. The list can have any length: browsers draw no element taller than about
// 33 million pixels, so a longer list scrolls in a shorter element, and the share scrolled says which rows are visible.

/** Tallest element that every browser draws correctly. */
const MAX_PIXELS = 8_000_000;

/** Rows drawn above and below the visible ones. */
const OVERSCAN = 6;

export interface ListView {
  readonly rowCount: number;
  readonly rowHeight: number;
  /** Of the visible part. */
  readonly viewHeight: number;
}

/** Height of the element that scrolls. */
export function scrollHeight({ rowCount, rowHeight }: ListView): number {
  return Math.min(MAX_PIXELS, rowCount * rowHeight);
}

/** The first visible row as a fraction: 2.5 is the middle of row 2. */
export function topRow(view: ListView, scrollTop: number): number {
  const { rowCount, rowHeight, viewHeight } = view;
  const real = rowCount * rowHeight;
  const drawn = scrollHeight(view);
  if (real <= drawn) return scrollTop / rowHeight;
  const share = Math.min(1, Math.max(0, scrollTop / Math.max(1, drawn - viewHeight)));
  return (share * (real - viewHeight)) / rowHeight;
}

/** Where to scroll so that a row is the first visible one. */
export function scrollTopOf(view: ListView, row: number): number {
  const { rowCount, rowHeight, viewHeight } = view;
  const real = rowCount * rowHeight;
  const drawn = scrollHeight(view);
  const wanted = Math.max(0, Math.min(row * rowHeight, real - viewHeight));
  if (real <= drawn) return wanted;
  return (wanted / (real - viewHeight)) * (drawn - viewHeight);
}

/**
 * Where a turn of the wheel leads in a list longer than its element: by rows, since a pixel stands for many of them.
 * Undefined if the browser scrolls correctly by itself.
 */
export function scrollTopAfterWheel(view: ListView, scrollTop: number, pixels: number): number | undefined {
  if (view.rowCount * view.rowHeight <= scrollHeight(view)) return undefined;
  return scrollTopOf(view, topRow(view, scrollTop) + pixels / view.rowHeight);
}

/** The rows to draw, and where the first of them stands. */
export interface DrawnRows {
  /** Half-open. */
  readonly start: number;
  readonly end: number;
  /** Pixels from the top of the visible part to the top of row `start`. */
  readonly offset: number;
}

export function drawnRows(view: ListView, top: number): DrawnRows {
  const start = Math.max(0, Math.floor(top) - OVERSCAN);
  const visible = Math.ceil(view.viewHeight / view.rowHeight) + 1;
  const end = Math.min(view.rowCount, Math.floor(top) + visible + OVERSCAN);
  return { start, end, offset: (start - top) * view.rowHeight };
}

/** The row to scroll to so that this one is visible; undefined if it is. */
export function topFor(view: ListView, top: number, row: number): number | undefined {
  const visible = view.viewHeight / view.rowHeight;
  if (row < top) return row;
  return row + 1 > top + visible ? row + 1 - visible : undefined;
}
