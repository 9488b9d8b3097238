// The four kinds of theme, chosen as a person chooses them.
import type { Page } from 'playwright-core';

import { press, until } from './actions.ts';

interface Theme {
  readonly name: string;
  readonly setting: string;
  /** In VS Code's list of themes. */
  readonly label: string;
  /** Class of the workbench. */
  readonly class: string;
}

export const THEMES: readonly Theme[] = [
  { name: 'dark', setting: 'Default Dark Modern', label: 'Dark Modern', class: 'vs-dark' },
  { name: 'light', setting: 'Default Light Modern', label: 'Light Modern', class: 'vs' },
  { name: 'high-contrast', setting: 'Default High Contrast', label: 'Dark High Contrast', class: 'hc-black' },
  {
    name: 'high-contrast-light',
    setting: 'Default High Contrast Light',
    label: 'Light High Contrast',
    class: 'hc-light',
  },
];

export async function setTheme(page: Page, theme: Theme): Promise<void> {
  const isSet = async (): Promise<boolean> =>
    page.evaluate(
      (name) => document.querySelector('.monaco-workbench')!.classList.contains(name),
      theme.class,
    );
  if (await isSet()) return;
  const widget = page.locator('.quick-input-widget');
  await until('the list of themes', async () => {
    if ((await widget.isVisible()) && (await widget.innerText()).includes('Dark Modern')) return true;
    // A window that has just opened does not know these keys yet.
    await press(page, 'Mod+K');
    await press(page, 'Mod+T');
    await page.waitForTimeout(500);
    return false;
  });
  await page.keyboard.type(theme.label);
  await until(theme.label, async () =>
    (await widget.locator('.monaco-list-row').first().innerText()).includes(theme.label),
  );
  await press(page, 'Enter');
  await until(`the theme ${theme.label}`, isSet);
  await widget.waitFor({ state: 'hidden' });
}
