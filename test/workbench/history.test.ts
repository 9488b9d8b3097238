// Compare With HEAD: the rows that changed since the last commit, and what is gone in a report.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { datasetFrame, openFile, press, runCommand, screenshot, until } from './actions.ts';
import { setTheme, THEMES } from './themes.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-history-'));
let window: Window;

const line = (
  i: number,
  chosen = `Walk along the river to place ${i}.`,
  rejected = `No idea where ${i} is.`,
): string => JSON.stringify({ prompt: `Where is place ${i}?`, chosen, rejected, source: 'guide' });
const OLD = Array.from({ length: 40 }, (_, i) => line(i));

const git = (...args: readonly string[]): void => {
  execFileSync(
    'git',
    ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', ...args],
    {
      cwd: folder,
    },
  );
};

beforeAll(async () => {
  const path = join(folder, 'pairs.jsonl');
  writeFileSync(path, OLD.map((one) => `${one}\n`).join(''));
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  const now = OLD.map((one, i) =>
    i === 4
      ? line(4, 'No idea where 4 is.', 'Walk along the river to place 4.')
      : i === 9
        ? line(9, 'Ask at the station.')
        : one,
  ).toSpliced(20, 1);
  writeFileSync(path, [...now, line(99)].map((one) => `${one}\n`).join(''));
  window = await openWindow(folder);
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true });
});

it('shows the rows that changed since the last commit', async () => {
  const { page } = window;
  await openFile(page, 'pairs.jsonl');
  await runCommand(page, 'PrefLens: Compare With HEAD');
  const frame = await datasetFrame(page, 3);
  await until(
    'three rows',
    async () => (await frame.locator('.list .row [data-column=row] .number').count()) === 3,
  );
  const numbers = await frame.locator('.list .row [data-column=row] .number').allTextContents();
  expect(numbers.map(Number)).toEqual([5, 10, 40]);
  expect(await frame.locator('.query input').inputValue()).toBe('change:*');
  const said = page.locator('.notification-toast', {
    hasText: 'Since HEAD: 1 flipped, 1 edited, 1 added, 1 removed.',
  });
  await said.waitFor();
  await said.getByText('Show Report').click();
  await page.locator('.view-lines', { hasText: 'removed: Where is place 20?' }).waitFor();
  await screenshot(page, 'history-report');
  await press(page, 'Mod+W');
  for (const theme of THEMES.slice(0, 2)) {
    await setTheme(page, theme);
    await screenshot(page, `history-rows-${theme.name}`);
  }
});
