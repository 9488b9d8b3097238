// The compare page: receives what a place holds, draws it, and requests what the person chooses.
import { errorMessage } from '#core/channel/channel.ts';
import type { CompareClientSends, ComparePageSends, PageAction } from '#protocol/page/compare.ts';
import type { ShownPair, ShownView } from '#protocol/page/pair.ts';

import { actionFor, ACTIONS } from './model/keys.ts';
import type { PageState } from './model/pageState.ts';
import { pairOf } from './model/pageState.ts';
import { drawNotice, drawView } from './view/pair.ts';
import { drawToolbar, placeText } from './view/toolbar.ts';
import { openWire } from './wire.ts';

let state: PageState = { view: undefined, undoCount: 0, isReadOnly: false };
/** Why the last action did nothing. */
let notice: string | undefined;

const channel = openWire<ComparePageSends, CompareClientSends>({
  handlers: {},
  listeners: { view: show },
  onFault: warn,
});

function draw(): void {
  const { view } = state;
  if (!view) return;
  document.body.replaceChildren(
    drawToolbar(placeText(view), ACTIONS, state, act),
    ...drawNotice(notice),
    ...drawView(view),
  );
}

function warn(message: string | undefined): void {
  notice = message;
  draw();
}

function show({ view, undoCount }: ShownView): void {
  const isSame = isSamePlace(state.view, view);
  if (!isSame) notice = undefined;
  state = { view, undoCount, isReadOnly: false };
  draw();
  if (!isSame) window.scrollTo(0, 0);
}

function isSamePlace(a: ShownPair | undefined, b: ShownPair): boolean {
  return a?.uri === b.uri && a.record === b.record && a.pair === b.pair;
}

async function request(action: PageAction, at: ShownPair): Promise<void> {
  try {
    const { result } = await channel.request('act', { action, at });
    notice = undefined;
    if (result) show(result);
    else draw();
  } catch (error) {
    warn(errorMessage(error));
  }
}

function act(action: PageAction): void {
  if (state.view) void request(action, pairOf(state.view));
}

window.addEventListener('keydown', (press) => {
  const action = actionFor(press, state);
  if (!action) return;
  press.preventDefault();
  act(action);
});

channel.notify('ready', null);
