// The compare page: receives a pair, draws it, sends back what the person wants.
import type { FromPage, PageAction, ToPage } from '#protocol/page.ts';

import { actionFor } from './model/keys.ts';
import { drawNothing, drawPair } from './view/pair.ts';
import { openWire } from './wire.ts';

const post = openWire<FromPage, ToPage>((message) => {
  const drawn =
    message.kind === 'pair' ? drawPair(message.pair, message.undoCount, act) : drawNothing(message.message);
  document.body.replaceChildren(...drawn);
});

function act(action: PageAction): void {
  post({ kind: 'act', action });
}

window.addEventListener('keydown', (press) => {
  const action = actionFor(press);
  if (!action) return;
  press.preventDefault();
  act(action);
});

post({ kind: 'ready' });
