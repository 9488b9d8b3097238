// The compare page: receives what a place holds, draws it, sends back what the person wants.
import type { FromPage, PageAction, ShownPlace, ToPage } from '#protocol/page.ts';

import { actionFor, ACTIONS } from './model/keys.ts';
import type { PageState } from './model/pageState.ts';
import { drawView } from './view/pair.ts';
import { drawToolbar, placeText } from './view/toolbar.ts';
import { openWire } from './wire.ts';

let state: PageState = { view: undefined, undoCount: 0, isReadOnly: false };

const post = openWire<FromPage, ToPage>(({ view, undoCount }) => {
  const isSame = isSamePlace(state.view, view);
  state = { view, undoCount, isReadOnly: false };
  document.body.replaceChildren(drawToolbar(placeText(view), ACTIONS, state, act), ...drawView(view));
  if (!isSame) window.scrollTo(0, 0);
});

function isSamePlace(a: ShownPlace | undefined, b: ShownPlace): boolean {
  return a?.uri === b.uri && a.record === b.record && a.pair === b.pair;
}

function act(action: PageAction): void {
  const { view } = state;
  if (!view) return;
  const { uri, record, pair } = view;
  post({ kind: 'act', action, at: { uri, record, pair } });
}

window.addEventListener('keydown', (press) => {
  const action = actionFor(press, state);
  if (!action) return;
  press.preventDefault();
  act(action);
});

post({ kind: 'ready' });
