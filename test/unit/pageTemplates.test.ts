// Token strings of a model's own template on the pages: what is requested when, and what is drawn.
import { createRef, h, render } from 'preact';
import { describe, expect, it } from 'vitest';

import type { Conversation, TemplateFault, Written } from '#protocol/editor/templates.ts';
import type { PairView } from '#protocol/editor/views.ts';
import type { CompareClientSends, ComparePageSends } from '#protocol/page/compare.ts';

import { startComparePage } from '../../media/src/comparePage.ts';
import type { CompareState } from '../../media/src/model/compare.ts';
import { faultText } from '../../media/src/model/templateFaults.ts';
import { DatasetView } from '../../media/src/view/dataset.tsx';
import { FakeDatasetPage } from '../fakes/datasetPage.ts';
import { fakeElement } from '../fakes/dom.ts';
import { fakeClient, settled } from '../fakes/pageChannel.ts';
import { pairView } from '../fakes/views.ts';

const HOUSE = { id: 'model:/m/house-rm', title: 'house-rm' };
const OTHER = { id: 'model:/m/other-rm', title: 'other-rm' };

const viewOf = (record: number, more: Partial<PairView> = {}): PairView =>
  pairView({
    record,
    prompt: [{ role: 'human', text: `q${record}` }],
    chosen: { text: 'good' },
    rejected: { text: 'bad' },
    templates: [HOUSE, OTHER],
    ...more,
  });

/** Marks the first three characters. */
const write = (conversation: Conversation): Written => ({
  ok: true,
  value: {
    text: conversation.map(({ role, text }) => `<s>${role} ${text}`).join(''),
    tokens: [{ start: 0, end: 3 }],
  },
});

const fault = (kind: TemplateFault['kind'], detail = ''): Written => ({
  ok: false,
  fault: { kind, at: '/m/house-rm/chat_template.jinja', detail },
});

async function datasetPage(more: Partial<FakeDatasetPage> = {}) {
  const body = fakeElement();
  const [list, detail] = [createRef<HTMLDivElement>(), createRef<HTMLDivElement>()];
  const filter = createRef<HTMLInputElement>();
  const page = Object.assign(new FakeDatasetPage(), {
    viewOf: (record: number) => viewOf(record),
    writtenOf: write,
    ...more,
  });
  page.onDraw = (state, dispatch) => {
    render(h(DatasetView, { state, dispatch, list, detail, filter }), body);
  };
  await page.open();
  const choose = async (template: string | undefined): Promise<void> => {
    await page.dispatch({ kind: 'templateChosen', template });
    await settled();
  };
  const asked = (): readonly string[] => page.heard().filter((call) => call.startsWith('tokenStrings'));
  const bodies = (): readonly string[] => body.all('body').map(({ textContent }) => textContent);
  return { page, body, choose, asked, bodies };
}

describe('token strings of a model', () => {
  it('are offered beside our own templates, where preflens.json names models', async () => {
    const { page, body } = await datasetPage();
    const options = (): readonly string[] => body.all('templates')[0]!.textContent.split('\n');
    expect(options().join()).toMatch(/^No chat templatehouse-rmother-rmChatML/);
    page.viewOf = (record) => pairView({ record });
    await page.change();
    expect(options().join()).toMatch(/^No chat templateChatML/);
  });

  it('are requested once for what is shown, and drawn in the place of the answers with their tokens', async () => {
    const { page, body, choose, asked, bodies } = await datasetPage();
    await choose(HOUSE.id);
    expect(asked()).toEqual([`tokenStrings ${HOUSE.id}`]);
    expect(bodies()).toEqual(['<s>human q0<s>assistant good', '<s>human q0<s>assistant bad']);
    expect(body.all('special').map(({ textContent }) => textContent)).toEqual(['<s>', '<s>']);
    // The same pair once more, with a margin: nothing to write.
    page.viewOf = (record) => viewOf(record, { margin: 2 });
    await page.change();
    expect(asked()).toEqual([]);
    expect(bodies()[0]).toBe('<s>human q0<s>assistant good');
    await page.press('ArrowDown');
    await settled();
    expect(asked()).toEqual([`tokenStrings ${HOUSE.id}`]);
    expect(bodies()[0]).toBe('<s>human q1<s>assistant good');
    await choose('chatml');
    expect([asked(), bodies()[0]!.startsWith('<|im_start|>user')]).toEqual([[], true]);
    await choose(undefined);
    expect([asked(), page.state.strings]).toEqual([[], undefined]);
  });

  it('are not those of a pair that is gone: a late answer is dropped', async () => {
    const { page, choose, bodies } = await datasetPage();
    await choose(HOUSE.id);
    page.client.isHolding = true;
    await choose(OTHER.id);
    const [late] = page.client.held.filter(({ label }) => label === `tokenStrings ${OTHER.id}`);
    expect(bodies()[0]).toBe('Waiting for the chat template of other-rm…');
    page.client.isHolding = false;
    await choose(HOUSE.id);
    expect(late!.signal.aborted).toBe(true);
    late!.release();
    await settled();
    expect(bodies()[0]).toBe('<s>human q0<s>assistant good');
  });

  it('of a model that another file names are not used here, and not forgotten', async () => {
    const { page, choose, asked, bodies } = await datasetPage();
    page.viewOf = (record) => viewOf(record, { templates: [OTHER] });
    await page.change();
    await choose(HOUSE.id);
    expect([asked(), bodies()]).toEqual([[], ['good', 'bad']]);
    expect(page.state.options.template).toBe(HOUSE.id);
  });

  it('fail in their place, each with its reason, and can be tried again', async () => {
    let isStrict = true;
    const { page, body, choose, asked, bodies } = await datasetPage({
      writtenOf: (conversation) =>
        isStrict && conversation.at(-1)?.text === 'bad'
          ? fault('refused', 'No bad words.')
          : write(conversation),
    });
    await choose(HOUSE.id);
    expect(bodies()[0]).toBe('<s>human q0<s>assistant good');
    const failures = () => body.all('template-fault').map(({ textContent }) => textContent);
    expect(failures()).toEqual([
      'The chat template of house-rm does not accept this conversation.No bad words.' +
        'Look at the order of the roles in the record, or at the template in /m/house-rm/chat_template.jinja.Try Again',
    ]);
    isStrict = false;
    asked();
    await page.dispatch({ kind: 'stringsRetried' });
    await settled();
    expect([asked().length, failures(), bodies().length]).toEqual([1, [], 2]);
  });

  it('say a reason that both have once', async () => {
    const { body, choose } = await datasetPage({ writtenOf: () => fault('slow', '10') });
    await choose(HOUSE.id);
    expect(body.all('template-fault').map(({ textContent }) => textContent)).toEqual([
      'The chat template of house-rm took longer than 10 s and was stopped.' +
        'Correct the template in /m/house-rm/chat_template.jinja, or choose another one.Try Again',
    ]);
  });
});

it('the compare page requests them too, and a request that fails is a reason', async () => {
  let answer = async (): Promise<readonly Written[]> => [fault('missing'), fault('missing')];
  const client = fakeClient<ComparePageSends, CompareClientSends>(
    (_name, { uri, template }: { uri: string; template: string }) => `${uri} ${template}`,
    {
      act: async () => null,
      tokenStrings: async () => answer(),
      tokens: async () => ({ ok: false, why: '' }),
    },
    () => 0,
  );
  let state: CompareState | undefined;
  startComparePage(client.openWire, {
    draw: (next) => (state = next),
    scrollPage: () => undefined,
  });
  const show = async (record: number): Promise<void> => {
    client.channel.notify('view', { view: viewOf(record), revision: 1, undoCount: 0 });
    await settled();
    await settled();
  };
  // Remembered options arrive before the first view.
  client.channel.notify('options', { template: HOUSE.id } as never);
  await show(0);
  expect(client.heard).toEqual(['ready', `tokenStrings file:///a.parquet ${HOUSE.id}`]);
  expect(state?.strings?.written?.map((one) => one.ok)).toEqual([false, false]);
  answer = async () => Promise.reject(new Error('The server is gone.'));
  await show(1);
  const [first] = state?.strings?.written ?? [];
  const text = first?.ok === false ? faultText(HOUSE, first.fault) : undefined;
  expect([text?.what, text?.detail]).toEqual([
    'The process that runs the chat template of house-rm ended.',
    'The server is gone.',
  ]);
});
