// A dataset of attacks, drawn by both pages: nothing runs, nothing is loaded, and nothing takes long.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ATTACK_TEXTS } from '../fakes/attackTexts.ts';
import {
  compareFrame,
  datasetFrame,
  openFile,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-hostile-'));
const names = Object.keys(ATTACK_TEXTS);
let window: Window;
/** What the pages must not do: requests, dialogs, and messages about the policy. */
const deeds: string[] = [];

beforeAll(async () => {
  const lines = Object.entries(ATTACK_TEXTS).map(([name, text]) =>
    JSON.stringify({
      source: text.slice(0, 200),
      prompt: text,
      chosen: text,
      rejected: `Answer ${name}. ${text}`,
    }),
  );
  writeFileSync(join(folder, 'hostile.jsonl'), lines.join('\n'));
  window = await openWindow(folder, {
    'workbench.colorTheme': 'Default Dark Modern',
    'preflens.scoreOnOpen': false,
  });
  const { page } = window;
  page.on('request', (request) => {
    if (/evil\.example|track\.png|example\.com/.test(request.url())) deeds.push(`request ${request.url()}`);
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Content-Security-Policy/.test(message.text())) deeds.push(message.text());
  });
  page.on('dialog', (dialog) => {
    deeds.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => deeds.push(`window ${popup.url()}`));
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Adds the violations of the page's policy from now on to its window. */
async function watch(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { violations: seen });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      seen.push(`${violatedDirective} ${blockedURI}`);
    });
  });
}

async function expectHarmless(frame: Frame): Promise<void> {
  const violations = await frame.evaluate(
    () => (globalThis as unknown as { violations: string[] }).violations,
  );
  expect(violations).toEqual([]);
  expect(deeds).toEqual([]);
  expect(await window.page.evaluate(() => 'hit' in globalThis)).toBe(false);
}

it('is read whole, with records of a megabyte', async () => {
  await openFile(window.page, 'hostile.jsonl');
  await waitForStatus(window.page, new RegExp(`^${names.length} pairs`));
});

it('is drawn harmlessly in the dataset editor, rendered and raw', async () => {
  const { page } = window;
  await runCommand(page, 'PrefLens: Open as Dataset');
  const frame = await datasetFrame(window.page);
  await watch(frame);
  await frame.locator('.list').press('Control+Home');
  for (const reading of ['Rendered', 'Raw']) {
    await frame.locator('.list').press('Control+Home');
    await frame.getByRole('button', { name: reading, exact: true }).click();
    for (const [i, name] of names.entries()) {
      if (i > 0) await frame.locator('.list').press('ArrowDown');
      await until(`${name}, ${reading}`, async () => {
        const [place, answer] = await Promise.all([
          frame.locator('.detail .place strong').innerText(),
          frame.locator('article.rejected .body').innerText(),
        ]);
        return place === `Row ${i + 1}` && answer.includes(`Answer ${name}.`);
      });
    }
  }
  await expectHarmless(frame);
});

it('shows characters that turn the text around as signs', async () => {
  const { page } = window;
  const frame = await datasetFrame(window.page);
  await frame.getByRole('button', { name: 'Rendered', exact: true }).click();
  await frame.locator('.query input').fill('rejected:"Answer bidi"');
  await until('the record', async () => (await frame.locator('.list .row').count()) === 1);
  await frame.locator('.query input').press('Escape');
  await frame.locator('.list').press('Control+Home');
  await until('a sign of each', async () => {
    const signs = frame.locator('article.rejected .unseen');
    const shown = await signs.evaluateAll((all) => all.map((one) => one.getAttribute('data-sign')).join(' '));
    return ['RLO', 'LRI', 'PDI', 'LRO', 'ZWSP'].every((sign) => shown.includes(sign));
  });
  await screenshot(page, 'hostile-bidi');
});

it('is drawn harmlessly in the compare view', async () => {
  const { page } = window;
  const list = await datasetFrame(window.page);
  await list.locator('.query input').fill('');
  await list.locator('.query input').press('Enter');
  await list.locator('.list').press('Control+Home');
  await until(
    'the first row',
    async () => (await list.locator('.detail .place strong').innerText()) === 'Row 1',
  );
  await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
  const frame = await compareFrame(page);
  await watch(frame);
  const isShown = async (name = ''): Promise<boolean> =>
    (await frame.locator('article.rejected .body').innerText()).includes(`Answer ${name}.`);
  for (const [i, name] of names.entries()) {
    let pressedAt = 0;
    await until(name, async () => {
      if (await isShown(name)) return true;
      // A window that has just opened a view may take the focus back, and the key with it: a click gives it to the page.
      if (i > 0 && Date.now() - pressedAt > 8000 && (await isShown(names[i - 1]))) {
        if (pressedAt > 0) await frame.locator('.place').click();
        pressedAt = Date.now();
        await frame.locator('body').press('n');
      }
      return false;
    });
  }
  await screenshot(page, 'hostile-compare');
  await expectHarmless(frame);
});
