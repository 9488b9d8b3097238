// Runs the compare page in a webview.
import { render } from 'preact';

import { startComparePage } from './comparePage.ts';
import { readLanguage } from './language.ts';
import { CompareView } from './view/compare.tsx';
import { openWire } from './wire.ts';

readLanguage();
document.body.replaceChildren();
const page = startComparePage(openWire, {
  draw(state, dispatch) {
    render(<CompareView state={state} dispatch={dispatch} />, document.body);
  },
  scrollPage() {
    window.scrollTo(0, 0);
  },
});

window.addEventListener('keydown', (press) => {
  if (page.press(press)) press.preventDefault();
});
window.addEventListener('pointerdown', page.settle, { capture: true });
window.addEventListener('focus', page.settle);
