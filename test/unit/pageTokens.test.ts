// Rewards of tokens on the pages: what is requested when, what is marked, and what is said of it.
import { createRef, h, render } from 'preact';
import { describe, expect, it } from 'vitest';

import { wordDiff } from '#core/compare/wordDiff.ts';
import type { PairTokens } from '#protocol/editor/tokens.ts';
import type { PairView } from '#protocol/editor/views.ts';
import type { CompareClientSends, ComparePageSends } from '#protocol/page/compare.ts';

import { startComparePage } from '../../media/src/comparePage.ts';
import type { CompareState } from '../../media/src/model/compare.ts';
import { markedTokens, strongest, tokenMarks } from '../../media/src/model/tokenMarks.ts';
import { DatasetView } from '../../media/src/view/dataset.tsx';
import { FakeDatasetPage } from '../fakes/datasetPage.ts';
import { fakeElement } from '../fakes/dom.ts';
import { fakeClient, settled } from '../fakes/pageChannel.ts';
import { pairView } from '../fakes/views.ts';

const HOUSE = { id: 'a b 0.1 false', title: 'House' };
const OTHER = { id: 'c d 0.1 false', title: 'Other' };

/** Spans of the words of a text, each with the space before it. */
function answer(text: string, rewards: readonly number[]): PairTokens['chosen'] {
  const hidden = { tokens: 1, reward: 0.001 };
  const spans = [...text.matchAll(/\s?\S+/g)].map(({ 0: word, index }, i) => ({
    start: index,
    end: index + word.length,
    reward: rewards[i] ?? 0,
  }));
  const reward = spans.reduce((sum, one) => sum + one.reward, hidden.reward);
  return { spans, reward, hidden, tokens: spans.length + 1 };
}

const CHOSEN = 'The sky is blue today';
const REJECTED = 'The sky is green today';
const FOUND: PairTokens = {
  chosen: answer(CHOSEN, [0.04, -0.01, 0.0001, 0.16, 0.02]),
  rejected: answer(REJECTED, [0.04, 0, 0, -0.09, 0.01]),
};

describe('the marks of tokens', () => {
  it('show the effect on the margin, the stronger the larger the reward is beside the largest', () => {
    const marked = markedTokens(FOUND, undefined);
    // √(0.04/0.16) is a half, √(0.01/0.16) a quarter, √(0.0001/0.16) is below an eighth, √(0.02/0.16) is 0.35.
    expect(tokenMarks(marked, 'chosen').map(({ kind, level, title }) => [kind, level, title])).toEqual([
      ['for', 2, 'Reward +0.040: raises the margin'],
      ['against', 1, 'Reward −0.010: lowers the margin'],
      ['for', 0, 'reward 0.000'],
      ['for', 4, 'Reward +0.160: raises the margin'],
      ['for', 2, 'Reward +0.020: raises the margin'],
    ]);
    // What the policy likes about the rejected answer lowers the margin.
    expect(tokenMarks(marked, 'rejected').map(({ kind, title }) => [kind, title])).toEqual([
      ['against', 'Reward +0.040: lowers the margin'],
      ['for', 'reward 0.000'],
      ['for', 'reward 0.000'],
      ['for', 'Reward −0.090: raises the margin'],
      ['against', 'Reward +0.010: lowers the margin'],
    ]);
  });

  it('are restricted to the words that the answers do not have in common', () => {
    const marked = markedTokens(FOUND, wordDiff(CHOSEN, REJECTED));
    expect(marked.chosen.map(({ start, end }) => CHOSEN.slice(start, end))).toEqual([' blue']);
    expect(marked.rejected.map(({ start, end }) => REJECTED.slice(start, end))).toEqual([' green']);
    const apart = markedTokens(FOUND, wordDiff('one two three', 'four five six'));
    expect([apart.isRestricted, apart.chosen.length]).toEqual([false, 5]);
  });

  it('name the strongest tokens, and white space by signs', () => {
    const text = 'a\n\n b';
    const spans = [
      { start: 0, end: 1, reward: 0.1 },
      { start: 1, end: 3, reward: -0.3 },
      { start: 3, end: 5, reward: 0.2 },
    ];
    const found = { ...FOUND, chosen: { ...FOUND.chosen, spans } };
    const listed = strongest(markedTokens(found, undefined), 'chosen', text);
    expect(listed.map((one) => [one.text, one.reward])).toEqual([
      ['⏎⏎', -0.3],
      ['b', 0.2],
      ['a', 0.1],
    ]);
  });
});

const viewOf = (record: number, more: Partial<PairView> = {}): PairView =>
  pairView({
    record,
    pairKey: `key${record}`,
    chosen: { text: CHOSEN },
    rejected: { text: REJECTED },
    reasons: [],
    tokenScorers: [HOUSE],
    ...more,
  });

async function datasetPage(more: Partial<FakeDatasetPage> = {}) {
  const body = fakeElement();
  const [list, detail] = [createRef<HTMLDivElement>(), createRef<HTMLDivElement>()];
  const filter = createRef<HTMLInputElement>();
  const page = Object.assign(new FakeDatasetPage(), {
    viewOf: (record: number) => viewOf(record),
    tokens: { ok: true, value: FOUND },
    ...more,
  });
  page.onDraw = (state, dispatch) => {
    render(h(DatasetView, { state, dispatch, list, detail, filter }), body);
  };
  await page.open();
  const toggle = async (option: 'showsWords' | 'onlyDifferences'): Promise<void> => {
    await page.dispatch({ kind: 'optionToggled', option });
    await settled();
  };
  const asked = (): readonly string[] => page.heard().filter((call) => call.startsWith('tokens'));
  const marked = (): readonly string[] => body.all('heat').map(({ textContent }) => textContent);
  const said = (): string =>
    body
      .all('tokens')
      .map(({ textContent }) => textContent)
      .join('\n');
  return { page, body, toggle, asked, marked, said };
}

describe('rewards of tokens', () => {
  it('are requested once for what is shown, marked, and summed up', async () => {
    const { page, toggle, asked, marked, said } = await datasetPage();
    expect(asked()).toEqual([]);
    await toggle('showsWords');
    expect(asked()).toEqual([`tokens 0 ${HOUSE.id}`]);
    expect(marked().join('')).toBe(CHOSEN + REJECTED);
    expect(said()).toContain('Rewards of tokens, by House');
    expect(said()).toContain('Reward+0.211 in 6 tokens−0.039 in 6 tokens');
    expect(said()).toContain('Template and calls+0.001 in 1 token+0.001 in 1 token');
    expect(said()).toContain('“blue”chosen+0.160');
    // The same pair once more, with a margin: nothing to do.
    page.viewOf = (record) => viewOf(record, { margin: 2 });
    await page.change();
    expect(asked()).toEqual([]);
    await toggle('onlyDifferences');
    expect(marked()).toEqual([' ', 'blue', ' ', 'green']);
    expect(said()).toContain('Where the answers differ+0.160−0.090');
    expect(asked()).toEqual([]);
    await page.press('ArrowDown');
    await settled();
    expect(asked()).toEqual([`tokens 1 ${HOUSE.id}`]);
    await toggle('showsWords');
    expect([marked(), said(), page.state.tokens]).toEqual([[], '', undefined]);
  });

  it('of a pair that is gone are dropped, and not waited for', async () => {
    const { page, toggle, said } = await datasetPage();
    page.client.isHolding = true;
    await toggle('showsWords');
    expect(page.state.tokens?.found).toBeUndefined();
    const [late] = page.client.held.filter(({ label }) => label.startsWith('tokens 0'));
    page.client.isHolding = false;
    page.viewOf = (record) => viewOf(record, { tokenScorers: [OTHER] });
    await page.press('ArrowDown');
    await settled();
    expect(late!.signal.aborted).toBe(true);
    late!.release();
    await settled();
    expect(said()).toContain('by Other');
    // A pair without such a scorer: the request for the one before ends too.
    page.client.isHolding = true;
    await page.dispatch({ kind: 'tokensRetried' });
    await settled();
    const [second] = page.client.held.filter(({ label }) => label.startsWith('tokens 1'));
    page.client.isHolding = false;
    page.viewOf = (record) => viewOf(record, { tokenScorers: [] });
    await page.press('ArrowDown');
    await settled();
    expect([second?.signal.aborted, page.state.tokens]).toEqual([true, undefined]);
  });

  it('are those of the answers as they stand: after a flip they are requested again', async () => {
    const { page, toggle, asked } = await datasetPage();
    await toggle('showsWords');
    asked();
    page.viewOf = (record) => viewOf(record, { chosen: { text: REJECTED }, rejected: { text: CHOSEN } });
    await page.change();
    expect(asked()).toEqual([`tokens 0 ${HOUSE.id}`]);
  });

  it('are chosen beside the words of the built-in scorer, which come first', async () => {
    const reasons = [{ text: 'blue', side: 'chosen', weight: 0.5 } as const];
    const { page, body, toggle, asked, marked } = await datasetPage({
      viewOf: (record) => viewOf(record, { reasons, tokenScorers: [HOUSE, OTHER] }),
    });
    await toggle('showsWords');
    expect([asked(), marked()]).toEqual([[], []]);
    expect(body.all('for').map(({ textContent }) => textContent)).toContain('blue');
    await page.dispatch({ kind: 'markerChosen', name: OTHER.title });
    await settled();
    expect(asked()).toEqual([`tokens 0 ${OTHER.id}`]);
    expect(marked().length).toBeGreaterThan(0);
    await page.dispatch({ kind: 'markerChosen', name: '' });
    await settled();
    expect([asked(), marked(), page.state.tokens]).toEqual([[], [], undefined]);
  });

  it('are not there for token strings of a template', async () => {
    const { page, toggle, asked } = await datasetPage();
    await toggle('showsWords');
    asked();
    await page.dispatch({ kind: 'templateChosen', template: 'chatml' });
    await settled();
    expect([asked(), page.state.tokens]).toEqual([[], undefined]);
  });

  it('say why there are none, and where an answer was cut', async () => {
    const { page, toggle, asked, said } = await datasetPage({
      tokens: { ok: false, why: 'No model is open.' },
    });
    await toggle('showsWords');
    expect(said()).toContain('There are none for this pair: No model is open.');
    page.tokens = { ok: true, value: { ...FOUND, rejected: { ...FOUND.rejected, cutAt: 10 } } };
    asked();
    await page.dispatch({ kind: 'tokensRetried' });
    await settled();
    expect(asked().length).toBe(1);
    expect(said()).toContain(
      'The rejected answer did not fit into the window of the models: its last 12 characters have no reward.',
    );
  });
});

it('the compare page requests them too, and a request that fails is a reason', async () => {
  const client = fakeClient<ComparePageSends, CompareClientSends>(
    (_name, { record, pairKey }: { record: number; pairKey: string }) => `${record} ${pairKey}`,
    {
      act: async () => null,
      tokenStrings: async () => [],
      tokens: async () => Promise.reject(new Error('The server is gone.')),
    },
    () => 0,
  );
  let state: CompareState | undefined;
  startComparePage(client.openWire, { draw: (next) => (state = next), scrollPage: () => undefined });
  client.channel.notify('options', { showsWords: true } as never);
  client.channel.notify('view', { view: viewOf(3), revision: 1, undoCount: 0 });
  for (let turn = 0; turn < 3; turn++) await settled();
  expect(client.heard).toEqual(['ready', 'tokens 3 key3']);
  expect(state?.tokens?.found).toEqual({ ok: false, why: 'The server is gone.' });
});
