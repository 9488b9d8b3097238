// A day's work on many rows, the same for JSON Lines and Parquet: 20,000 here, a million with `npm run test:million`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openFile as openData } from '#node/files.ts';

import { decode } from '../fakes/records.ts';
import {
  compareFrame,
  datasetFrame,
  isDirty,
  openFile,
  press,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import { reloadWith } from './reload.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const ROWS = Number(process.env.PREFLENS_ROWS ?? 20_000);
const COUNT = ROWS.toLocaleString('en');
/** Every hundredth row, and the last one. */
const NEEDLES = ROWS / 100;
const PATIENCE_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'preflens-many-'));
let window: Window;

beforeAll(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = `
    SELECT 'source ' || (i % 4) AS source,
      'What is number ' || i || CASE WHEN i % 100 = 99 THEN ' in the haystack?' ELSE '?' END AS prompt,
      'It is ' || i || repeat(', and then one more', 1 + (i % 40)::INT) || '.' AS chosen,
      'Nobody knows ' || i || repeat(', sorry', (i % 7)::INT) || '.' AS rejected
    FROM range(${ROWS}) t(i)`;
  await db.run(`COPY (${rows}) TO '${join(folder, 'many.jsonl')}' (FORMAT json)`);
  await db.run(`COPY (${rows}) TO '${join(folder, 'many.parquet')}' (FORMAT parquet, CODEC 'zstd')`);
  window = await openWindow(folder, {
    'workbench.colorTheme': 'Default Dark Modern',
    'workbench.editorLargeFileConfirmation': 4096,
    'preflens.scoreOnOpen': false,
  });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

async function linesOf(name: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { bytes } of (await openData(join(folder, name))).records()) lines.push(decode(bytes));
  return lines;
}

const rowText = async (frame: Frame): Promise<string> =>
  frame.locator('.row.selected [data-column=row]').innerText();
async function filter(frame: Frame, query: string, hits: RegExp): Promise<void> {
  await frame.locator('.query input').fill(query);
  await until(
    `the rows of ${query}`,
    async () => hits.test(query === '' ? 'all' : await frame.locator('.hits').innerText()),
    PATIENCE_MS,
  );
  await frame.locator('.query input').press('Escape');
}

test.each(['many.jsonl', 'many.parquet'])(
  `${COUNT} rows of %s: to the end, sort, filter, search, brush, compare, flip, undo, save, reload`,
  async (name) => {
    const { page } = window;
    const before = await linesOf(name);
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, name);
    if (name.endsWith('.jsonl')) {
      await page.locator('.monaco-editor .view-line').first().waitFor({ timeout: PATIENCE_MS });
      await runCommand(page, 'PrefLens: Open as Dataset');
    }
    let frame = await datasetFrame(page, 6, PATIENCE_MS);
    await waitForStatus(page, new RegExp(`${COUNT} pairs`), PATIENCE_MS);

    await frame.locator('.list').press('Control+End');
    await until('the last row', async () => (await rowText(frame)).startsWith(COUNT));

    const difference = frame.locator('.head[data-column=difference]');
    await difference.locator('button').click();
    await difference.locator('button').click();
    await frame.locator('.list').press('Control+Home');
    // The longest answers repeat 40 times.
    await until('the longest first', async () => {
      const first = await frame.locator('.list .row').first().locator('[data-column=row]').innerText();
      return Number(first.replaceAll(',', '')) % 40 === 0;
    });
    await difference.locator('button').click();

    await filter(frame, 'source:"source 1" length_difference>100', /^[1-9][\d,]* rows/);
    await filter(frame, 'prompt:"in the haystack"', new RegExp(`^${NEEDLES.toLocaleString('en')} rows`));
    await frame.locator('.list').press('Control+Home');
    await until('the first hit', async () => (await rowText(frame)) === '100');

    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const compare = await compareFrame(page);
    expect(await compare.locator('body').innerText()).toContain('What is number 99 in the haystack?');
    await screenshot(page, `many-compare-${name}`);

    await frame.getByRole('tab', { name: 'Portrait' }).click();
    const bars = frame.locator('#figure-lengths .hit');
    await bars.nth(1).waitFor({ timeout: PATIENCE_MS });
    const [from, to] = await Promise.all([0, 1].map(async (bar) => bars.nth(bar).boundingBox()));
    await page.mouse.move(from!.x + 2, from!.y + 20);
    await page.mouse.down();
    await page.mouse.move(to!.x + 2, to!.y + 30, { steps: 4 });
    await page.mouse.up();
    await until('the filter of the drag', async () =>
      (await frame.getByLabel('Filter the rows').inputValue()).includes('length'),
    );
    await screenshot(page, `many-brushed-${name}`);

    await filter(frame, 'prompt:"in the haystack"', new RegExp(`^${NEEDLES.toLocaleString('en')} rows`));
    const list = frame.locator('.list');
    // The compare view had the focus.
    await list.locator('.row').first().click();
    await list.press('Control+Home');
    await until('its pair', async () =>
      (await frame.locator('.detail .place').innerText()).startsWith('Row 100'),
    );
    await list.press('f');
    await until('the unsaved mark', async () => isDirty(page));
    await list.press('u');
    await until('no unsaved mark', async () => !(await isDirty(page)));
    await until('no edited row', async () => (await frame.locator('.row .pill.edited').count()) === 0);
    await list.press('f');
    await until('the unsaved mark', async () => isDirty(page));
    expect(await linesOf(name)).toEqual(before);
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isDirty(page)), PATIENCE_MS);
    const after = await linesOf(name);
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [i]));
    expect(changed).toEqual([99]);
    const [was, is] = [before, after].map((lines) => JSON.parse(lines[99]!) as Record<string, string>);
    expect(is).toEqual({ ...was, chosen: was!.rejected, rejected: was!.chosen });

    await reloadWith(window, 'preflens.dataset', 'in the haystack');
    frame = await datasetFrame(page, 6, PATIENCE_MS);
    await until(
      'the filter after the reload',
      async () => (await frame.locator('.hits').innerText()).startsWith(NEEDLES.toLocaleString('en')),
      PATIENCE_MS,
    );
    await until('the saved flip', async () =>
      (await frame.locator('.list .row').first().locator('[data-column=rejected]').innerText()).startsWith(
        'It is 99',
      ),
    );
  },
  3 * PATIENCE_MS,
);
