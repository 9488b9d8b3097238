// The controller of the compare page: connects its reducer to the channel and to a screen. It needs no browser.
import type { CompareClientSends, ComparePageSends } from '#protocol/page/compare.ts';

import { actionEvent, stringsEvent, tokensEvent, tokensRequest } from './action.ts';
import type { CompareEffect, CompareEvent, CompareState } from './model/compare.ts';
import { INITIAL, pageState, reduce } from './model/compare.ts';
import { actionFor } from './model/keys.ts';
import { createPage } from './model/page.ts';
import type { PageKeys } from './model/pageKeys.ts';
import { pageKeys } from './model/pageKeys.ts';
import { recordEventFor } from './model/viewKeys.ts';
import type { OpenWire } from './wire.ts';

export interface CompareScreen {
  draw(state: CompareState, dispatch: (event: CompareEvent) => void): void;
  /** To the top of the page. */
  scrollPage(): void;
}

export type ComparePage = Pick<PageKeys, 'press' | 'settle'>;

export function startComparePage(
  openWire: OpenWire<ComparePageSends, CompareClientSends>,
  screen: CompareScreen,
): ComparePage {
  const channel = openWire({
    handlers: {},
    listeners: {
      view: (shown) => {
        dispatch({ kind: 'viewReceived', shown });
      },
      options: (options) => {
        dispatch({ kind: 'optionsReceived', options });
      },
      act: ({ action }) => {
        dispatch({ kind: 'actionChosen', action });
      },
    },
    onFault: (reason) => {
      dispatch({ kind: 'actionFailed', reason });
    },
  });

  /** The latest request of each kind. */
  const latest = new Map<CompareEffect['kind'], AbortController>();

  /** Requests something whose event counts until the next request of its kind. */
  function follow(
    kind: CompareEffect['kind'],
    request: (signal: AbortSignal) => Promise<CompareEvent>,
  ): void {
    latest.get(kind)?.abort();
    const own = new AbortController();
    latest.set(kind, own);
    void request(own.signal).then((event) => {
      if (!own.signal.aborted) dispatch(event);
    });
  }

  function carryOut(effect: CompareEffect): void {
    switch (effect.kind) {
      case 'act': {
        const { action, at } = effect;
        void actionEvent(action, at, channel.request('act', { action, at })).then(dispatch);
        return;
      }
      case 'scrollPage':
        screen.scrollPage();
        return;
      case 'mapFields':
        channel.notify('mapFields', null);
        return;
      case 'rememberOptions':
        channel.notify('options', effect.options);
        return;
      case 'requestStrings': {
        const { wanted } = effect;
        const { uri, template, conversations } = wanted;
        const request = { uri, template: template.id, conversations };
        follow(effect.kind, async (signal) =>
          stringsEvent(wanted, channel.request('tokenStrings', request, signal)),
        );
        return;
      }
      case 'requestTokens': {
        const { wanted } = effect;
        if (!wanted) latest.get(effect.kind)?.abort();
        else
          follow(effect.kind, async (signal) =>
            tokensEvent(wanted, channel.request('tokens', tokensRequest(wanted), signal)),
          );
        return;
      }
      case 'openLink':
        channel.notify('openLink', { address: effect.address });
        return;
      case 'openPlace':
        channel.notify('openPlace', effect.place);
    }
  }

  const page = createPage<CompareState, CompareEvent, CompareEffect>({
    initial: INITIAL,
    reduce,
    draw: (state) => {
      screen.draw(state, dispatch);
    },
    carryOut,
  });
  function dispatch(event: CompareEvent): void {
    page.dispatch(event);
  }

  channel.notify('ready', null);
  return pageKeys((press) => {
    const action = actionFor(press, pageState(page.state));
    const event = action ? ({ kind: 'actionChosen', action } as const) : recordEventFor(press);
    if (event) dispatch(event);
    return event !== undefined;
  });
}
