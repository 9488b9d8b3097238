// The package for browsers in the real VS Code: the extension host and the server are workers, and files come through
// VS Code's file system.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseDecisions } from '#core/memory/decisions.ts';
import { openFile as openData } from '#node/files.ts';

import { tableOf } from '../fakes/parquet.ts';
import { decode } from '../fakes/records.ts';
import { writeModel } from '../models/folders.ts';
import { findDesktop } from '../tools/desktop.mjs';
import { packFor } from '../tools/pack/package.mjs';
import {
  compareFrame,
  datasetFrame,
  goTo,
  isDirty,
  openFile,
  press,
  problems,
  runCommand,
  screenshot,
  statusItem,
  until,
  waitForStatus,
} from './actions.ts';
import { setTheme, THEMES } from './themes.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-web-'));
const packages = mkdtempSync(join(tmpdir(), 'preflens-vsix-'));
const at = (name: string): string => join(folder, name);
let window: Window;

/** Every ninth label is wrong. */
function lineOf(i: number): string {
  const good = `Take the path by the river to place ${i}, and look at the old bridge and its ${i + 3} arches on the way.`;
  const bad = `No idea, sorry. Place ${i} is boring`;
  const [chosen, rejected] = i % 9 === 4 ? [bad, good] : [good, bad];
  return JSON.stringify({ prompt: `How do I get to place ${i}?`, chosen, rejected });
}

const LINES = Array.from({ length: 200 }, (_, i) => lineOf(i));
const TEXT = `${LINES.join('\n')}\n`;

/** A line with its answers in each other's place. */
function flipped(line: string): unknown {
  const { chosen, rejected, ...rest } = JSON.parse(line) as Record<string, string>;
  return { ...rest, chosen: rejected, rejected: chosen };
}

beforeAll(async () => {
  writeFileSync(at('pairs.jsonl'), TEXT);
  writeFileSync(at('items.json'), `[\n${LINES.join(',\n')}\n]\n`);
  writeFileSync(at('table.parquet'), await tableOf(LINES));
  const settings = { 'workbench.colorTheme': 'Default Dark Modern' };
  window = await openWindow(folder, settings, [], undefined, await packFor('web', packages));
});

afterAll(async () => {
  await window.close();
  for (const one of [folder, packages]) rmSync(one, { recursive: true, force: true });
});

async function rowsOf(name: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { bytes } of (await openData(at(name))).records()) lines.push(decode(bytes));
  return lines;
}

/** Saves until the file on disk is as `isSaved` says: the window may not listen yet. */
async function save(what: string, isSaved: () => boolean): Promise<void> {
  await until(what, async () => {
    await press(window.page, 'Mod+S');
    await window.page.waitForTimeout(500);
    return isSaved();
  });
}

/** The page with an element, in the tab in front. */
async function frameWith(selector: string): Promise<Frame> {
  return until(selector, async () => {
    for (const frame of window.page.frames()) {
      const isThere = await frame
        .locator(selector)
        .first()
        .isVisible()
        .catch(() => false);
      // A frame may go while it is looked at.
      const isInFront = async (): Promise<boolean> =>
        (await (await frame.parentFrame()?.frameElement())?.isVisible()) ?? false;
      if (isThere && (await isInFront().catch(() => false))) return frame;
    }
    return false;
  });
}

// The desktop has a host of Node, where this package does not run.
describe.skipIf((await findDesktop()) !== undefined)('the package for browsers', () => {
  it('holds no program of Node', () => {
    const installed = readdirSync(join(window.home, 'extensions'), { recursive: true })
      .map(String)
      .filter((name) => name.includes('preflens'));
    expect(installed.filter((name) => name.endsWith('web-server.js'))).toHaveLength(1);
    expect(installed.filter((name) => /\.cjs$|node-.*\.js$|cli\.js$|onnxruntime/.test(name))).toEqual([]);
  });

  it('checks and scores JSON Lines, and explains a margin in a hover', async () => {
    const { page } = window;
    await openFile(page, 'pairs.jsonl');
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings$/, 120_000);
    await runCommand(page, 'Problems: Focus on Problems View');
    const found = await until('wrong labels', async () => {
      const rows = (await problems(page)).filter((row) => row.includes('likely-mislabeled'));
      return rows.length > 0 && rows;
    });
    for (const row of found) expect((Number(/Ln (\d+)/.exec(row)?.[1]) - 1) % 9).toBe(4);
    await screenshot(page, 'web-problems');
    await runCommand(page, 'View: Toggle Panel Visibility');
    await runCommand(page, 'View: Focus Active Editor Group');
    await goTo(page, 5, 4);
    const text = await until('the hover', async () => {
      const hovers = await page.locator('.monaco-hover:visible').allInnerTexts();
      const ours = hovers.find((one) => one.includes('Scorer'));
      if (ours === undefined) await runCommand(page, 'Show or Focus Hover');
      await page.waitForTimeout(500);
      return ours?.replaceAll(/\s+/g, ' ');
    });
    expect(text).toMatch(/Margin −\d+\.\d\d · lowest [\d.]+ % of this file/);
    await screenshot(page, 'web-hover');
    await press(page, 'Escape');
    await press(page, 'Escape');
  });

  it('compares, flips, undoes and saves', async () => {
    const { page } = window;
    await goTo(page, 5, 4);
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    await screenshot(page, 'web-compare');
    const chosen = async (): Promise<string> =>
      (await frame.locator('article .text').allInnerTexts())[0] ?? '';
    await frame.locator('body').press('f');
    await until('the good answer', async () => (await chosen()).startsWith('Take'));
    await frame.locator('body').press('u');
    await until('the answer as it was', async () => (await chosen()).startsWith('No idea'));
    await frame.locator('body').press('f');
    await until('the good answer again', async () => (await chosen()).startsWith('Take'));
    await runCommand(page, 'File: Save All');
    await until('the flipped line', async () =>
      Promise.resolve(readFileSync(at('pairs.jsonl'), 'utf8') !== TEXT),
    );
    const after = readFileSync(at('pairs.jsonl'), 'utf8').split('\n');
    expect(after.flatMap((line, i) => (line === TEXT.split('\n')[i] ? [] : [i]))).toEqual([4]);
    expect(JSON.parse(after[4]!)).toEqual(flipped(LINES[4]!));
    await runCommand(page, 'View: Close All Editors');
  });

  it('reads a JSON file', async () => {
    const { page } = window;
    await openFile(page, 'items.json');
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings$/);
    await goTo(page, 6, 4);
    await runCommand(page, 'PrefLens: Flip Chosen and Rejected');
    await save(
      'the flipped item',
      () => readFileSync(at('items.json'), 'utf8').split('\n')[5] !== `${LINES[4]!},`,
    );
    const items = JSON.parse(readFileSync(at('items.json'), 'utf8')) as unknown[];
    expect(items).toEqual(LINES.map((line, i) => (i === 4 ? flipped(line) : (JSON.parse(line) as unknown))));
    await runCommand(page, 'View: Close All Editors');
  });

  it('opens Parquet in the dataset editor: filter, flip, undo, save', async () => {
    const { page } = window;
    await openFile(page, 'table.parquet');
    const frame = await datasetFrame(page, 6);
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings/);
    await frame.getByRole('combobox').first().fill('prompt:"place 13?"');
    await press(page, 'Enter');
    await until('one row', async () => (await frame.locator('.list .row').count()) === 1);
    await screenshot(page, 'web-dataset');
    await frame.locator('.list .row').first().click();
    await frame.locator('.list').press('f');
    await until('the unsaved mark', async () => isDirty(page));
    await frame.locator('.list').press('u');
    await until('no unsaved mark', async () => !(await isDirty(page)));
    await frame.locator('.list').press('f');
    await until('the unsaved mark again', async () => isDirty(page));
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isDirty(page)));
    const after = await rowsOf('table.parquet');
    expect(after.map((line) => JSON.parse(line) as unknown)).toEqual(
      LINES.map((line, i) => (i === 13 ? flipped(line) : (JSON.parse(line) as unknown))),
    );
    // Nothing of a save is left beside it.
    expect(readdirSync(folder).sort()).toEqual(['items.json', 'pairs.jsonl', 'table.parquet']);
    await setTheme(page, THEMES[1]!);
    await screenshot(page, 'web-dataset-light');
  });

  it('reviews pairs, and writes verdicts where others find them', async () => {
    const { page } = window;
    await runCommand(page, 'PrefLens: Review Pairs');
    const frame = await frameWith('.review-start .choice');
    await frame.getByLabel('Pairs').selectOption('10');
    await frame.getByRole('button', { name: /^Doubtful labels/ }).click();
    await frameWith('.review article');
    for (const [i, key] of [...'afa'].entries()) {
      await press(page, key);
      await until(`verdict ${i + 1}`, async () =>
        (await frame.locator('.progress').innerText()).startsWith(`${i + 1} of 10`),
      );
    }
    await screenshot(page, 'web-review');
    const { others, bad } = await until('three verdicts', async () => {
      const read = parseDecisions(readFileSync(at('.preflens/decisions.jsonl'), 'utf8'));
      return Promise.resolve(read.others.length === 3 && read);
    });
    expect(bad).toEqual([]);
    expect(others.map(({ verdict }) => verdict?.verdict)).toEqual(['keep', 'flip', 'keep']);
    await runCommand(page, 'File: Revert File');
    await until('no unsaved mark', async () => !(await isDirty(page)));
    await runCommand(page, 'View: Close All Editors');
  });

  it('does not replace a file that another program changed', async () => {
    const { page } = window;
    await openFile(page, 'table.parquet');
    const frame = await datasetFrame(page, 1);
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings/);
    await frame.getByRole('tab', { name: 'All rows' }).click();
    await frame.locator('.list .row').first().click();
    await frame.locator('.list').press('f');
    await until('the unsaved mark', async () => isDirty(page));
    const theirs = await tableOf(LINES.slice(0, 150));
    writeFileSync(at('table.parquet'), theirs);
    await press(page, 'Mod+S');
    const said = await until('a refusal', async () => {
      const texts = await page.locator('.notification-toast').allInnerTexts();
      return texts.find((text) => text.includes('Failed to save'));
    });
    expect(said).toContain('Its version was kept');
    await screenshot(page, 'web-changed');
    expect(statSync(at('table.parquet')).size).toBe(theirs.length);
    expect(await rowsOf('table.parquet')).toHaveLength(150);
    await runCommand(page, 'File: Revert File');
    await runCommand(page, 'View: Close All Editors');
  });

  it('says what a model needs', async () => {
    const { page } = window;
    writeModel(at('house-rm'), { kind: 'bpe', isChat: true, sizes: { positions: 512 } });
    writeFileSync(at('preflens.json'), JSON.stringify({ scorers: [{ kind: 'onnx', model: 'house-rm' }] }));
    await openFile(page, 'pairs.jsonl');
    // The checks do not need it.
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings · scoring failed$/);
    const tip = await until('the reason', async () => {
      await page.mouse.move(700, 300);
      await statusItem(page).hover();
      await page.waitForTimeout(1500);
      const texts = await page.locator('.workbench-hover, .monaco-hover').allInnerTexts();
      return texts.find((text) => text.includes('browser'));
    });
    expect(tip).toMatch(/Models do not run in a browser\. Open the folder in VS Code on a computer/);
    await screenshot(page, 'web-model');
  });
});
