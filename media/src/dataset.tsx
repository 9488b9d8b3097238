// Runs the dataset page in a webview.
import { createRef, render } from 'preact';

import { startDatasetPage } from './datasetPage.ts';
import { readLanguage } from './language.ts';
import { HEADER_HEIGHT } from './model/datasetState.ts';
import { isOfField } from './model/keys.ts';
import { DatasetView } from './view/dataset.tsx';
import { openWire } from './wire.ts';

const list = createRef<HTMLDivElement>();
const detail = createRef<HTMLDivElement>();
const filter = createRef<HTMLInputElement>();

readLanguage();
document.body.replaceChildren();
const page = startDatasetPage(openWire, {
  draw(state, dispatch) {
    render(
      <DatasetView state={state} dispatch={dispatch} list={list} detail={detail} filter={filter} />,
      document.body,
    );
  },
  scrollList(scrollTop) {
    if (list.current) list.current.scrollTop = scrollTop;
  },
  scrollSideways(scrollLeft) {
    if (list.current) list.current.scrollLeft = scrollLeft;
  },
  scrollPair() {
    if (detail.current) detail.current.scrollTop = 0;
  },
  focusList() {
    // The portrait stands in the place of the list, which takes no focus then.
    (document.querySelector<HTMLElement>('.portrait') ?? list.current)?.focus();
  },
  focusFilter() {
    filter.current?.select();
  },
});

if (list.current) {
  new ResizeObserver(([entry]) => {
    if (entry) page.resize(entry.contentRect.height - HEADER_HEIGHT, entry.contentRect.width);
  }).observe(list.current);
}
const tellFocus = (): void => {
  const hasFocus = document.hasFocus();
  page.focus(hasFocus);
  // A page that takes the focus by itself takes it from whatever the person types into, such as the command palette.
  if (hasFocus && document.activeElement === document.body) list.current?.focus();
};
window.addEventListener('focus', tellFocus);
window.addEventListener('blur', tellFocus);
tellFocus();
const isInDialog = ({ target }: Event): boolean =>
  target instanceof Element && target.closest('[role=dialog]') !== null;
document.body.addEventListener('keydown', (press) => {
  const isUsed = !isInDialog(press) && page.press(press);
  if (isUsed) press.preventDefault();
  // VS Code listens at the window.
  if (isUsed || isOfField(press)) press.stopPropagation();
});
window.addEventListener('pointerdown', page.settle, { capture: true });
window.addEventListener('focus', page.settle);
