// The package for browsers in the real VS Code: the extension host and the server are workers, and files come through
// VS Code's file system.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFile as openData } from '#node/files.ts';

import { tableOf } from '../fakes/parquet.ts';
import { decode } from '../fakes/records.ts';
import { findDesktop } from '../tools/desktop.mjs';
import { packFolder, packFor } from '../tools/pack/package.mjs';
import {
  compareFrame,
  datasetFrame,
  goTo,
  isDirty,
  openFile,
  press,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import { reloadWithEdits } from './reload.ts';
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

/** A file system in memory with a table, as another extension; what is written there comes to `copies`. */
async function packMemory(copies: string): Promise<string> {
  const source = join(import.meta.dirname, '..', 'fakes', 'memoryFileSystem');
  const own = join(packages, 'memory');
  cpSync(source, own, { recursive: true });
  const names = ['table.parquet'];
  mkdirSync(join(own, 'seed'));
  writeFileSync(join(own, 'seed', 'table.parquet'), await tableOf(LINES));
  writeFileSync(join(own, 'seed', 'place.json'), JSON.stringify({ copies, names }));
  packFolder(own, `${own}.vsix`);
  return `${own}.vsix`;
}

beforeAll(async () => {
  writeFileSync(at('pairs.jsonl'), TEXT);
  writeFileSync(at('table.parquet'), await tableOf(LINES));
  const settings = { 'workbench.colorTheme': 'Default Dark Modern' };
  const others = [await packMemory(packages)];
  window = await openWindow(folder, settings, { others, vsix: await packFor('web', packages) });
});

afterAll(async () => {
  await window.close();
  for (const one of [folder, packages]) rmSync(one, { recursive: true, force: true });
});

async function rowsOf(path: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { bytes } of (await openData(path)).records()) rows.push(JSON.parse(decode(bytes)));
  return rows;
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

  it('checks and scores JSON Lines; compares, flips and saves', async () => {
    const { page } = window;
    await openFile(page, 'pairs.jsonl');
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings$/, 120_000);
    await goTo(page, 5, 4);
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    await screenshot(page, 'web-compare');
    const chosen = async (): Promise<string> =>
      (await frame.locator('article .text').allInnerTexts())[0] ?? '';
    await frame.locator('body').press('f');
    await until('the good answer', async () => (await chosen()).startsWith('Take'));
    await runCommand(page, 'File: Save All');
    await until('the flipped line', async () =>
      Promise.resolve(readFileSync(at('pairs.jsonl'), 'utf8') !== TEXT),
    );
    const after = readFileSync(at('pairs.jsonl'), 'utf8').split('\n');
    expect(after.flatMap((line, i) => (line === TEXT.split('\n')[i] ? [] : [i]))).toEqual([4]);
    expect(JSON.parse(after[4]!)).toEqual(flipped(LINES[4]!));
    await runCommand(page, 'View: Close All Editors');
  });

  it('keeps unsaved edits of a table when the window reopens, and does not replace what another program wrote', async () => {
    const { page } = window;
    await openFile(page, 'table.parquet');
    const frame = await datasetFrame(page, 6);
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings/);
    await frame.locator('.list .row').first().click();
    await until('the pair', async () => (await frame.locator('.detail').innerText()).includes('Row 1'));
    await frame.locator('.list').press('f');
    await until('the unsaved mark', async () => isDirty(page));
    await reloadWithEdits(window, 1);
    await waitForStatus(page, /200 pairs .* 1 unsaved edit/);
    const theirs = await tableOf(LINES.slice(0, 150));
    writeFileSync(at('table.parquet'), theirs);
    await press(page, 'Mod+S');
    const said = await until('a refusal', async () => {
      const texts = await page.locator('.notification-toast').allInnerTexts();
      return texts.find((text) => text.includes('Failed to save'));
    });
    expect(said).toContain('Its version was kept');
    expect(readFileSync(at('table.parquet')).equals(theirs)).toBe(true);
    // Nothing of a save is left beside it.
    expect(readdirSync(folder).sort()).toEqual(['pairs.jsonl', 'table.parquet']);
    await runCommand(page, 'File: Revert File');
  });

  it('filters, edits and saves in a file system that exists in the browser alone', async () => {
    const { page } = window;
    await page.goto(`${new URL(page.url()).origin}/?folder=memory:/data`);
    // Then VS Code knows which editor is for a table.
    await page.locator('.activitybar [aria-label*="PrefLens"]').first().waitFor();
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'table.parquet' }).dblclick();
    const frame = await datasetFrame(page, 6);
    await waitForStatus(page, /200 pairs .*[1-9]\d* findings/);
    const filter = async (query: string): Promise<void> => {
      await frame.getByRole('combobox').first().fill(query);
      await press(page, 'Enter');
    };
    await filter('rejected:/^((\\w|\\s)+)+$/');
    const fault = frame.getByText('took more than 2 seconds on record 5,');
    await fault.waitFor();
    await screenshot(page, 'web-expression');
    await filter('prompt:/place 13\\?$/');
    await until('one row', async () => (await frame.locator('.list .row').count()) === 1);
    await frame.locator('.list .row').first().click();
    await until('its pair', async () => (await frame.locator('.detail').innerText()).includes('Row 14'));
    await screenshot(page, 'web-dataset');
    await frame.locator('.list').press('f');
    await until('the unsaved mark', async () => isDirty(page));
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isDirty(page)));
    expect(await rowsOf(join(packages, 'table.parquet'))).toEqual(
      LINES.map((line, i) => (i === 13 ? flipped(line) : (JSON.parse(line) as unknown))),
    );
  });
});
