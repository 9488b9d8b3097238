// The dataset page without a page: scrolling, the store of rows, keys.
import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import type { RowView } from '#protocol/editor/rows.ts';

import { RowStore } from '../../media/src/model/rowStore.ts';
import { drawnRows, scrollHeight, scrollTopOf, topFor, topRow } from '../../media/src/model/scroll.ts';

const view = (rowCount: number) => ({ rowCount, rowHeight: 52, viewHeight: 800 });

describe('scrolling', () => {
  it.each([0, 1, 10, 5000, 153_846, 153_847, 1_000_000, 50_000_000])(
    'reaches every part of %i rows',
    (rowCount) => {
      const list = view(rowCount);
      const height = scrollHeight(list);
      // The tallest element that browsers draw is about 33 million pixels.
      expect(height).toBeLessThanOrEqual(10_000_000);
      const random = seededRandom(rowCount);
      for (let i = 0; i < 200; i++) {
        const row = random() * Math.max(0, rowCount - list.viewHeight / list.rowHeight);
        const scrollTop = scrollTopOf(list, row);
        expect(scrollTop).toBeGreaterThanOrEqual(0);
        expect(scrollTop).toBeLessThanOrEqual(Math.max(0, height - list.viewHeight) + 1e-6);
        expect(topRow(list, scrollTop)).toBeCloseTo(row, 4);
        const { start, end, offset } = drawnRows(list, row);
        // What is drawn covers what is seen.
        expect(start).toBeLessThanOrEqual(row);
        expect(offset).toBeLessThanOrEqual(0);
        expect(end === rowCount || offset + (end - start) * list.rowHeight >= list.viewHeight).toBe(true);
        expect(end - start).toBeLessThan(40);
      }
      expect(topRow(list, 0)).toBe(0);
      if (rowCount > 20) {
        const bottom = topRow(list, height - list.viewHeight);
        expect(drawnRows(list, bottom).end).toBe(rowCount);
      }
    },
  );

  it('moves no further than a row needs to be seen', () => {
    const list = view(1_000_000);
    expect(topFor(list, 100, 105)).toBeUndefined();
    expect(topFor(list, 100, 99)).toBe(99);
    expect(topFor(list, 100, 120)).toBeCloseTo(121 - 800 / 52);
  });
});

const row = (record: number): RowView => ({
  record,
  pair: 0,
  pairCount: 1,
  isTie: false,
  findings: [],
  isEdited: false,
  isDropped: false,
  prompt: '',
  chosen: '',
  rejected: '',
});
const rowsFrom = (start: number): RowView[] => Array.from({ length: 100 }, (_, i) => row(start + i));

describe('the store of rows', () => {
  it('asks for what is missing once, and shows the old until the new is here', () => {
    const store = new RowStore('all');
    expect(store.missing(90, 210)).toEqual([
      { start: 0, end: 100 },
      { start: 100, end: 200 },
      { start: 200, end: 300 },
    ]);
    expect(store.missing(90, 210)).toEqual([]);
    store.put(100, rowsFrom(100), 1000);
    expect([store.at(99), store.at(150)?.record, store.total]).toEqual([undefined, 150, 1000]);
    store.outdate();
    expect(store.at(150)?.record).toBe(150);
    expect(store.missing(150, 151)).toEqual([{ start: 100, end: 200 }]);
    store.put(100, rowsFrom(5000), 900);
    expect([store.at(150)?.record, store.total]).toEqual([5050, 900]);
  });

  it('keeps what was looked at last, and not everything', () => {
    const store = new RowStore('all');
    for (let block = 0; block < 300; block++) {
      store.missing(block * 100, block * 100 + 1);
      store.put(block * 100, rowsFrom(block * 100), 1e6);
    }
    expect(store.at(0)).toBeUndefined();
    expect(store.at(29_950)?.record).toBe(29_950);
  });
});
