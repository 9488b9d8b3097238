// Rewards of single tokens in the compare view: marked in the answers, restricted to differences, and summed up in a table.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { writeModel } from '../models/folders.ts';
import {
  compareFrame,
  goTo,
  openFile,
  press,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import { seriousFaults } from './axe.ts';
import { setTheme, THEMES } from './themes.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-tokens-'));
const SAMPLE = join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl');

/** Code, characters of several bytes, and a difference of a few words. */
const ANSWERS = {
  prompt: 'How do I find the first word of a line?',
  chosen:
    'Split the line **once**, then take the first part:\n\n```python\nword = line.split(None, 1)[0]\n```\n\nThis also works for 日本語 and for emoji 🙂, as long as there is a space.',
  rejected:
    'Split the line **often**, then take the last part:\n\n```python\nword = line.split(" ")[-1]\n```\n\nThis also works for 日本語 and for emoji 🙁, as long as there is no space.',
};

const REWARD = /^[+−]\d+\.\d{3}$/;

let window: Window;

beforeAll(async () => {
  const lines = [JSON.stringify(ANSWERS), ...readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 60)];
  writeFileSync(join(folder, 'data.jsonl'), lines.join('\n'));
  const language = {
    kind: 'bpe',
    isChat: true,
    sizes: { outputs: 0, isCausal: true, positions: 512 },
  } as const;
  writeModel(join(folder, 'policy'), language);
  writeModel(join(folder, 'sft'), { ...language, seed: 5 });
  const rule = { kind: 'onnx', head: 'implicit', model: 'policy', reference: 'sft', beta: 0.1 };
  writeFileSync(join(folder, 'preflens.json'), JSON.stringify({ scorers: [rule] }));
  window = await openWindow(folder, { 'workbench.colorTheme': 'Default Dark Modern' });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

it('Compare marks the tokens that raised or lowered the margin, and says what they add up to', async () => {
  const { page } = window;
  await openFile(page, 'data.jsonl');
  await waitForStatus(page, /findings?$/);
  await goTo(page, 1, 4);
  await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
  const frame = await compareFrame(page);
  const toggle = frame.getByRole('button', { name: 'Score tokens' });
  await toggle.click();
  const tokens = frame.locator('section.tokens');
  await tokens.locator('table').waitFor();
  const cells = async (row: string): Promise<readonly string[]> =>
    tokens.locator('tr', { hasText: row }).locator('td').allInnerTexts();
  const rewards = await frame.locator('article .reward').allInnerTexts();
  const sums = await cells('Reward');
  // "reward −0.53" above the answer, "−0.531 in 98 tokens" below.
  sums.forEach((sum, side) => {
    const number = (text: string): number =>
      Number(
        text
          .replace('−', '-')
          .replace(/^\D*?(-?\d)/, '$1')
          .split(' ')[0],
      );
    expect(Math.abs(number(sum) - number(rewards[side]!.replace('reward ', '')))).toBeLessThan(0.006);
  });
  expect(await frame.locator('article.chosen mark.heat').allInnerTexts()).toContain('🙂');
  await screenshot(page, 'tokens-dark');
  expect(await seriousFaults(frame)).toEqual([]);
  const all = await frame.locator('mark.heat').count();
  await frame.getByRole('button', { name: 'Only where they differ' }).click();
  await until('fewer marks', async () => (await frame.locator('mark.heat').count()) < all / 2);
  expect(await cells('Where the answers differ')).toEqual([
    expect.stringMatching(REWARD),
    expect.stringMatching(REWARD),
  ]);
  expect(await frame.locator('mark.heat').first().getAttribute('title')).toMatch(
    /^Reward [+−]\d\.\d{3}: (?:raises|lowers) the margin$/,
  );
  await screenshot(page, 'tokens-differences-dark');
  await setTheme(page, THEMES[1]!);
  await screenshot(page, 'tokens-differences-light');
  await frame.getByRole('button', { name: 'Only where they differ' }).click();
  await frame.getByRole('button', { name: 'Raw' }).click();
  await until('all marks', async () => (await frame.locator('mark.heat').count()) >= all);
  await screenshot(page, 'tokens-light');
  expect(await seriousFaults(frame)).toEqual([]);
  for (const theme of THEMES.slice(2)) {
    await setTheme(page, theme);
    await screenshot(page, `tokens-${theme.name}`);
    expect(await seriousFaults(frame), theme.name).toEqual([]);
  }
  // The next pair has tokens of its own.
  await frame.locator('body').click({ position: { x: 2, y: 2 } });
  await press(page, 'n');
  await until(
    'the next pair',
    async () => !(await frame.locator('article.chosen').innerText()).includes('🙂'),
  );
  await until('its tokens', async () => (await frame.locator('article.chosen mark.heat').count()) > 10);
  await toggle.click();
  await until('no marks', async () => (await frame.locator('mark.heat').count()) === 0);
  expect(await tokens.count()).toBe(0);
});
