// The dataset page from event to effect: its reducer, controller and channel, without a browser.
import { describe, expect, it } from 'vitest';

import { wantedFields } from '../../media/src/model/datasetState.ts';
import { FakeDatasetPage, opened } from '../fakes/datasetPage.ts';
import { settled } from '../fakes/pageChannel.ts';
import { emptyView } from '../fakes/views.ts';

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i));

describe('the dataset page', () => {
  it('requests the first rows, selects the first one, and shows its pair', async () => {
    const page = new FakeDatasetPage();
    page.start();
    await settled();
    expect(page.heard()).toEqual(['ready', 'rows all 0', 'select 0/0']);
    expect(page.rows).toEqual(['[0]', ...numbers(1, 10)]);
    expect(page.pair).toBe(0);
    // Edits are refused until the file is read.
    expect(await page.press('f')).toBe(false);
    page.tell();
    await settled();
    expect(await page.press('f')).toBe(true);
    expect(page.heard()).toContain('act flip 0');
  });

  it('requests its rows again when it learns of a field that it shows', async () => {
    const page = new FakeDatasetPage();
    page.fields = [{ name: 'source', kind: 'text', isScalar: true, share: 1, example: 'web' }];
    page.start();
    await settled();
    expect(wantedFields(page.state)).toEqual(['source']);
    expect(page.heard().filter((call) => call === 'rows all 0')).toHaveLength(2);
  });

  it('requests its rows again after a new revision, and keeps the old ones until then', async () => {
    const page = await opened();
    page.client.isHolding = true;
    page.recordCount = 500;
    await page.change();
    expect(page.heard()).toEqual(['rows all 0']);
    expect([page.pair, page.state.shown?.revision]).toEqual([0, 2]);
    expect(page.rows).toEqual(['[0]', ...numbers(1, 10)]);
    expect(page.total).toBe(1000);
    for (const held of page.client.held) held.release();
    await settled();
    expect(page.total).toBe(500);
    // Progress is not a change.
    page.tell({ progress: '42 %' });
    await settled();
    expect(page.heard()).toEqual([]);
  });

  it('moves through the rows with keys, and scrolls no further than needed', async () => {
    const page = await opened();
    await page.press('ArrowDown');
    expect([page.rows[1], page.pair]).toEqual(['[1]', 1]);
    await page.press('PageDown');
    expect(page.pair).toBe(10);
    expect(page.rows).toEqual([...numbers(1, 10), '[10]']);
    expect(page.heard()).toEqual(['select 1/0', 'select 10/0']);
  });

  it('selects a row that is loaded later', async () => {
    const page = await opened();
    page.client.isHolding = true;
    await page.press('End', { ctrlKey: true });
    expect(page.heard()).toEqual(['rows all 900']);
    expect(page.rows.at(-1)).toBe('[]');
    await page.press('x');
    expect(page.heard()).toEqual([]);
    expect(page.state.notice?.text).toMatch(/^This row is still loading. Nothing was changed/);
    page.client.isHolding = false;
    page.client.held[0]!.release();
    await settled();
    expect([page.rows.at(-1), page.pair]).toEqual(['[999]', 999]);
  });

  it('says that the file is still being read when a key comes too early', async () => {
    const page = await opened();
    page.tell({ phase: 'reading' });
    await page.press('f');
    expect(page.heard()).not.toContain('act flip 0');
    expect(page.state.notice?.text).toMatch(/^The file is still being read. Nothing was changed/);
  });

  it('shows the next pair at once, and draws it once', async () => {
    const page = await opened({ looksAhead: true });
    page.client.isHolding = true;
    await page.press('ArrowDown');
    expect([page.rows[1], page.pair]).toEqual(['[1]', 1]);
    // The client has to know which pair is shown.
    expect(page.heard()).toEqual(['select 1/0']);
    // An action is about the pair that the person sees.
    expect(await page.press('f')).toBe(true);
    expect(page.heard()).toEqual(['act flip 1']);
    const before = page.state.shown;
    page.client.held[0]!.release();
    await settled();
    expect(page.state.shown).toBe(before);
  });

  it('shows a newer state than the one that was loaded ahead', async () => {
    const page = await opened({ looksAhead: true });
    page.client.isHolding = true;
    page.revision++;
    await page.press('ArrowDown');
    expect([page.pair, page.state.shown?.revision]).toEqual([1, 1]);
    page.client.held[0]!.release();
    await settled();
    expect([page.pair, page.state.shown?.revision]).toEqual([1, 2]);
  });

  it('looks ahead in the direction in which the person moves, once for each pair', async () => {
    const page = await opened({ looksAhead: true });
    const next = (): unknown => page.state.ahead.map(({ shown }) => shown?.view.record);
    expect(next()).toEqual([1, 2, 3]);
    for (const [key, wanted] of [
      ['ArrowDown', [2, 3, 4]],
      ['PageDown', [11, 12, 13]],
      ['ArrowUp', [8, 7, 6]],
      ['ArrowUp', [7, 6, 5]],
      ['ArrowDown', [10, 11, 12]],
    ] as const) {
      await page.press(key);
      expect([key, next()]).toEqual([key, wanted]);
    }
    const { ahead } = page.state;
    await page.scrollTo(300);
    page.tell({ progress: '42 %' });
    await settled();
    expect(page.state.ahead).toBe(ahead);
  });

  it('shows nothing out of date ahead: after a change, the pair is loaded again', async () => {
    const page = await opened({ looksAhead: true });
    await page.change();
    expect(page.state.ahead[0]?.shown?.revision).toBe(2);
    page.client.isHolding = true;
    page.revision++;
    page.tell();
    await settled();
    await page.press('ArrowDown');
    expect([page.state.selected?.record, page.pair]).toEqual([1, 0]);
  });

  it('forgets the next pair when a text changed and no status says so', async () => {
    const page = await opened({ looksAhead: true });
    page.looksAhead = false;
    page.client.channel.notify('outdated', null);
    await settled();
    page.client.isHolding = true;
    await page.press('ArrowDown');
    expect([page.state.selected?.record, page.pair]).toEqual([1, 0]);
  });

  it('edits only the visible pair', async () => {
    const page = await opened();
    page.client.isHolding = true;
    await page.press('ArrowDown');
    expect(page.pair).toBe(0);
    for (const key of ['f', 'x', 't', 'm', 'r', 'a', 'j']) await page.press(key);
    expect(page.heard()).toEqual(['select 1/0']);
    page.client.held[0]!.release();
    await settled();
    await page.press('f');
    // Undo waits for the flip.
    await page.press('u');
    expect(page.heard()).toEqual(['act flip 1', 'act undo 1']);
    // VS Code undoes it, and sends no pair.
    for (const reply of page.client.held.slice(1)) reply.release();
    await settled();
    expect(page.state.said).toBe('Undone: the last edit');
  });

  it('drops late replies: for a pair that is no longer selected, and from an older revision', async () => {
    const page = await opened();
    page.client.isHolding = true;
    await page.press('ArrowDown');
    await page.press('ArrowDown');
    const [first, second] = page.client.held;
    expect([first!.signal.aborted, second!.signal.aborted]).toEqual([true, false]);
    second!.release();
    await settled();
    first!.release();
    await settled();
    expect(page.pair).toBe(2);

    await page.scrollTo(300);
    const old = page.client.held.at(-1)!;
    page.recordCount = 400;
    page.client.isHolding = false;
    await page.change();
    old.release();
    await settled();
    expect(page.total).toBe(400);
  });

  it('does not wait for rows that were scrolled past', async () => {
    const page = await opened();
    page.client.isHolding = true;
    await page.scrollTo(300);
    await page.scrollTo(700);
    expect(page.client.held.map(({ label, signal }) => [label, signal.aborted])).toEqual([
      ['rows all 200', true],
      ['rows all 300', true],
      ['rows all 600', false],
      ['rows all 700', false],
    ]);
    page.client.isHolding = false;
    await page.scrollTo(300);
    expect(page.rows).toEqual(numbers(300, 310));
  });

  it.each([
    ['scrolls', (page: FakeDatasetPage) => page.scrollTo(320)],
    ['hears of a change', (page: FakeDatasetPage) => page.change()],
  ])('says why rows are missing, and requests them again when it %s', async (_when, retry) => {
    const page = await opened();
    page.client.isHolding = true;
    await page.scrollTo(310);
    page.client.held[0]!.fail('The disk is gone.');
    page.client.isHolding = false;
    await settled();
    expect(page.rows[0]).toBe('');
    expect(page.listMessage).toBe("Can't load these rows: The disk is gone.");
    page.heard();
    await page.dispatch({ kind: 'actionChosen', action: 'flip' });
    expect(page.heard()).toEqual(['act flip 0']);
    await retry(page);
    expect(page.heard()).toContain('rows all 300');
    expect(page.listMessage).toBeUndefined();
    expect(page.rows[0]).not.toBe('');
  });

  it('says why a pair is missing, until it is selected again or sent after a change', async () => {
    const page = await opened();
    page.client.isHolding = true;
    await page.press('ArrowDown');
    page.client.held[0]!.fail('The server stopped.');
    page.client.isHolding = false;
    await settled();
    expect(page.pair).toBe("Can't load this pair: The server stopped.");
    expect(await page.press('f')).toBe(false);
    await page.dispatch({ kind: 'rowSelected', index: 1 });
    expect(page.pair).toBe(1);
  });

  it('keeps the selection when the order is switched', async () => {
    const page = await opened({ findings: [800, 3, 400] });
    await page.press('ArrowDown');
    await page.press('ArrowDown');
    await page.press('ArrowDown');
    await page.dispatch({ kind: 'selectionChosen', selection: { order: 'findings', query: '' } });
    expect(page.rows).toEqual(['800', '[3]', '400']);
    expect(page.calls.at(-1)).toBe('focus');
    await page.press('ArrowUp');
    expect(page.pair).toBe(800);
    await page.dispatch({ kind: 'selectionChosen', selection: { order: 'all', query: '' } });
    expect(page.rows).toContain('[800]');
    expect(page.pair).toBe(800);
  });

  it('steps to the next finding, and scrolls its row to the middle', async () => {
    const page = await opened({ findings: [500] });
    page.onAct = () => page.shown(500);
    await page.press('j');
    expect(page.heard()).toContain('act next 0');
    expect(page.pair).toBe(500);
    expect(page.rows.indexOf('[500]')).toBeGreaterThan(2);
    expect(page.calls.slice(-2)).toEqual([`list to ${Math.round(495.5 * 52)}`, 'pair to top']);
  });

  it('steps even if the file changed before the reply', async () => {
    const page = await opened({ findings: [500] });
    page.onAct = () => page.shown(500);
    page.client.isHolding = true;
    await page.press('j');
    await page.change();
    page.client.held[0]!.release();
    await settled();
    expect(page.pair).toBe(500);
  });

  it('moves on to the next finding when one leaves the list', async () => {
    const page = await opened({ findings: [10, 20, 30, 40] });
    await page.dispatch({ kind: 'selectionChosen', selection: { order: 'findings', query: '' } });
    await page.dispatch({ kind: 'rowSelected', index: 1 });
    page.findings = [10, 30, 40];
    await page.change();
    expect([page.pair, page.rows]).toEqual([20, ['10', '30', '40']]);
    await page.press('ArrowDown');
    expect(page.pair).toBe(30);
    page.findings = [10, 40];
    await page.change();
    await page.press('ArrowUp');
    expect(page.pair).toBe(10);
  });

  it('goes on beside the place of a row that an edit moved in a sorted list', async () => {
    const page = await opened();
    page.filtered = [10, 20, 30, 40, 50];
    await page.dispatch({ kind: 'selectionChosen', selection: { order: 'all', query: 'margin<0' } });
    await page.dispatch({ kind: 'rowSelected', index: 1 });
    page.filtered = [10, 30, 40, 50, 20];
    await page.press('f');
    await page.change();
    expect([page.pair, page.rows]).toEqual([20, ['10', '30', '40', '50', '[20]']]);
    await page.press('ArrowDown');
    expect(page.pair).toBe(30);
    await page.press('ArrowUp');
    expect(page.pair).toBe(10);
    page.filtered = [30, 40, 50, 20, 10];
    await page.press('f');
    await page.change();
    await page.press('ArrowDown');
    expect(page.pair).toBe(30);
  });

  it('says what an edit did, though fewer rows are left in the list', async () => {
    const page = await opened({ findings: [10, 20, 30] });
    await page.dispatch({ kind: 'selectionChosen', selection: { order: 'findings', query: '' } });
    expect(page.state.said).toBe('3 rows shown');
    page.onAct = (_, record) => page.shown(record);
    await page.press('f');
    const { said } = page.state;
    expect(said).toMatch(/^Flipped/);
    page.findings = [20, 30];
    await page.change();
    expect([page.rows, page.state.said]).toEqual([['20', '30'], said]);
  });

  it('leaves the focus to whatever the person types into while it opens', async () => {
    expect((await opened()).calls).not.toContain('focus');
  });

  it('shows and selects a revealed record, also before any row is loaded', async () => {
    const page = new FakeDatasetPage();
    page.start();
    page.client.channel.notify('reveal', { record: 700, pair: 0 });
    page.tell();
    await settled();
    expect(page.rows).toContain('[700]');
    expect(page.pair).toBe(700);
    page.client.channel.notify('reveal', { record: 703, pair: 0 });
    await settled();
    expect(page.rows).toContain('[703]');
  });

  it('says that a record is dropped, and how to get it back', async () => {
    const page = await opened();
    page.onAct = (action, record) => {
      page.revision++;
      page.viewOf = () =>
        action === 'drop' ? emptyView({ record, why: 'Dropped. U brings it back.' }) : undefined;
      page.rowOf = () => ({ isDropped: action === 'drop' });
      return page.shown(record);
    };
    await page.press('x');
    page.tell();
    await settled();
    expect(page.pair).toBe('Dropped. U brings it back.');
    expect(await page.press('x')).toBe(false);
    await page.press('u');
    page.tell();
    await settled();
    expect(page.pair).toBe(0);
    expect(page.heard().filter((one) => one.startsWith('act'))).toEqual(['act drop 0', 'act undo 0']);
  });

  it('keeps the scroll position when the same pair is drawn again', async () => {
    const page = await opened();
    page.calls.length = 0;
    await page.change();
    await page.press('f');
    expect(page.calls).toEqual([]);
    await page.press('ArrowDown');
    expect(page.calls).toEqual(['pair to top']);
  });

  it('shows a newer state that the client sends, but not over another selection', async () => {
    const page = await opened();
    const at = { record: 0, pair: 0 };
    page.client.channel.notify('view', { at, shown: { ...page.shown(0), undoCount: 7 } });
    page.client.channel.notify('view', { at, shown: { ...page.shown(0), revision: 0 } });
    expect(page.state.shown?.undoCount).toBe(7);
    page.client.isHolding = true;
    await page.press('ArrowDown');
    page.client.channel.notify('view', { at, shown: page.shown(0) });
    expect(page.state.selected?.record).toBe(1);
  });

  it('stays at a pair that was loaded ahead when a newer state of the one before arrives', async () => {
    const page = await opened({ looksAhead: true });
    page.client.isHolding = true;
    await page.press('ArrowDown');
    await page.press('ArrowDown');
    page.client.channel.notify('view', { at: { record: 0, pair: 0 }, shown: page.shown(0) });
    await settled();
    expect([page.state.selected?.record, page.pair]).toEqual([2, 2]);
  });

  it('shows where the editor found the pair, if it is no longer at its place', async () => {
    const page = await opened();
    page.client.channel.notify('view', { at: { record: 0, pair: 0 }, shown: page.shown(4) });
    await settled();
    expect([page.state.selected?.record, page.pair]).toEqual([4, 4]);
  });

  it('says why an action failed, until the next one', async () => {
    const page = await opened();
    page.onAct = () => {
      throw new Error('The file is read-only.');
    };
    await page.press('f');
    expect(page.state.notice).toEqual({ text: 'The file is read-only.', isError: true });
    page.onAct = () => null;
    await page.press('f');
    expect(page.state.notice).toBeUndefined();
  });
});

describe('an empty list', () => {
  it.each([
    ['Reading…', undefined, 'all'],
    ['Reading…', { phase: 'reading' }, 'findings'],
    ['This file has no rows.', {}, 'all'],
    ['No pairs recognised.', { reason: 'No pairs recognised.' }, 'all'],
    ['No findings.', {}, 'findings'],
    ['No findings so far. Scoring is still running.', { phase: 'scoring' }, 'findings'],
  ] as const)('says "%s"', async (message, status, order) => {
    const page = Object.assign(new FakeDatasetPage(), { recordCount: 0 });
    page.start();
    if (status) page.tell(status);
    await page.dispatch({ kind: 'selectionChosen', selection: { order, query: '' } });
    expect(page.listMessage).toBe(message);
  });

  it('says why the first rows could not be loaded', async () => {
    const page = new FakeDatasetPage();
    page.client.isHolding = true;
    page.start();
    await settled();
    page.client.held[0]!.fail('The file is damaged.');
    await settled();
    expect(page.listMessage).toBe("Can't load these rows: The file is damaged.");
  });
});
