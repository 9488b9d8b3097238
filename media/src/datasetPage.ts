// The controller of the dataset page: connects its reducer to the channel and to a screen. It needs no browser.
import { errorMessage } from '#core/words/errorMessage.ts';
import type { DatasetClientSends, DatasetPageSends } from '#protocol/page/dataset.ts';

import { actionEvent } from './action.ts';
import type { DatasetEffect, DatasetEvent } from './model/datasetReducer.ts';
import { eventOf, reduce } from './model/datasetReducer.ts';
import type { DatasetState } from './model/datasetState.ts';
import { INITIAL } from './model/datasetState.ts';
import type { KeyPress } from './model/keys.ts';
import { createPage } from './model/page.ts';
import type { OpenWire } from './wire.ts';

/** Milliseconds without a change before a portrait is requested again. */
const PORTRAIT_AFTER_MS = 200;

async function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface DatasetScreen {
  draw(state: DatasetState, dispatch: (event: DatasetEvent) => void): void;
  scrollList(scrollTop: number): void;
  /** To the top of the pair. */
  scrollPair(): void;
  focusList(): void;
}

export interface DatasetPage {
  /** True if the key did something. */
  readonly press: (press: KeyPress) => boolean;
  /** The list has another height. */
  readonly resize: (viewHeight: number) => void;
}

export function startDatasetPage(
  openWire: OpenWire<DatasetPageSends, DatasetClientSends>,
  screen: DatasetScreen,
): DatasetPage {
  const channel = openWire({
    handlers: {},
    listeners: {
      status: (status) => {
        dispatch({ kind: 'status', status });
      },
      outdated: () => {
        dispatch({ kind: 'outdated' });
      },
      showPortrait: () => {
        dispatch({ kind: 'portrait', event: { kind: 'opened' } });
      },
      view: (shown) => {
        dispatch({ kind: 'refreshed', shown });
      },
      reveal: (place) => {
        dispatch({ kind: 'revealed', place });
      },
    },
    onFault: (reason) => {
      dispatch({ kind: 'actionFailed', reason });
    },
  });

  const running = new Map<string, AbortController>();

  function cancel(name: string): void {
    running.get(name)?.abort();
    running.delete(name);
  }

  /** Dispatches what comes of a request; a later request with the same name cancels it. */
  async function follow(
    name: string,
    request: (signal: AbortSignal) => Promise<DatasetEvent>,
    failed: (reason: string) => DatasetEvent,
  ): Promise<void> {
    cancel(name);
    const controller = new AbortController();
    const { signal } = controller;
    running.set(name, controller);
    const event = await request(signal).catch((error: unknown) => failed(errorMessage(error)));
    if (signal.aborted) return;
    running.delete(name);
    dispatch(event);
  }

  function carryOut(effect: DatasetEffect): void {
    switch (effect.kind) {
      case 'requestRows': {
        const { order, start, end } = effect;
        void follow(
          `${order} ${start}`,
          async (signal) => {
            const { result, revision } = await channel.request('rows', { order, start, end }, signal);
            return { kind: 'rowsLoaded', order, start, result, revision };
          },
          (reason) => ({ kind: 'rowsFailed', order, start, reason }),
        );
        return;
      }
      case 'cancelRows':
        cancel(`${effect.order} ${effect.start}`);
        return;
      case 'requestPair': {
        const { at } = effect;
        void follow(
          'pair',
          async (signal) => ({
            kind: 'pairLoaded',
            at,
            shown: (await channel.request('select', at, signal)).result,
          }),
          (reason) => ({ kind: 'pairFailed', at, reason }),
        );
        return;
      }
      case 'act': {
        const { action, at } = effect;
        void actionEvent(at, channel.request('act', { action, at })).then(dispatch);
        return;
      }
      case 'scrollList':
        screen.scrollList(effect.scrollTop);
        return;
      case 'scrollPair':
        screen.scrollPair();
        return;
      case 'focusList':
        screen.focusList();
        return;
      case 'requestPortrait':
        void follow(
          'portrait',
          async (signal) => {
            // Edits come in series: the portrait after the last one is enough.
            await delay(PORTRAIT_AFTER_MS);
            signal.throwIfAborted();
            const { result } = await channel.request('portrait', null, signal);
            return { kind: 'portrait', event: { kind: 'loaded', result } };
          },
          (reason) => ({ kind: 'portrait', event: { kind: 'failed', reason } }),
        );
        return;
      case 'mapFields':
        channel.notify('mapFields', null);
    }
  }

  const page = createPage<DatasetState, DatasetEvent, DatasetEffect>({
    initial: INITIAL,
    reduce,
    draw: (state) => {
      screen.draw(state, dispatch);
    },
    carryOut,
  });
  function dispatch(event: DatasetEvent): void {
    page.dispatch(event);
  }

  channel.notify('ready', null);
  dispatch({ kind: 'started' });
  return {
    press(press) {
      const event = eventOf(press, page.state);
      if (event) dispatch(event);
      return event !== undefined;
    },
    resize(viewHeight) {
      dispatch({ kind: 'scrolled', scrollTop: page.state.scrollTop, viewHeight });
    },
  };
}
