// The review on the dataset page: what its commands ask for, what they ignore, and what is said.
import { describe, expect, it } from 'vitest';

import type { ReviewAction, ReviewResult, ReviewView } from '#protocol/editor/review.ts';

import { FakeDatasetPage } from '../fakes/datasetPage.ts';
import { settled } from '../fakes/pageChannel.ts';
import { pairView } from '../fakes/views.ts';

const KEYS = ['k0', 'k1', 'k2'];

function viewAt(index: number, more: Partial<ReviewView> = {}): ReviewView {
  return {
    queue: {
      title: 'Doubtful labels',
      source: { kind: 'labels' },
      keys: KEYS,
      isBlind: false,
      seed: 1,
      startedAt: '',
      index,
    },
    decidedCount: index,
    counts: { keep: 0, flip: 0, tie: 0, drop: 0, skip: 0 },
    item: pairView({ record: index }),
    key: KEYS[index]!,
    isHidden: false,
    reason: '',
    tags: [],
    others: [],
    canUndo: index > 0,
    isReadOnly: false,
    reasons: ['more correct'],
    decided: [],
    found: 0,
    agreement: [],
    reviewer: 'ann',
    ...more,
  };
}

/** A page with a review of three pairs; a decision goes on to the next. */
async function reviewing(more: Partial<ReviewView> = {}) {
  const page = new FakeDatasetPage();
  const asked: ReviewAction[] = [];
  let index = 0;
  const result = (said: string): ReviewResult => ({ view: viewAt(index, more), said });
  page.review = {
    ...page.review,
    start: () => result('3 pairs to review.'),
    act: (action) => {
      asked.push(action);
      if (action.kind === 'decide' || action.kind === 'choose') index++;
      return result(action.kind === 'decide' ? `Pair ${index}: ${action.verdict}.` : '');
    },
    note: () => null,
  };
  await page.open();
  page.client.channel.notify('showPart', { part: 'review' });
  await settled();
  await page.dispatch({ kind: 'review', event: { kind: 'sourceChosen', source: { kind: 'labels' } } });
  const command = async (
    ...names: ('flip' | 'keep' | 'next' | 'first' | 'tags' | 'pause' | 'reason1' | 'reason2')[]
  ) => {
    for (const name of names) page.client.channel.notify('reviewAct', { command: name });
    await settled();
    await settled();
  };
  return { page, asked, command };
}

describe('the review on the page', () => {
  it('passes commands on, says what they did, and shows the next pair', async () => {
    const { page, asked, command } = await reviewing();
    await command('flip');
    expect(asked).toEqual([{ kind: 'decide', verdict: 'flip' }]);
    expect(page.state.said).toBe('Pair 1: flip. Pair 2 of 3');
    await command('reason1', 'reason2', 'next');
    expect(asked.slice(1)).toEqual([
      { kind: 'note', reason: 'more correct' },
      { kind: 'go', to: 'next' },
    ]);
  });

  it('ignores a decision while another one is on its way', async () => {
    const { asked, command } = await reviewing();
    await command('flip', 'keep');
    expect(asked).toHaveLength(1);
    // A reason belongs to the pair that is shown: the verdict may follow at once.
    await command('reason1', 'keep');
    expect(asked.slice(1).map(({ kind }) => kind)).toEqual(['note', 'decide']);
  });

  it('chooses an answer, and neither keeps nor flips, while the label is hidden', async () => {
    const { asked, command } = await reviewing({ isHidden: true });
    await command('keep');
    await command('flip');
    await command('first');
    expect(asked).toEqual([{ kind: 'choose', side: 'first' }]);
  });

  it('takes no keys but those that change how texts are drawn; all others are commands of the editor', async () => {
    const { page } = await reviewing();
    const used: string[] = [];
    for (const key of 'abcdefghijklmnopqrstuvwxyz123'.split('').concat('ArrowLeft', 'Escape'))
      if (await page.press(key)) used.push(key);
    expect(used).toEqual(['b', 'c', 'd', 'e', 'l', 'v', 'w']);
  });

  it('stays paused when an answer arrives that was under way', async () => {
    const { page, command } = await reviewing();
    page.client.isHolding = true;
    await command('next', 'pause');
    expect(page.state.review.isPaused).toBe(true);
    expect(page.client.held.length).toBeGreaterThan(0);
    for (const held of page.client.held) held.release();
    await settled();
    expect(page.state.review.isPaused).toBe(true);
  });

  it('tells the editor when its keys mean this page: with the focus, and not while it is paused', async () => {
    const { page, command } = await reviewing();
    page.heard();
    await page.dispatch({ kind: 'review', event: { kind: 'focusChanged', hasFocus: true } });
    await command('pause');
    expect(page.state.review.isPaused).toBe(true);
    await page.dispatch({ kind: 'review', event: { kind: 'resumed' } });
    await page.dispatch({ kind: 'review', event: { kind: 'focusChanged', hasFocus: false } });
    const told = page.heard().filter((text) => text.startsWith('reviewing'));
    expect(told).toEqual(['reviewing true', 'reviewing false', 'reviewing true', 'reviewing false']);
  });

  it('has its keys before the first pair is there, so that none is lost', async () => {
    const { page, command } = await reviewing();
    await page.dispatch({ kind: 'review', event: { kind: 'focusChanged', hasFocus: true } });
    for (const begin of [
      { kind: 'sourceChosen', source: { kind: 'labels' } },
      { kind: 'resumed' },
    ] as const) {
      await command('pause');
      page.heard();
      page.client.isHolding = true;
      await page.dispatch({ kind: 'review', event: begin });
      const first = page.heard().filter((text) => text.startsWith('reviewing'));
      expect([page.client.held.length, ...first]).toEqual([1, 'reviewing true']);
      page.client.isHolding = false;
      for (const held of page.client.held.splice(0)) held.release();
      await settled();
      expect(page.state.review.isPaused).toBe(false);
    }
  });

  it('shows why an action was refused, and goes on', async () => {
    const { page, asked, command } = await reviewing();
    page.review = {
      ...page.review,
      act: () => {
        throw new Error('No.');
      },
    };
    await command('flip');
    expect(page.state.notice).toEqual({ text: 'No.', isError: true });
    expect(page.state.review.isBusy).toBe(false);
    expect(asked).toEqual([]);
  });

  it('stays when the cursor of the text moves, and gives way to a record that the person wants to see', async () => {
    const { page } = await reviewing();
    page.client.channel.notify('follow', { record: 40, pair: 0 });
    await settled();
    expect([page.state.review.isOpen, page.state.selected?.record]).toEqual([true, 40]);
    page.client.channel.notify('reveal', { record: 50, pair: 0 });
    await settled();
    expect([page.state.review.isOpen, page.state.selected?.record]).toEqual([false, 50]);
  });

  it('goes on after a reload', async () => {
    const { page } = await reviewing();
    page.client.channel.notify('restore', {
      selection: { order: 'all', query: '' },
      layout: 'right',
      recent: [],
      isReviewing: true,
    });
    await settled();
    await settled();
    expect(page.state.review).toMatchObject({ isOpen: true, isPaused: false });
  });
});
