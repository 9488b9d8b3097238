// The editor in Simplified Chinese: the command palette, the status bar, and a page.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { datasetFrame, openFile, press, runCommand, screenshot, until, waitForStatus } from './actions.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-language-'));
let window: Window;

beforeAll(async () => {
  cpSync(
    join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl'),
    join(folder, 'support.jsonl'),
  );
  window = await openWindow(folder, {}, { language: 'zh-cn' });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

it('speaks Chinese in the status bar and on a page', async (test) => {
  test.skip(window.kind === 'desktop', 'The desktop needs a language pack.');
  const { page } = window;
  await openFile(page, 'support.jsonl');
  expect(await waitForStatus(page, /个问题/)).toMatch(/^596 个偏好对 · TRL explicit prompt · \d+ 个问题/);
  await runCommand(page, 'PrefLens: 以数据集方式打开');
  const frame = await datasetFrame(page);
  await frame.locator('.list .row').first().click();
  for (const name of ['所有行', '画像', '复核'])
    await frame.getByRole('tab', { name, exact: true }).waitFor();
  await frame.getByRole('heading', { name: '优选', exact: true }).waitFor();
  await frame.getByRole('button', { name: /^翻转/ }).waitFor();
  expect(await frame.evaluate(() => document.documentElement.lang)).toBe('zh-cn');
  await frame.locator('.list').press('Control+a');
  await until('the marked rows', async () =>
    (await frame.locator('.marked-rows .count').innerText()).includes('已标记 600 行'),
  );
  await press(page, 'Escape');
  // What the server writes for the page.
  const trust = frame.locator('.trust');
  await until('the scorer', async () => /^一致性评分器.*在此文件上/.test(await trust.innerText()));
  await trust.scrollIntoViewIfNeeded();
  await screenshot(page, 'language');
});
