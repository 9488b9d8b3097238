// Runs the dataset page in a webview.
import { createRef, render } from 'preact';

import { startDatasetPage } from './datasetPage.ts';
import { DatasetView } from './view/dataset.tsx';
import { openWire } from './wire.ts';

const list = createRef<HTMLDivElement>();
const detail = createRef<HTMLDivElement>();

document.body.replaceChildren();
const page = startDatasetPage(openWire, {
  draw(state, dispatch) {
    render(<DatasetView state={state} dispatch={dispatch} list={list} detail={detail} />, document.body);
  },
  scrollList(scrollTop) {
    if (list.current) list.current.scrollTop = scrollTop;
  },
  scrollPair() {
    if (detail.current) detail.current.scrollTop = 0;
  },
  focusList() {
    list.current?.focus();
  },
});

if (list.current) {
  new ResizeObserver(([entry]) => {
    if (entry) page.resize(entry.contentRect.height);
  }).observe(list.current);
}
window.addEventListener('keydown', (press) => {
  if (page.press(press)) press.preventDefault();
});
