// The columns of the dataset page, and its marked rows.
import { describe, expect, it } from 'vitest';

import { wantedFields } from '../../media/src/model/datasetState.ts';
import { opened, typed } from '../fakes/datasetPage.ts';
import { settled } from '../fakes/pageChannel.ts';

describe('the grid', () => {
  it('sorts up, down, and not at all', async () => {
    const page = await opened({ filtered: [3, 2, 1] });
    const sorts: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      await page.dispatch({ kind: 'sorted', field: 'margin' });
      sorts.push([page.state.selection.sort?.isDescending, page.state.said]);
    }
    expect(sorts).toEqual([
      [false, '3 rows shown'],
      [true, '3 rows shown'],
      [undefined, 'In the order of the file'],
    ]);
  });

  it('moves through the columns, and scrolls sideways no further than needed', async () => {
    const page = await opened();
    await page.press('ArrowRight');
    expect(page.state.column).toBe('margin');
    await page.press('End');
    expect(page.state.column).toBe('difference');
    await page.press('Home');
    await page.press('ArrowLeft');
    expect(page.state.column).toBe('row');
    await page.dispatch({ kind: 'column', event: { kind: 'resized', id: 'prompt', width: 900 } });
    page.calls.length = 0;
    await page.press('End');
    await page.press('Home');
    await page.press('ArrowRight');
    expect(page.calls.map((call) => call.replace(/\d+/, 'n'))).toEqual(['sideways to n', 'sideways to n']);
  });

  it('requests the fields of the shown columns', async () => {
    const score = { name: 'score', kind: 'number', share: 1, example: '1', isScalar: true } as const;
    const page = await opened({ fields: [score] });
    page.heard();
    await page.dispatch({ kind: 'column', event: { kind: 'toggled', id: '.score' } });
    expect(page.heard()).toEqual(['rows all 0']);
    expect(wantedFields(page.state)).toEqual(['score']);
    await page.dispatch({ kind: 'column', event: { kind: 'toggled', id: '.score' } });
    expect(page.heard()).toEqual([]);
  });

  it('opens the whole text of a cell, and closes it with Escape', async () => {
    const page = await opened();
    await page.dispatch({ kind: 'columnSelected', id: 'prompt' });
    await page.press('Enter');
    expect(page.state.open).toEqual({ index: 0, column: 'prompt', text: 'All of prompt of 0.' });
    await page.press('Escape');
    expect(page.state.open).toBeUndefined();
    // A button is pressed by its own key.
    expect(await page.press('Enter', { target: { tagName: 'BUTTON' } })).toBe(false);
  });
});

describe('marked rows', () => {
  it('are marked with Shift, Ctrl and all at once, and counted aloud', async () => {
    const page = await opened();
    await page.dispatch({ kind: 'rowSelected', index: 4 });
    await page.press('ArrowDown', { shiftKey: true });
    await page.press('ArrowDown', { shiftKey: true });
    expect([page.state.marks, page.state.said]).toEqual([[{ start: 4, end: 7 }], '3 rows marked']);
    await page.press('ArrowUp', { shiftKey: true });
    expect(page.state.marks).toEqual([{ start: 4, end: 6 }]);
    await page.dispatch({ kind: 'rowSelected', index: 9, marking: 'toggle' });
    expect(page.state.marks).toEqual([
      { start: 4, end: 6 },
      { start: 9, end: 10 },
    ]);
    await page.press('a', { ctrlKey: true });
    expect(page.state.marks).toEqual([{ start: 0, end: 1000 }]);
    await page.press('Escape');
    expect(page.state.marks).toEqual([]);
    await page.press(' ', { ctrlKey: true });
    expect(page.state.marks).toEqual([{ start: 9, end: 10 }]);
    await page.press('ArrowDown');
    expect(page.state.marks).toEqual([]);
  });

  it('are edited together, and the page says what was done', async () => {
    const page = await opened();
    page.onBatch = (action, count) => `${action} of ${count}`;
    await page.press('ArrowDown', { shiftKey: true });
    page.heard();
    await page.press('f');
    expect(page.heard()).toEqual(['batch flip 2']);
    expect(page.state).toMatchObject({ marks: [], notice: { text: 'flip of 2', isError: false } });
    await page.press('f');
    expect(page.heard()).toEqual(['act flip 1']);
  });

  it('are edited while their pairs are on the way', async () => {
    const page = await opened();
    page.client.isHolding = true;
    await page.press('ArrowDown', { shiftKey: true });
    page.heard();
    await page.press('f');
    expect(page.heard()).toEqual(['batch flip 2']);
  });

  it('stay marked if the person changed their mind', async () => {
    const page = await opened();
    await page.press('ArrowDown', { shiftKey: true });
    await page.press('x');
    expect(page.state.marks).toEqual([{ start: 0, end: 2 }]);
  });

  it('stay while the same rows are in their places, and are forgotten when others are', async () => {
    const page = await opened({ filtered: [1, 2, 3] });
    await page.press('ArrowDown', { shiftKey: true });
    page.revision++;
    page.tell({ generation: 1 });
    expect(page.state.marks).toHaveLength(1);
    page.revision++;
    page.tell({ generation: 2 });
    expect(page.state.marks).toEqual([]);
    await typed(page, 'margin<0');
    await page.dispatch({ kind: 'rowSelected', index: 1 });
    await page.press('ArrowDown', { shiftKey: true });
    page.revision++;
    page.tell({ generation: 2 });
    await settled();
    expect(page.state.marks).toEqual([{ start: 1, end: 3 }]);
    page.filtered = [1, 3, 2];
    page.revision++;
    page.tell({ generation: 2 });
    await settled();
    expect(page.state.marks).toEqual([]);
  });
});
