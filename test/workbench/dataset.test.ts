// What a person does with a Parquet file: opens it, reads, flips, undoes, saves.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFile as openData } from '#node/files.ts';

import { decode } from '../fakes/records.ts';
import { goTo, openFile, press, runCommand, screenshot, until, waitForStatus } from './hands.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-dataset-'));
const path = join(folder, 'pairs.parquet');
let window: Window;

beforeAll(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  // Every hundredth pair is labelled the wrong way round.
  await db.run(`
    COPY (
      SELECT 'source ' || (i % 3) AS source,
        [{'role': 'user', 'content': 'Tell me of place ' || i || ', and what to see there.'}] AS prompt,
        [{'role': 'assistant', 'content': CASE WHEN i % 100 = 7 THEN bad ELSE good END}] AS chosen,
        [{'role': 'assistant', 'content': CASE WHEN i % 100 = 7 THEN good ELSE bad END}] AS rejected
      FROM (SELECT i,
          'The old town of place ' || i || ' has a market, a bridge and a museum. Walk along the river first.' AS good,
          'I do not know, sorry. Place ' || i || ' is boring' AS bad
        FROM range(1200) t(i))
    ) TO '${path}' (FORMAT parquet, CODEC 'zstd', KV_METADATA {huggingface: 'kept'})`);
  window = await openWindow(folder, { 'workbench.colorTheme': 'Default Dark Modern' });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

async function linesOf(): Promise<string[]> {
  const lines: string[] = [];
  for await (const { bytes } of (await openData(path)).records()) lines.push(decode(bytes));
  return lines;
}

/** The page of the dataset, once it shows rows. */
async function datasetFrame(): Promise<Frame> {
  return until('the rows of the dataset', async () => {
    for (const frame of window.page.frames()) {
      const rows = await frame
        .evaluate(() => document.querySelectorAll('.list .row .number').length)
        .catch(() => 0);
      if (rows > 5) return frame;
    }
    return false;
  });
}

const isDirty = async (): Promise<boolean> => (await window.page.locator('.tab.active.dirty').count()) > 0;

describe('a Parquet file', () => {
  it('opens as a list of rows, with margins and findings, and the pair beside it', async () => {
    const { page } = window;
    await openFile(page, 'pairs.parquet');
    const frame = await datasetFrame();
    await waitForStatus(page, /1,200 pairs .*[1-9]\d* findings/);
    await until(
      'margins',
      async () => /^[+−]\d/.exec(await frame.locator('.row .margin').first().innerText()) !== null,
    );
    expect(await frame.locator('article').count()).toBe(2);
    await screenshot(page, 'dataset-dark');
    await frame.getByRole('tab', { name: /Findings/ }).click();
    await until('a finding', async () =>
      (await frame.locator('.row .pill').first().innerText()).includes('likely-mislabeled'),
    );
    await frame.locator('.list .row').first().click();
    await until('its pair', async () =>
      (await frame.locator('.detail').innerText()).includes('Finding 1 of'),
    );
    await screenshot(page, 'dataset-findings');
  });

  it('is flipped, undone, made again, and saved: the edited cells change and no other', async () => {
    const { page } = window;
    const before = await linesOf();
    const frame = await datasetFrame();
    await frame.locator('.list').press('f');
    await until('the unsaved mark', isDirty);
    // Flipped, it is no finding any more: it stands in its place among all rows.
    await frame.getByRole('tab', { name: 'All rows' }).click();
    await until('the edited row', async () => (await frame.locator('.row .pill.edited').count()) > 0);
    await screenshot(page, 'dataset-edited');
    await frame.locator('.list').press('u');
    await until('no unsaved mark', async () => !(await isDirty()));
    await press(page, process.platform === 'darwin' ? 'Mod+Shift+Z' : 'Mod+Y');
    await until('the unsaved mark again', isDirty);
    expect(await linesOf()).toEqual(before);
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isDirty()));
    const after = await linesOf();
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [i]));
    expect(changed).toHaveLength(1);
    const [was, is] = [before, after].map(
      (lines) => JSON.parse(lines[changed[0]!]!) as Record<string, unknown>,
    );
    expect(is).toEqual({ ...was, chosen: was!.rejected, rejected: was!.chosen });
    expect(readFileSync(path).includes('huggingface')).toBe(true);
    await waitForStatus(page, /1,200 pairs/);
  });

  it('is led to from the Problems view, row by row', async () => {
    const { page } = window;
    await runCommand(page, 'Problems: Focus on Problems View');
    const entry = page.locator('.markers-panel .monaco-list-row', { hasText: 'likely-mislabeled' }).first();
    await entry.waitFor();
    const [, line = ''] = /\[Ln (\d+)/.exec(await entry.innerText()) ?? [];
    await entry.dblclick();
    const frame = await datasetFrame();
    await until(`row ${line}`, async () =>
      (await frame.locator('.detail .place').innerText()).startsWith(
        `Row ${Number(line).toLocaleString('en')}`,
      ),
    );
    await until('one tab', async () => (await page.locator('.tabs-container .tab').count()) === 1);
    expect(await frame.locator('.row.selected .number').innerText()).toContain(
      Number(line).toLocaleString('en'),
    );
    await screenshot(page, 'dataset-from-problems');
    await runCommand(page, 'View: Toggle Panel Visibility');
  });

  it('opens as JSONL text, with all that a JSONL file has, and is saved from there', async () => {
    const { page } = window;
    const before = await linesOf();
    await runCommand(page, 'PrefLens: Open Parquet as JSONL Text');
    await page.locator('.tab.active', { hasText: 'pairs.parquet.jsonl' }).waitFor();
    await waitForStatus(page, /1,200 pairs .*findings/);
    await goTo(page, 21, 5);
    await runCommand(page, 'PrefLens: Flip Chosen and Rejected');
    await until('the unsaved mark', isDirty);
    await screenshot(page, 'dataset-as-text');
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isDirty()));
    const after = await linesOf();
    expect(after.flatMap((line, i) => (line === before[i] ? [] : [i]))).toEqual([20]);
  });
});
