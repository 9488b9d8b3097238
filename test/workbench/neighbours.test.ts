// Pairs that an encoder finds like a doubtful one, in the window: the hover, and the way to them in the compare view and in the
// dataset editor.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tableOf } from '../fakes/parquet.ts';
import { bagPairs, bagRecipe } from '../models/bag.ts';
import { writeModel } from '../models/folders.ts';
import {
  compareFrame,
  datasetFrame,
  goTo,
  openFile,
  press,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import { setTheme, THEMES } from './themes.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-alike-'));
const PAIRS = bagPairs(21);
/** From 1. */
const LINE = 1 + PAIRS.findIndex(({ kind }) => kind === 'flipped');
const SAID = 'All 8 pairs most like this one';
let window: Window;

beforeAll(async () => {
  const lines = PAIRS.map(({ record }) => JSON.stringify(record));
  writeFileSync(join(folder, 'pairs.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'table.parquet'), await tableOf(lines));
  writeModel(join(folder, 'encoder'), bagRecipe());
  writeFileSync(
    join(folder, 'preflens.json'),
    JSON.stringify({ scorers: [{ kind: 'probe', model: 'encoder' }] }),
  );
  window = await openWindow(folder, { 'workbench.colorTheme': 'Default Dark Modern' });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

const titleOf = async (frame: Frame): Promise<string> => frame.locator('.place strong').first().innerText();

/** Follows the first neighbour, and says whether it leads to one of the cluster. */
async function followFirst(frame: Frame): Promise<void> {
  const first = frame.locator('.neighbours .place').first();
  await first.scrollIntoViewIfNeeded();
  const record = Number(/\d+/.exec(await first.innerText())?.[0]);
  expect(PAIRS[record - 1]!.kind).toBe('alike');
  await first.click();
  await until('its place', async () => new RegExp(`\\b${record}\\b`).test(await titleOf(frame)));
  expect(await frame.locator('.neighbours').count()).toBe(0);
}

describe('pairs like a doubtful one', () => {
  it('are in the hover, and one click away from it in the compare view', async () => {
    const { page } = window;
    await openFile(page, 'pairs.jsonl');
    await waitForStatus(page, /findings$/);
    await goTo(page, LINE, 4);
    const hover = await until('the hover', async () => {
      const hovers = await page.locator('.monaco-hover:visible').allInnerTexts();
      const ours = hovers.map((one) => one.replaceAll(/\s+/g, ' ')).find((one) => one.includes(SAID));
      if (ours === undefined) {
        await runCommand(page, 'Show or Focus Hover');
        await page.waitForTimeout(500);
      }
      return ours;
    });
    expect(hover).toMatch(/labelled the other way\. Where so many agree, \d+ % of the labels/);
    await screenshot(page, 'neighbours-hover');
    await press(page, 'Escape');
    await press(page, 'Escape');
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    await frame.locator('.neighbours').first().scrollIntoViewIfNeeded();
    for (const theme of THEMES.slice(0, 2)) {
      await setTheme(page, theme);
      await page.waitForTimeout(500);
      await screenshot(page, `neighbours-compare-${theme.name}`);
    }
    await followFirst(frame);
  });

  it('are one click away in the dataset editor too', async () => {
    const { page } = window;
    await openFile(page, 'table.parquet');
    const frame = await datasetFrame(page);
    await waitForStatus(page, /findings$/);
    await frame.getByRole('tab', { name: /Findings/ }).click();
    await until('doubtful pairs', async () => {
      await frame.locator('.list .row').first().click();
      return (await frame.locator('.neighbours').count()) > 0;
    });
    await frame.locator('.neighbours').first().scrollIntoViewIfNeeded();
    await screenshot(page, 'neighbours-dataset');
    await followFirst(frame);
  });
});
