// Keys of both pages.
import { describe, expect, it } from 'vitest';

import type { RecordView } from '#protocol/editor/views.ts';

import { DATASET_ACTIONS, datasetActionFor, rowAfter } from '../../media/src/model/datasetKeys.ts';
import { actionFor, ACTIONS, isOfField } from '../../media/src/model/keys.ts';
import { pageKeys } from '../../media/src/model/pageKeys.ts';
import type { PageState } from '../../media/src/model/pageState.ts';
import { press } from '../fakes/keys.ts';
import { emptyView, judgedView, pairView, repairable } from '../fakes/views.ts';

const found = { findings: [repairable], findingNumber: 1, findingsHere: 1, reviewIndex: 0, findingCount: 2 };
const pair = pairView({ ...found, pairCount: 2 });
const judged = judgedView();
const empty = emptyView();
const stateOf = (view: RecordView | undefined, more: Partial<PageState> = {}): PageState => ({
  view,
  undoCount: 1,
  isReadOnly: false,
  ...more,
});
const all = stateOf(pair);

describe.each([
  ['the compare page', ACTIONS, actionFor],
  ['the dataset page', DATASET_ACTIONS, datasetActionFor],
] as const)('keys of %s', (_name, rows, actionOf) => {
  it('each do what their button says', () => {
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    for (const { key, action } of rows) {
      expect(actionOf(press(key), all)).toBe(action);
      // With Caps Lock.
      expect(actionOf(press(key.toUpperCase()), all)).toBe(action);
    }
    expect(actionOf(press('q'), all)).toBeUndefined();
  });

  it('do nothing with Ctrl, Alt, Meta or Shift: those belong to the editor', () => {
    for (const { key } of rows) {
      for (const modifier of ['ctrlKey', 'altKey', 'metaKey', 'shiftKey'])
        expect(actionOf(press(key, { [modifier]: true }), all)).toBeUndefined();
    }
  });

  it('do nothing while the user types in a field', () => {
    for (const { key } of rows) {
      expect(actionOf(press(key, { isComposing: true }), all)).toBeUndefined();
      for (const target of [
        { tagName: 'INPUT' },
        { tagName: 'textarea' },
        { tagName: 'SELECT' },
        { tagName: 'DIV', isContentEditable: true },
      ])
        expect(actionOf(press(key, { target }), all)).toBeUndefined();
    }
    for (const key of ['Process', 'Dead', 'Unidentified']) expect(actionOf(press(key), all)).toBeUndefined();
  });

  it('act exactly if their button is enabled', () => {
    const states = [
      undefined,
      pair,
      { ...pair, isTie: true },
      { ...pair, findings: [] },
      judged,
      empty,
    ].flatMap((view) => [
      stateOf(view),
      stateOf(view, { undoCount: 0 }),
      stateOf(view, { isReadOnly: true }),
      stateOf(view && { ...view, findingCount: 0 }),
    ]);
    for (const state of states) {
      for (const { key, action, isEnabled } of rows)
        expect(actionOf(press(key), state)).toBe(isEnabled(state) ? action : undefined);
    }
  });

  it('edit once, however long they are held, but walk repeatedly', () => {
    const held = rows.filter(({ key }) => actionOf(press(key, { repeat: true }), all) !== undefined);
    expect(held.every(({ action }) => /^(?:next|previous)/.test(action))).toBe(true);
    expect(held.slice(0, 2).map(({ action }) => action)).toEqual(['previous', 'next']);
  });

  it('flip no tie, no unloaded pair, and no place without answers', () => {
    const flips = (state: PageState): boolean => actionOf(press('f'), state) === 'flip';
    expect(flips(stateOf({ ...pair, isTie: true }))).toBe(false);
    expect(flips(stateOf(pair, { isReadOnly: true }))).toBe(false);
    expect([undefined, empty, { ...judged, canFlip: false }].map((view) => flips(stateOf(view)))).toEqual([
      false,
      false,
      false,
    ]);
    expect([pair, judged].map((view) => flips(stateOf(view)))).toEqual([true, true]);
  });
});

it('arrows walk in the compare page, and only without modifiers', () => {
  expect(actionFor(press('ArrowRight'), all)).toBe('next');
  expect(actionFor(press('ArrowLeft'), all)).toBe('previous');
  expect(actionFor(press('ArrowRight', { altKey: true }), all)).toBeUndefined();
});

it('drop, tie, margin and repair need an answer', () => {
  const acts = (view: RecordView): string[] =>
    ['x', 't', 'm', 'r'].filter((key) => datasetActionFor(press(key), stateOf(view)) !== undefined);
  expect(acts(pair)).toEqual(['x', 't', 'm', 'r']);
  expect(acts({ ...pair, isTie: true, findings: [] })).toEqual(['x']);
  expect(acts(judged)).toEqual(['x']);
  expect(acts(empty)).toEqual([]);
});

describe('keys of the list', () => {
  it('move through the rows and stay within them', () => {
    const after = (key: string, at: number, ctrlKey = false) =>
      rowAfter(press(key, { ctrlKey }), at, 15.4, 100);
    expect([
      after('ArrowDown', 0),
      after('ArrowDown', 99),
      after('ArrowUp', 0),
      after('PageDown', 10),
    ]).toEqual([1, 99, 0, 24]);
    expect([after('End', 5, true), after('Home', 5, true), after('PageUp', 3), after('a', 3)]).toEqual([
      99,
      0,
      0,
      undefined,
    ]);
    // From a gap between two rows to the adjacent row.
    expect([after('ArrowDown', 2.5), after('ArrowUp', 2.5), after('ArrowDown', -0.5)]).toEqual([3, 2, 0]);
    expect(rowAfter(press('ArrowDown'), 0, 15, 0)).toBeUndefined();
    expect(rowAfter(press('ArrowDown', { ctrlKey: true }), 0, 15, 9)).toBeUndefined();
  });
});

describe('letters right after a key for VS Code', () => {
  /** What a page gets to do of presses, 100 ms from each other. Spaces are pauses of a second, a click is a click. */
  function done(...keys: string[]): string {
    const seen: string[] = [];
    const { press: down, settle } = pageKeys(({ key }) => {
      seen.push(key);
      return !['p', 'F1', 'Control', 'Home', 'End'].includes(key);
    });
    let timeStamp = 5000;
    for (const key of keys) {
      timeStamp += key === ' ' ? 1000 : 100;
      if (key === 'click') settle();
      else if (key !== ' ') {
        const [last, ...modifiers] = key.split('+').toReversed();
        const held = Object.fromEntries(modifiers.map((modifier) => [`${modifier}Key`, true]));
        down(press(last!, { ...held, timeStamp }));
      }
    }
    return seen.filter((key) => 'fxtuj'.includes(key)).join('');
  }

  it('do nothing, until the person pauses, clicks or cancels', () => {
    expect(done('f', 'x')).toBe('fx');
    for (const first of ['ctrl+p', 'meta+p', 'alt+p', 'F1']) {
      expect(done(first, 'f', 'x', 't')).toBe('');
      expect(done(first, 'f', ' ', 'x')).toBe('x');
      expect(done(first, 'f', 'click', 'x')).toBe('x');
      expect(done(first, 'f', 'Escape', 'x')).toBe('x');
    }
  });

  it('act after a key that the page uses, or that leaves the focus where it is', () => {
    expect(done('ctrl+f', 'x')).toBe('fx');
    for (const key of ['c', 's', 'z', 'y', 'Home', 'End']) expect(done(`ctrl+${key}`, 'x')).toBe('x');
    expect(done('ctrl+Control', 'ctrl+f', 'x')).toBe('fx');
  });

  it('are known as such until the next key', () => {
    const { press: down, settle, isAway } = pageKeys(() => false);
    const after = (key: string, more: object): boolean => {
      down(press(key, more));
      return isAway();
    };
    expect(after('p', { ctrlKey: true, timeStamp: 0 })).toBe(false);
    expect(after('x', { timeStamp: 10 })).toBe(true);
    // A person may give a command of a review any key.
    expect(after('d', { ctrlKey: true, timeStamp: 20 })).toBe(false);
    expect(after('x', { timeStamp: 30 })).toBe(true);
    settle();
    expect(isAway()).toBe(false);
    expect(after('x', { timeStamp: 40 })).toBe(false);
  });
});

it('keys of a field are letters and moves in it', () => {
  const target = { tagName: 'SELECT' };
  for (const key of ['x', 'X', 'ArrowLeft', 'Escape']) {
    expect(isOfField(press(key, { target }))).toBe(true);
    expect(isOfField(press(key))).toBe(false);
  }
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }])
    expect(isOfField(press('x', { target, ...more }))).toBe(false);
  expect(isOfField(press('F1', { target }))).toBe(false);
});
