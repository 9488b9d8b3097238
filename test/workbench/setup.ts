// After each test that fails: what its window showed, as a picture and as words in the output.
import { afterEach } from 'vitest';

import { screenshot } from './actions.ts';
import { openPages } from './window.ts';

/** What a person would look at first: where the keys go, and what lies over the window. */
function words(): string {
  const shown = [...document.querySelectorAll('.monaco-dialog-box, .quick-input-widget, .notification-toast')]
    .filter((element) => element.checkVisibility())
    .map((element) => `${element.className}: ${(element as HTMLElement).innerText}`);
  const focused = document.activeElement;
  return [
    `The keys go to ${focused ? `<${focused.tagName.toLowerCase()} class="${focused.className}">` : 'nothing'}.`,
    ...shown,
  ].join('\n');
}

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const page of openPages()) {
    const name = `failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`;
    console.log(`${task.name}: see test/artefacts/${name}.png\n${await page.evaluate(words)}`);
    await screenshot(page, name);
  }
});
