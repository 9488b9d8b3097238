// The basis of the dataset page: scroll arithmetic, columns, and the row store.
import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import type { FieldColumn, RowView } from '#protocol/editor/rows.ts';
import type { FindingView } from '#protocol/editor/views.ts';
import type { ColumnChoice } from '#protocol/page/dataset.ts';

import {
  frozenUpTo,
  layOut,
  movedBy,
  movedTo,
  NO_CHOICE,
  resized,
  shownIds,
  toggled,
} from '../../media/src/model/columnLayout.ts';
import type { Cell } from '../../media/src/model/columns.ts';
import { columnsOf } from '../../media/src/model/columns.ts';
import {
  between,
  isMarked,
  markCount,
  NO_MARKS,
  withMarked,
  withToggled,
} from '../../media/src/model/marks.ts';
import type { Block } from '../../media/src/model/rowStore.ts';
import {
  EMPTY_STORE,
  failureAt,
  invalidate,
  rowAt,
  takeHidden,
  takeMissing,
  withFailure,
  withRows,
} from '../../media/src/model/rowStore.ts';
import {
  drawnRows,
  scrollHeight,
  scrollTopAfterWheel,
  scrollTopOf,
  topFor,
  topRow,
} from '../../media/src/model/scroll.ts';
import { rowView, statusOf } from '../fakes/views.ts';

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
        // The drawn rows cover the visible ones.
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

  it('moves by rows on a wheel step, if a pixel stands for many', () => {
    const list = view(1_000_000);
    const to = scrollTopAfterWheel(list, scrollTopOf(list, 5000), 104);
    expect(topRow(list, to!)).toBeCloseTo(5002, 4);
    expect(scrollTopAfterWheel(view(1000), 0, 104)).toBeUndefined();
  });

  it('moves no further than needed to show a row', () => {
    const list = view(1_000_000);
    expect(topFor(list, 100, 105)).toBeUndefined();
    expect(topFor(list, 100, 99)).toBe(99);
    expect(topFor(list, 100, 120)).toBeCloseTo(121 - 800 / 52);
  });
});

const rowsFrom = (start: number): RowView[] => Array.from({ length: 100 }, (_, i) => rowView(start + i));

/** A store whose functions are called one after the other. */
function newStore() {
  let store = EMPTY_STORE;
  return {
    at: (index: number) => rowAt(store, index)?.record,
    failure: (index: number) => failureAt(store, index),
    get total() {
      return store.total;
    },
    missing(start: number, end: number, retries = false): readonly Block[] {
      const [next, blocks] = takeMissing(store, { start, end }, retries);
      store = next;
      return blocks;
    },
    hidden(start: number, end: number): readonly Block[] {
      const [next, blocks] = takeHidden(store, { start, end });
      store = next;
      return blocks;
    },
    put: (start: number, rows: readonly RowView[], total: number) => {
      store = withRows(store, start, { rows, total, revision: 1, key: 'all' });
    },
    fail: (start: number, reason: string) => {
      store = withFailure(store, start, reason);
    },
    invalidate: () => {
      store = invalidate(store);
    },
  };
}

describe('the columns', () => {
  const fields: readonly FieldColumn[] = ['score', 'note', 'tags'].map((name) => ({
    name,
    kind: name === 'score' ? 'number' : 'text',
    share: 1,
    example: '',
    isScalar: name !== 'tags',
  }));
  const cells = (row: RowView): Record<string, Cell> =>
    Object.fromEntries(columnsOf(undefined, fields).map(({ id, cellOf }) => [id, cellOf(row)]));
  const finding = (rule: string): FindingView => ({ rule, severity: 'warning', message: `About ${rule}.` });

  it('show number, margin, texts, lengths and marks', () => {
    const row = rowView(1233, {
      pairCount: 3,
      pair: 1,
      margin: -2.5,
      isEdited: true,
      chosenLength: 10,
      rejectedLength: 2500,
      findings: [finding('x')],
    });
    expect(cells(row)).toMatchObject({
      row: { kind: 'row', text: '1,234', note: '2/3' },
      margin: { kind: 'number', text: '−2.50', isNegative: true },
      prompt: { kind: 'text', text: 'prompt 1233' },
      chosen: { kind: 'text', tone: 'chosen', text: 'a' },
      rejected: { kind: 'text', tone: 'rejected', text: 'b' },
      difference: { kind: 'number', text: '−2,490' },
      findings: {
        kind: 'pills',
        pills: [
          { tone: 'edited', text: 'edited' },
          { tone: 'warning', text: 'x', title: 'About x.' },
        ],
      },
    });
  });

  it('show a tie, a single answer, the whole file and a record without answers', () => {
    const tie = cells(rowView(0, { isTie: true }));
    expect([tie.margin, tie.chosen, tie.rejected]).toMatchObject([
      { text: 'tie' },
      { tone: 'tie' },
      { tone: 'tie' },
    ]);
    const verdict = { kind: 'bad', words: 'called bad' } as const;
    const single = cells(rowView(0, { pairCount: 0, rejected: '', verdict }));
    expect([single.chosen, single.rejected, single.findings]).toMatchObject([
      { tone: 'rejected', text: 'a' },
      { kind: 'blank', why: 'none' },
      { pills: [{ tone: 'verdict', text: 'called bad' }] },
    ]);
    expect([-1, 0].map((record) => cells(rowView(record, { pairCount: 0 })).prompt?.kind)).toEqual([
      'text',
      'raw',
    ]);
  });

  it('tell missing, null, empty and not loaded apart', () => {
    const shown = cells(
      rowView(0, {
        prompt: '',
        cells: { score: { kind: 'null', text: '' }, note: { kind: 'missing', text: '' } },
      }),
    );
    expect([shown.prompt, shown['.score'], shown['.note'], shown['.tags']]).toEqual(
      ['empty', 'null', 'missing', 'unknown'].map((why) => ({ kind: 'blank', why })),
    );
  });

  it('count the marks without room, and name them', () => {
    const { findings } = cells(rowView(0, { findings: ['x', 'y', 'z'].map(finding) }));
    expect(findings).toMatchObject({ pills: [{ text: 'x' }, { tone: 'more', text: '+2', title: 'y, z' }] });
  });

  it('leave out what single answers do not have', () => {
    const status = statusOf({ judgementCount: 3 });
    expect(columnsOf(status, []).map(({ title }) => title())).toEqual([
      'Row',
      'Findings',
      'Prompt',
      'Answer',
    ]);
  });
});

describe('the layout of the columns', () => {
  const all = columnsOf(undefined, [
    { name: 'source', kind: 'text', share: 1, example: '', isScalar: true },
    { name: 'score', kind: 'number', share: 1, example: '', isScalar: true },
    {
      name: 'chosen_rating.honesty',
      kind: 'number',
      share: 1,
      example: '',
      isScalar: false,
      isRating: true,
    },
  ]);
  const ids = (choice: ColumnChoice): readonly string[] => shownIds(all, choice);
  const usual = ['row', 'margin', 'findings', 'prompt', 'chosen', 'rejected', 'difference', '.source'];

  it('shows the columns of every file and the source, until a person chooses', () => {
    expect(ids(NO_CHOICE)).toEqual(usual);
    const more = toggled(all, NO_CHOICE, '.score');
    expect(ids(more)).toEqual([...usual, '.score']);
    expect(ids(toggled(all, NO_CHOICE, 'chosen_rating.honesty')).at(-1)).toBe('chosen_rating.honesty');
    expect(ids(toggled(all, more, 'margin'))).not.toContain('margin');
    // A column of another file of the same schema.
    expect(ids({ ...NO_CHOICE, shown: ['.other', 'row'] })).toEqual(['row']);
    expect(ids(toggled(all, { ...NO_CHOICE, shown: ['row'] }, 'row'))).toEqual(['row']);
  });

  it('moves columns, and no further than the ends', () => {
    expect(ids(movedBy(all, NO_CHOICE, 'margin', 1)).slice(0, 3)).toEqual(['row', 'findings', 'margin']);
    expect(ids(movedBy(all, NO_CHOICE, 'row', -1))).toEqual(usual);
    expect(ids(movedTo(all, NO_CHOICE, '.source', 'row'))[0]).toBe('.source');
  });

  it('gives elastic columns the space that is left, and every column its own width', () => {
    const wide = layOut(all, NO_CHOICE, 2000);
    expect(Math.abs(wide.width - 2000)).toBeLessThan(3);
    const sized = layOut(all, resized(NO_CHOICE, 'prompt', 333.4), 2000);
    expect(sized.columns[3]).toMatchObject({ width: 333 });
    expect(layOut(all, resized(NO_CHOICE, 'prompt', -5), 2000).columns[3]?.width).toBeGreaterThan(40);
    const narrow = layOut(all, NO_CHOICE, 300);
    expect(narrow.width).toBeGreaterThan(300);
    narrow.columns.reduce((left, one) => {
      expect(one.left).toBe(left);
      return left + one.width;
    }, 0);
  });

  it('freezes the first columns', () => {
    const frozen = frozenUpTo(all, NO_CHOICE, 'findings');
    expect(
      layOut(all, frozen, 900)
        .columns.map(({ isFrozen }) => isFrozen)
        .slice(0, 4),
    ).toEqual([true, true, true, false]);
    expect(frozenUpTo(all, frozen, 'findings').frozen).toBe(2);
  });
});

describe('marked rows', () => {
  it('are ranges that join and split', () => {
    const marks = withMarked(withMarked(NO_MARKS, between(9, 5)), between(20, 22));
    expect(marks).toEqual([
      { start: 5, end: 10 },
      { start: 20, end: 23 },
    ]);
    expect(markCount(marks)).toBe(8);
    const split = withToggled(marks, 7);
    expect([6, 7, 8].map((index) => isMarked(split, index))).toEqual([true, false, true]);
    expect(withToggled(split, 7)).toEqual(marks);
    expect(withMarked(marks, between(10, 19))).toEqual([{ start: 5, end: 23 }]);
    expect(withToggled(withToggled(NO_MARKS, 3), 3)).toEqual(NO_MARKS);
  });
});

describe('the store of rows', () => {
  it('requests missing rows once, and shows the old ones until the new ones arrive', () => {
    const store = newStore();
    expect(store.missing(90, 210)).toEqual([
      { start: 0, end: 100 },
      { start: 100, end: 200 },
      { start: 200, end: 300 },
    ]);
    expect(store.missing(90, 210)).toEqual([]);
    store.put(100, rowsFrom(100), 1000);
    expect([store.at(99), store.at(150), store.total]).toEqual([undefined, 150, 1000]);
    store.invalidate();
    expect(store.at(150)).toBe(150);
    expect(store.missing(150, 151)).toEqual([{ start: 100, end: 200 }]);
    store.put(100, rowsFrom(5000), 900);
    expect([store.at(150), store.total]).toEqual([5050, 900]);
  });

  it('keeps the most recently visible blocks', () => {
    const store = newStore();
    for (let block = 0; block < 300; block++) {
      store.missing(0, 1);
      store.missing(block * 100, block * 100 + 1);
      store.put(block * 100, rowsFrom(block * 100), 1e6);
    }
    expect([store.at(0), store.at(100), store.at(29_950)]).toEqual([0, undefined, 29_950]);
  });

  it('says why a block failed, and requests it again only on a retry', () => {
    const store = newStore();
    store.missing(0, 10);
    store.fail(0, 'The disk is gone.');
    expect([store.failure(5), store.failure(105)]).toEqual(['The disk is gone.', undefined]);
    expect(store.missing(0, 10)).toEqual([]);
    expect(store.missing(0, 10, true)).toEqual([{ start: 0, end: 100 }]);
    expect(store.failure(5)).toBe('The disk is gone.');
    store.put(0, rowsFrom(0), 10);
    expect(store.failure(5)).toBeUndefined();
  });

  it('drops the requests for hidden blocks, and no others', () => {
    const store = newStore();
    store.missing(0, 250);
    store.put(0, rowsFrom(0), 1000);
    expect(store.hidden(200, 210)).toEqual([{ start: 100, end: 200 }]);
    expect(store.hidden(200, 210)).toEqual([]);
    expect(store.missing(0, 250)).toEqual([{ start: 100, end: 200 }]);
  });
});
