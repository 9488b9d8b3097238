// The compare page from event to effect: its reducer, controller and channel, without a browser.
import { expect, it } from 'vitest';

import type { CompareClientSends, ComparePageSends } from '#protocol/page/compare.ts';
import type { ActionResult, ShownView } from '#protocol/page/pair.ts';

import { startComparePage } from '../../media/src/comparePage.ts';
import type { CompareState } from '../../media/src/model/compare.ts';
import { INITIAL, reduce } from '../../media/src/model/compare.ts';
import { press } from '../fakes/keys.ts';
import { fakeClient, settled } from '../fakes/pageChannel.ts';
import { pairView } from '../fakes/views.ts';

const shown = (record: number, revision = 1): ShownView => ({
  view: pairView({ record, findingCount: 2 }),
  revision,
  undoCount: 1,
});

function open() {
  let result: () => ActionResult = () => null;
  const client = fakeClient<ComparePageSends, CompareClientSends>(
    (_name, { action, at }: { action: string; at: { record: number } }) => `${action} ${at.record}`,
    { act: async () => result(), tokenStrings: async () => [], tokens: async () => ({ ok: false, why: '' }) },
    () => 0,
  );
  let state: CompareState | undefined;
  const calls: string[] = [];
  const page = startComparePage(client.openWire, {
    draw: (next) => {
      state = next;
    },
    scrollPage: () => calls.push('to top'),
  });
  return {
    client,
    calls,
    get record() {
      return state?.shown?.view.record;
    },
    get notice() {
      return state?.notice;
    },
    get said() {
      return state?.said;
    },
    /** @param answer what the client returns */
    async press(key: string, answer: () => ActionResult = () => null): Promise<boolean> {
      result = answer;
      const isUsed = page.press(press(key));
      await settled();
      return isUsed;
    },
  };
}

it('is ready, shows what it receives, and does nothing before', async () => {
  const page = open();
  expect(page.client.heard).toEqual(['ready']);
  expect(await page.press('f')).toBe(false);
  page.client.channel.notify('view', shown(3));
  expect([page.record, page.calls]).toEqual([3, ['to top']]);
  expect(await page.press('f')).toBe(true);
  expect(page.client.heard).toEqual(['ready', 'act flip 3']);
});

it('keeps its scroll position while it shows the same pair', async () => {
  const page = open();
  page.client.channel.notify('view', shown(3));
  await page.press('f', () => shown(3, 2));
  expect(page.calls).toEqual(['to top']);
  await page.press('j', () => shown(8, 2));
  expect([page.record, page.calls]).toEqual([8, ['to top', 'to top']]);
});

it('drops late replies', async () => {
  const page = open();
  page.client.channel.notify('view', shown(3));
  page.client.isHolding = true;
  await page.press('j', () => shown(8));
  page.client.channel.notify('view', shown(5));
  page.client.held[0]!.release();
  await settled();
  expect(page.record).toBe(5);
  await page.press('f', () => ({ ...shown(5), undoCount: 0 }));
  page.client.channel.notify('view', shown(5, 2));
  page.client.held[1]!.release();
  await settled();
  expect(page.record).toBe(5);
  // Its undo belongs to the newer state.
  page.client.isHolding = false;
  expect(await page.press('u')).toBe(true);
});

it('undoes an edit that is still under way', async () => {
  const page = open();
  page.client.channel.notify('view', { ...shown(3), undoCount: 0 });
  expect(await page.press('u')).toBe(false);
  page.client.isHolding = true;
  await page.press('f', () => ({ ...shown(3), undoCount: 0 }));
  expect(await page.press('u')).toBe(true);
  expect(page.client.heard).toEqual(['ready', 'act flip 3', 'act undo 3']);
  page.client.held[0]!.release();
  await settled();
  // The flip is over: the view that came with it says that nothing can be undone.
  expect(await page.press('u')).toBe(false);
});

it('says why an action failed, until the next action or pair', async () => {
  const page = open();
  page.client.channel.notify('view', shown(3));
  const fail = (): never => {
    throw new Error('The file is read-only.');
  };
  await page.press('f', fail);
  expect(page.notice).toBe('The file is read-only.');
  await page.press('f');
  expect(page.notice).toBeUndefined();
  await page.press('f', fail);
  page.client.channel.notify('view', shown(4));
  expect(page.notice).toBeUndefined();
});

it('asks for the guided mapping', () => {
  expect(reduce(INITIAL, { kind: 'mappingWanted' })).toEqual([INITIAL, { kind: 'mapFields' }]);
});

it('says where a step led, what was found there, and what an edit did', async () => {
  const page = open();
  page.client.channel.notify('view', shown(3));
  await page.press('j', () => shown(7));
  expect(page.said).toMatch(/^Line 8, .*finding/);
  await page.press('f', () => shown(7, 2));
  expect(page.said).toBe('Flipped line 8');
});
