// User actions in the window: keys, clicks, reading the screen.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Frame, Locator, Page } from 'playwright-core';

import { PATIENCE_MS } from './window.ts';

const ARTEFACTS = join(import.meta.dirname, '..', 'artefacts');
const MODIFIER = process.platform === 'darwin' ? 'Meta' : 'Control';

/** Waits until `look` returns a value; on timeout, the error names `what`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  ms = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`Waited ${ms} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function press(page: Page, keys: string): Promise<void> {
  await page.keyboard.press(keys.replace('Mod', MODIFIER));
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}

/** A busy machine needs seconds to list files. */
const SOON_MS = 5000;

/** Whether something becomes visible before long. */
async function isSoonVisible(what: Locator): Promise<boolean> {
  return what.waitFor({ state: 'visible', timeout: SOON_MS }).then(
    () => true,
    () => false,
  );
}

/** Milliseconds in which an editor that is just being opened takes the focus, and the next text with it. */
const FOCUS_MS = 100;

/** The input that a key opens. A busy window, or one that has just opened, may miss the first press. */
async function openInput(page: Page, opener: string): Promise<Locator> {
  const input = page.locator('.quick-input-widget input').first();
  await until(`the input of ${opener}`, async () => {
    await press(page, opener);
    if (!(await isSoonVisible(input))) return false;
    await page.waitForTimeout(FOCUS_MS);
    return input.evaluate((element) => element === document.activeElement);
  });
  return input;
}

/**
 * Types into the input that a key opens and clicks the row with this name, until that led to something. Until the list is
 * made, its rows are recent ones; and whatever takes the focus closes it.
 */
async function choose(
  page: Page,
  opener: string,
  { text, name, isChosen }: { text: string; name: string; isChosen?: (() => Promise<boolean>) | undefined },
): Promise<void> {
  const row = page.locator('.quick-input-list .monaco-list-row', {
    has: page.getByText(name, { exact: true }),
  });
  const pick = async (): Promise<boolean> => {
    const input = await openInput(page, opener);
    try {
      await input.fill(text, { timeout: SOON_MS });
      await row.first().click({ timeout: SOON_MS });
    } catch {
      // A busy window may act on a click and say so too late.
      if (await isChosen?.()) return true;
      await press(page, 'Escape');
      return false;
    }
    return isChosen ? isChosen() : true;
  };
  await until(`${name} in the list`, pick, 3 * PATIENCE_MS);
}

/** Runs a command that asks for input. */
export async function startCommand(
  page: Page,
  title: string,
  isChosen?: () => Promise<boolean>,
): Promise<void> {
  await choose(page, 'F1', { text: `>${title}`, name: title, isChosen });
}

/** @param isChosen for a command that is in the list no more when it has run */
export async function runCommand(
  page: Page,
  title: string,
  isChosen?: () => Promise<boolean>,
): Promise<void> {
  await startCommand(page, title, isChosen);
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/**
 * Types a path into the dialog for folders and presses its button. The dialog reads the folder that it starts with, then
 * writes that into its input: what was typed before is lost.
 */
export async function chooseFolder(page: Page, path: string, button: string): Promise<void> {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('input').first();
  await input.waitFor({ state: 'visible' });
  await until('the folder that the dialog starts with', async () => (await input.inputValue()) !== '');
  await until(`${path} in the dialog`, async () => {
    await input.fill(path);
    await page.waitForTimeout(1000);
    return (await input.inputValue()) === path;
  });
  await widget.locator('.monaco-button', { hasText: button }).click();
  await widget.waitFor({ state: 'hidden' });
}

/** Whether a tab with this text is the active one before long. */
export async function isSoonActive(page: Page, text: string): Promise<boolean> {
  return isSoonVisible(page.locator('.tab.active', { hasText: text }));
}

/** Opens a file of the folder by name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await choose(page, 'Mod+P', { text: name, name, isChosen: async () => isSoonActive(page, name) });
}

/** The page of a dataset editor, once it shows this many rows. */
export async function datasetFrame(page: Page, minRows = 1, ms = PATIENCE_MS): Promise<Frame> {
  const isShown = async (frame: Frame): Promise<boolean> =>
    (await frame.locator('.list .row [data-column=row] .number').count()) >= minRows;
  return until(
    'the rows of the dataset',
    async () => {
      for (const frame of page.frames()) if (await isShown(frame).catch(() => false)) return frame;
      return false;
    },
    ms,
  );
}

/** Whether a tab has unsaved changes. */
export async function isDirty(page: Page): Promise<boolean> {
  return (await page.locator('.tab.dirty').count()) > 0;
}

export function statusItem(page: Page): Locator {
  return page.locator('.statusbar-item[id*="preflens.status"]').first();
}

/** Text of the PrefLens status item, or undefined while it is hidden. */
export async function statusText(page: Page): Promise<string | undefined> {
  const item = statusItem(page);
  return (await item.isVisible()) ? (await item.innerText()).trim() : undefined;
}

export async function waitForStatus(page: Page, pattern: RegExp, ms = 60_000): Promise<string> {
  return until(
    `status ${String(pattern)}`,
    async () => {
      const text = await statusText(page);
      return text !== undefined && pattern.test(text) && text;
    },
    ms,
  );
}

/** Puts the cursor at a line and column, both 1-based. */
export async function goTo(page: Page, line: number, column = 1): Promise<void> {
  const input = await openInput(page, 'Mod+G');
  await input.fill(`:${line}:${column}`);
  await page.waitForTimeout(200);
  await press(page, 'Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Rows of the Problems view. */
export async function problems(page: Page): Promise<string[]> {
  const rows = page.locator('.markers-panel .monaco-list-row');
  return (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
}

/** The compare page, once it shows both sides. */
export async function compareFrame(page: Page): Promise<Frame> {
  return until('the compare view', async () => {
    for (const frame of page.frames()) {
      const drawn = await frame
        .evaluate(() =>
          // The dataset editor shows pairs too.
          document.querySelector('.list') ? 0 : document.querySelectorAll('main > article').length,
        )
        .catch(() => 0);
      if (drawn === 2) return frame;
    }
    return false;
  });
}
