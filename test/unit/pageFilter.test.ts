// The filter of the dataset page: what it asks for while a person types, and what it shows.
import { describe, expect, it } from 'vitest';

import { storeOf } from '../../media/src/model/datasetState.ts';
import { hitsText } from '../../media/src/model/datasetText.ts';
import {
  EMPTY_FILTER,
  filterKey,
  hasTerm,
  reduceFilter,
  withTermToggled,
} from '../../media/src/model/filter.ts';
import { nameOf } from '../../media/src/model/rowStore.ts';
import { opened, typed } from '../fakes/datasetPage.ts';
import { press } from '../fakes/keys.ts';
import { settled } from '../fakes/pageChannel.ts';

const FILTERED = { order: 'all', query: 'margin<0' } as const;

describe('a filter', () => {
  it('shows the rows of its query from the top, and notes where the shown pair stands', async () => {
    const page = await opened({ filtered: [40, 0, 90] });
    await typed(page, ' margin<0');
    expect(page.heard()).toEqual(['complete  margin<0', 'place 0/0', 'rows ["all","margin<0",null,null] 0']);
    expect(page.rows).toEqual(['40', '[0]', '90']);
    expect(page.state.said).toBe('3 rows shown');
    await page.press('ArrowDown');
    expect([page.pair, page.rows]).toEqual([90, ['40', '0', '[90]']]);
    await page.press('Home', { ctrlKey: true });
    expect(page.pair).toBe(40);
    await typed(page, '');
    expect(page.rows).toContain('[40]');
    expect(page.state.filter.recent).toEqual([' margin<0']);
  });

  it('moves on from the row that an edit takes out of it', async () => {
    const page = await opened({ filtered: [10, 20, 30] });
    await typed(page, 'margin<0');
    await page.dispatch({ kind: 'rowSelected', index: 1 });
    page.filtered = [10, 30];
    await page.change();
    expect([page.pair, page.rows]).toEqual([20, ['10', '30']]);
    await page.press('ArrowDown');
    expect(page.pair).toBe(30);
  });

  it('keeps its text when the search is cancelled, and a focus does not begin it again', async () => {
    const page = await opened({ filtered: [10, 20, 30] });
    await typed(page, 'margin<0');
    await page.dispatch({ kind: 'searchCancelled' });
    expect([page.state.selection.query, page.state.filter.text]).toEqual(['', 'margin<0']);
    page.heard();
    await page.dispatch({ kind: 'filter', event: { kind: 'typed', text: 'margin<0', caret: 3 } });
    expect(page.heard()).toEqual(['complete margin<0']);
    await page.dispatch({ kind: 'filter', event: { kind: 'applied' } });
    expect(page.state.selection.query).toBe('margin<0');
  });

  it('waits for a pause before it searches, and completes what is typed', async () => {
    const item = { label: 'margin', insert: 'margin', start: 0, end: 3, detail: 'of the pair' };
    const page = await opened({ completions: [item] });
    await page.dispatch({ kind: 'filter', event: { kind: 'typed', text: 'mar', caret: 3 } });
    expect(page.heard()).toEqual(['complete mar']);
    expect(page.state.filter.items).toEqual([item]);
    await page.dispatch({ kind: 'filter', event: { kind: 'itemMoved', by: 1 } });
    expect(page.state.filter.item).toBe(0);
    await page.dispatch({ kind: 'filter', event: { kind: 'itemTaken', item: 0 } });
    expect([page.state.filter.text, page.state.filter.caret]).toEqual(['margin', 6]);
    await page.dispatch({ kind: 'filterSettled' });
    expect(page.state.selection.query).toBe('margin');
  });

  it('counts no rows before the server has answered', async () => {
    const page = await opened({ filtered: [] });
    page.client.isHolding = true;
    await typed(page, 'margin<0');
    expect(hitsText(storeOf(page.state))).toBe('Searching…');
    for (const held of page.client.held) held.release();
    await settled();
    expect(hitsText(storeOf(page.state))).toBe('0 rows');
  });

  it('counts hits while the search goes on, and says what is wrong with the query', async () => {
    const page = await opened({ filtered: [1, 2] });
    page.listOf = () => ({ search: { done: 0.25, hits: 2 } });
    await typed(page, 'text:x');
    expect(storeOf(page.state).list?.search?.done).toBe(0.25);
    page.filtered = [1, 2, 3];
    page.listOf = () => ({});
    const key = nameOf(page.state.selection);
    const found = { uri: '', revision: 1, key, total: 3, done: 1, hits: 3, isOver: true };
    page.client.channel.notify('found', { ...found, key: 'another' });
    expect(page.total).toBe(2);
    page.client.channel.notify('found', found);
    await settled();
    expect([page.rows.map((row) => row.replace(/\D/g, '')), page.state.said]).toEqual([
      ['1', '2', '3'],
      '3 rows shown',
    ]);
    page.filtered = [];
    page.listOf = () => ({ fault: { message: 'No such fact.', start: 0, end: 2 } });
    await typed(page, 'zz<1');
    expect(page.listMessage).toBe('No rows: correct the filter.');
  });

  it('gives way to a record that the person wants to see and that it leaves out', async () => {
    const page = await opened({ filtered: [40, 50] });
    await typed(page, 'margin<0');
    page.client.channel.notify('reveal', { record: 50, pair: 0 });
    await settled();
    expect([page.rows, page.state.selection.query]).toEqual([['40', '[50]'], 'margin<0']);
    page.client.channel.notify('reveal', { record: 700, pair: 0 });
    await settled();
    expect(page.rows).toContain('[700]');
    expect([page.state.selection, page.state.filter.text]).toEqual([{ order: 'all', query: '' }, '']);
  });

  it('is there again after a reload, with its row', async () => {
    const page = await opened({ filtered: [40, 50, 60] });
    page.client.channel.notify('restore', {
      selection: FILTERED,
      place: { record: 60, pair: 0 },
      layout: 'below',
      recent: ['x'],
    });
    await settled();
    expect([page.rows, page.pair]).toEqual([['40', '50', '[60]'], 60]);
    expect(page.state).toMatchObject({ layout: 'below', filter: { text: 'margin<0', recent: ['x'] } });
  });

  it.each([
    ['ArrowDown', { kind: 'itemMoved', by: 1 }],
    ['Tab', { kind: 'itemTaken', item: 0 }],
    ['Enter', { kind: 'applied' }],
    ['Escape', { kind: 'closed' }],
  ])('takes the key %s while completions are shown', (key, event) => {
    const item = { label: 'a', insert: 'a', start: 0, end: 0, detail: '' };
    expect(filterKey({ ...EMPTY_FILTER, items: [item] }, press(key))).toEqual(event);
  });

  it.each(['closed', 'applied'] as const)('shows no completions that arrive after it was %s', (kind) => {
    const item = { label: 'a', insert: 'a', start: 0, end: 0, detail: '' };
    const asked = reduceFilter(EMPTY_FILTER, { kind: 'typed', text: 'm', caret: 1 });
    const answer = { kind: 'completed', text: 'm', caret: 1, items: [item] } as const;
    expect(reduceFilter(asked, answer).items).toEqual([item]);
    expect(reduceFilter(reduceFilter(asked, { kind }), answer).items).toEqual([]);
  });

  it('leaves keys with Ctrl to the editor, and Escape to the list', () => {
    expect(filterKey(EMPTY_FILTER, press('a', { ctrlKey: true }))).toBeUndefined();
    expect(filterKey(EMPTY_FILTER, press('Escape'))).toBe('leave');
    expect(filterKey(EMPTY_FILTER, press('x'))).toBeUndefined();
  });

  it('has a term for each rule', () => {
    expect(withTermToggled('a "b c"', 'rule:x')).toBe('a "b c" rule:x');
    expect(withTermToggled('a rule:x "b c"', 'rule:x')).toBe('a "b c"');
    expect(hasTerm('a rule:xy', 'rule:x')).toBe(false);
  });
});
