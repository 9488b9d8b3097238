// The controller of the dataset page: connects its reducer to the channel and to a screen. It needs no browser.
import type { Reply } from '#core/channel/channel.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { ReviewResult } from '#protocol/editor/review.ts';
import type { DatasetClientSends, DatasetPageSends } from '#protocol/page/dataset.ts';

import { actionEvent, stringsEvent } from './action.ts';
import type { DatasetEffect, DatasetEvent } from './model/datasetEvents.ts';
import { eventOf, reduce } from './model/datasetReducer.ts';
import type { DatasetState, PairPlace } from './model/datasetState.ts';
import { INITIAL } from './model/datasetState.ts';
import { createPage } from './model/page.ts';
import type { PageKeys } from './model/pageKeys.ts';
import { pageKeys } from './model/pageKeys.ts';
import type { OpenWire } from './wire.ts';

/** Milliseconds without a change before a portrait is requested again. */
const PORTRAIT_AFTER_MS = 200;

function reviewFailed(reason: string): DatasetEvent {
  return { kind: 'review', event: { kind: 'failed', reason } };
}

/** What comes of an action of the review. Never rejects. */
async function reviewEvent(request: Promise<Reply<ReviewResult | null>>): Promise<DatasetEvent> {
  try {
    return { kind: 'review', event: { kind: 'stepped', result: (await request).result } };
  } catch (error) {
    return reviewFailed(errorMessage(error));
  }
}

async function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A filter takes effect when nobody typed for so long. */
const TYPING_MS = 300;

/** The client keeps what the page shows when nothing changed for so long. */
const REMEMBER_MS = 300;

export interface DatasetScreen {
  draw(state: DatasetState, dispatch: (event: DatasetEvent) => void): void;
  scrollList(scrollTop: number): void;
  scrollSideways(scrollLeft: number): void;
  /** To the top of the pair. */
  readonly scrollPair: () => void;
  readonly focusList: () => void;
  readonly focusFilter: () => void;
}

export interface DatasetPage extends Pick<PageKeys, 'press' | 'settle'> {
  /** The list has another size, in pixels, without its header. */
  readonly resize: (viewHeight: number, viewWidth: number) => void;
  /** The page got the keyboard, or lost it. */
  readonly focus: (hasFocus: boolean) => void;
}

type Effect<Kind extends DatasetEffect['kind']> = Extract<DatasetEffect, { readonly kind: Kind }> & {
  readonly kind: Kind;
};

/** What carries out each kind of effect. */
type Carriers = { readonly [Kind in DatasetEffect['kind']]: (effect: Effect<Kind>) => void };

const aheadName = ({ record, pair }: PairPlace): string => `ahead ${record} ${pair}`;

export function startDatasetPage(
  openWire: OpenWire<DatasetPageSends, DatasetClientSends>,
  screen: DatasetScreen,
): DatasetPage {
  const channel = openWire({
    handlers: {},
    listeners: {
      restore: (memory) => {
        dispatch({ kind: 'restored', memory });
      },
      status: (status) => {
        dispatch({ kind: 'status', status });
      },
      outdated: () => {
        dispatch({ kind: 'outdated' });
      },
      showPart: ({ part }) => {
        dispatch({ kind: part, event: { kind: 'opened' } });
      },
      query: ({ query }) => {
        dispatch({ kind: 'queryChosen', query });
      },
      reviewAct: ({ command }) => {
        // Keys of a review come through VS Code, which knows no letters that are not for the page.
        if (!keys.isAway()) dispatch({ kind: 'review', event: { kind: 'commanded', command } });
      },
      found: (found) => {
        dispatch({ kind: 'found', found });
      },
      view: ({ at, shown }) => {
        dispatch({ kind: 'refreshed', at, shown });
      },
      options: (options) => {
        dispatch({ kind: 'optionsReceived', options });
      },
      reveal: (place) => {
        dispatch({ kind: 'revealed', place });
      },
      follow: (place) => {
        dispatch({ kind: 'followed', place });
      },
      filter: () => {
        dispatch({ kind: 'filterWanted' });
      },
    },
    onFault: (reason) => {
      dispatch({ kind: 'actionFailed', reason });
    },
  });

  const running = new Map<string, AbortController>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Runs something after a while; a later call with the same name takes its place. */
  function later(name: string, ms: number, run: () => void): void {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(run, ms));
  }

  function cancel(name: string): void {
    running.get(name)?.abort();
    running.delete(name);
  }

  /** Dispatches what comes of a request; a later request with the same name cancels it. */
  async function follow(
    name: string,
    request: (signal: AbortSignal) => Promise<DatasetEvent>,
    failed: (reason: string) => DatasetEvent = (reason) => ({ kind: 'actionFailed', reason }),
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

  const carriers: Carriers = {
    requestRows({ name, selection, columns, start, end }) {
      void follow(
        `${name} ${start}`,
        async (signal) => {
          const range = { selection, columns, start, end };
          const { result, revision } = await channel.request('rows', range, signal);
          return { kind: 'rowsLoaded', name, start, result, revision };
        },
        (reason) => ({ kind: 'rowsFailed', name, start, reason }),
      );
    },
    cancelRows({ name, start }) {
      cancel(`${name} ${start}`);
    },
    requestPair({ at }) {
      void follow(
        'pair',
        async (signal) => ({
          kind: 'pairLoaded',
          at,
          shown: (await channel.request('select', at, signal)).result,
        }),
        (reason) => ({ kind: 'pairFailed', at, reason }),
      );
    },
    requestAhead({ at }) {
      void follow(
        aheadName(at),
        async (signal) => ({
          kind: 'aheadLoaded',
          at,
          shown: (await channel.request('peek', at, signal)).result,
        }),
        // Nobody waits for it. When the person goes there, it is requested again.
        () => ({ kind: 'aheadLoaded', at, shown: undefined }),
      );
    },
    cancelAhead({ at }) {
      cancel(aheadName(at));
    },
    requestPlace({ name, selection, at, why }) {
      void follow('place', async (signal) => {
        const { result } = await channel.request('place', { selection, ...at }, signal);
        return { kind: 'placed', name, at, index: result, why };
      });
    },
    requestColumns() {
      void follow('columns', async (signal) => {
        const { result } = await channel.request('columns', null, signal);
        return { kind: 'columnsLoaded', ...result };
      });
    },
    requestPortrait({ query }) {
      void follow(
        query === '' ? 'portrait' : 'portrait of rows',
        async (signal) => {
          // Edits come in series: the portrait after the last one is enough.
          await delay(PORTRAIT_AFTER_MS);
          signal.throwIfAborted();
          const { result } = await channel.request('portrait', { query }, signal);
          return { kind: 'portrait', event: { kind: 'loaded', query, result } };
        },
        (reason) => ({ kind: 'portrait', event: { kind: 'failed', query, reason } }),
      );
    },
    requestReviewChoices() {
      void follow(
        'reviewChoices',
        async (signal) => {
          const { result: choices } = await channel.request('reviewChoices', null, signal);
          return { kind: 'review', event: { kind: 'choicesLoaded', choices } };
        },
        reviewFailed,
      );
    },
    startReview({ source, size, isBlind }) {
      void follow(
        'startReview',
        async (signal) => {
          const { result } = await channel.request('startReview', { source, size, isBlind }, signal);
          return { kind: 'review', event: { kind: 'begun', result } };
        },
        reviewFailed,
      );
    },
    review({ action, key }) {
      void reviewEvent(channel.request('review', { action, ...(key !== undefined && { key }) })).then(
        dispatch,
      );
    },
    noteReview({ what, reason, tags }) {
      void reviewEvent(channel.request('noteReview', { what, reason, tags })).then(dispatch);
    },
    tellReviewing({ isReviewing }) {
      channel.notify('reviewing', { isReviewing });
    },
    requestCell({ at, index, column }) {
      void follow('cell', async (signal) => {
        const { result: text } = await channel.request('cell', { ...at, column }, signal);
        return { kind: 'cellLoaded', index, column, text };
      });
    },
    complete({ query, offset }) {
      void follow('complete', async (signal) => {
        const { result: items } = await channel.request('complete', { query, offset }, signal);
        return { kind: 'filter', event: { kind: 'completed', text: query, caret: offset, items } };
      });
    },
    act({ action, at }) {
      void actionEvent(action, at, channel.request('act', { action, at })).then(dispatch);
    },
    batch({ action, selection, ranges, places, count, at }) {
      void follow('batch', async () => {
        const batch = { action, selection, ranges, ...(places && { places }), count, at };
        return { kind: 'batchDone', result: (await channel.request('batch', batch)).result };
      });
    },
    applySoon() {
      later('apply', TYPING_MS, () => {
        dispatch({ kind: 'filterSettled' });
      });
    },
    remember({ memory }) {
      later('remember', REMEMBER_MS, () => {
        channel.notify('remember', memory);
      });
    },
    rememberColumns({ choice }) {
      later('columns', REMEMBER_MS, () => {
        channel.notify('rememberColumns', choice);
      });
    },
    scrollList({ scrollTop }) {
      screen.scrollList(scrollTop);
    },
    scrollSideways({ scrollLeft }) {
      screen.scrollSideways(scrollLeft);
    },
    scrollPair: screen.scrollPair,
    focusList: screen.focusList,
    focusFilter: screen.focusFilter,
    mapFields() {
      channel.notify('mapFields', null);
    },
    rememberOptions({ options }) {
      channel.notify('options', options);
    },
    requestStrings({ wanted }) {
      const { uri, template, conversations } = wanted;
      void follow('strings', async (signal) => {
        const request = { uri, template: template.id, conversations };
        return stringsEvent(wanted, channel.request('tokenStrings', request, signal));
      });
    },
    openLink({ address }) {
      channel.notify('openLink', { address });
    },
    openPlace({ place }) {
      dispatch({ kind: 'revealed', place });
    },
  };

  function carryOut<Kind extends DatasetEffect['kind']>(effect: Effect<Kind>): void {
    carriers[effect.kind](effect);
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

  const keys = pageKeys((press) => {
    const event = eventOf(press, page.state);
    if (event) dispatch(event);
    return event !== undefined;
  });

  channel.notify('ready', null);
  dispatch({ kind: 'started' });
  return {
    press: keys.press,
    settle: keys.settle,
    focus(hasFocus) {
      dispatch({ kind: 'review', event: { kind: 'focusChanged', hasFocus } });
    },
    resize(viewHeight, viewWidth) {
      dispatch({ kind: 'scrolled', ...page.state.list, viewHeight, viewWidth });
    },
  };
}
