// Using a Parquet file, and a JSONL file as a dataset: open, read, filter, flip, undo, save.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFile as openData } from '#node/files.ts';

import { crc32 } from '../fakes/crc32.ts';
import { decode } from '../fakes/records.ts';
import {
  datasetFrame,
  goTo,
  openFile,
  press,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import { isServer, processesOf } from './processes.ts';
import { reloadWith, reloadWithEdits } from './reload.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-dataset-'));
const path = join(folder, 'pairs.parquet');
const jsonl = join(folder, 'pairs.jsonl');
let window: Window;

/** A record whose answers differ more in length the higher its number is. */
function lineOf(i: number): string {
  const chosen = `Take the path by the river to place ${i}${', then go on'.repeat(1 + (i % 50))}.`;
  const rejected = `No idea where ${i} is.`;
  return JSON.stringify({ source: `source ${i % 3}`, prompt: `Where is place ${i}?`, chosen, rejected });
}

/** A small picture in base64. */
function picture(): string {
  const [width, height] = [96, 48];
  const raw = Buffer.from(
    Array.from({ length: height }, (_, y) => [
      0,
      ...Array.from({ length: width }, (_, x) => [2 * x, 4 * y, 140]).flat(),
    ]).flat(),
  );
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat(parts).toString('base64');
}

beforeAll(async () => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  // Every hundredth pair has the wrong label.
  await db.run(`
    COPY (
      SELECT 'source ' || (i % 3) AS source,
        [{'role': 'user', 'content': 'Tell me of place ' || i || ', and what to see there.'}] AS prompt,
        [{'role': 'assistant', 'content': CASE WHEN i % 100 = 7 THEN bad ELSE good END}] AS chosen,
        [{'role': 'assistant', 'content': CASE WHEN i % 100 = 7 THEN good ELSE bad END}] AS rejected,
        {'bytes': from_base64('${picture()}'), 'path': 'place.png'} AS picture
      FROM (SELECT i,
          'The old town of place ' || i || ' has a market, a bridge and a museum. Walk along the river first.' AS good,
          'I do not know, sorry. Place ' || i || ' is boring' AS bad
        FROM range(1200) t(i))
    ) TO '${path}' (FORMAT parquet, CODEC 'zstd', KV_METADATA {huggingface: 'kept'})`);
  writeFileSync(jsonl, Array.from({ length: 300 }, (_, i) => lineOf(i)).join('\n'));
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

const isActiveDirty = async (): Promise<boolean> =>
  (await window.page.locator('.tab.active.dirty').count()) > 0;

describe('a Parquet file', () => {
  it('opens as a list of rows with margins and findings, and shows the pair beside it', async () => {
    const { page } = window;
    await openFile(page, 'pairs.parquet');
    const frame = await datasetFrame(window.page, 6);
    await waitForStatus(page, /1,200 pairs .*[1-9]\d* findings/);
    await until(
      'margins',
      async () =>
        /^[+−]\d/.exec(await frame.locator('.row [data-column=margin]').first().innerText()) !== null,
    );
    await until('both answers', async () => (await frame.locator('article').count()) === 2);
    await until('the picture', async () =>
      frame.locator('.pictures img').evaluate((image) => (image as HTMLImageElement).naturalWidth === 96),
    );
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

  it('can be flipped, undone, redone and saved: only the edited cells change', async () => {
    const { page } = window;
    const before = await linesOf();
    const frame = await datasetFrame(window.page, 6);
    await frame.locator('.list').press('f');
    await until('the unsaved mark', isActiveDirty);
    // A flipped pair has no finding any more, but All rows still lists it.
    await frame.getByRole('tab', { name: 'All rows' }).click();
    await until('the edited row', async () => (await frame.locator('.row .pill.edited').count()) > 0);
    await screenshot(page, 'dataset-edited');
    await frame.locator('.list').press('u');
    await until('no unsaved mark', async () => !(await isActiveDirty()));
    // VS Code ignores a redo while an undo is still running.
    await until('no edited row', async () => (await frame.locator('.row .pill.edited').count()) === 0);
    await press(page, process.platform === 'darwin' ? 'Mod+Shift+Z' : 'Mod+Y');
    await until('the unsaved mark again', isActiveDirty);
    expect(await linesOf()).toEqual(before);
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isActiveDirty()));
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

  it('opens from the Problems view at the right row', async () => {
    const { page } = window;
    await runCommand(page, 'Problems: Focus on Problems View');
    const entry = page.locator('.markers-panel .monaco-list-row', { hasText: 'likely-mislabeled' }).first();
    await entry.waitFor();
    const [, line = ''] = /\[Ln (\d+)/.exec(await entry.innerText()) ?? [];
    await entry.dblclick();
    const frame = await datasetFrame(window.page, 6);
    await until(`row ${line}`, async () =>
      (await frame.locator('.detail .place').innerText()).startsWith(
        `Row ${Number(line).toLocaleString('en')}`,
      ),
    );
    await until('one tab', async () => (await page.locator('.tabs-container .tab').count()) === 1);
    expect(await frame.locator('.row.selected [data-column=row]').innerText()).toContain(
      Number(line).toLocaleString('en'),
    );
    await screenshot(page, 'dataset-from-problems');
    await runCommand(page, 'View: Toggle Panel Visibility');
  });

  it('opens as JSONL text with all JSONL features, and can be saved from there', async () => {
    const { page } = window;
    const before = await linesOf();
    await runCommand(page, 'PrefLens: Open as Text');
    await page.locator('.tab.active', { hasText: 'pairs.parquet.jsonl' }).waitFor();
    await waitForStatus(page, /1,200 pairs .*findings/);
    await goTo(page, 21, 5);
    await runCommand(page, 'PrefLens: Flip Chosen and Rejected');
    await until('the unsaved mark', isActiveDirty);
    await screenshot(page, 'dataset-as-text');
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isActiveDirty()));
    const after = await linesOf();
    expect(after.flatMap((line, i) => (line === before[i] ? [] : [i]))).toEqual([20]);
  });

  it('keeps unsaved edits when the window reopens, and drops them on revert', async () => {
    const { page } = window;
    const before = await linesOf();
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'pairs.parquet');
    let frame = await datasetFrame(window.page, 6);
    await waitForStatus(page, /1,200 pairs .*findings/);
    // It was opened before, and shows again what it showed then.
    await frame.getByRole('tab', { name: 'All rows' }).click();
    await frame.locator('.list').press('Control+Home');
    await frame.locator('.list .row').nth(2).click();
    await until('the pair', async () => (await frame.locator('.detail').innerText()).includes('Row 3'));
    await frame.locator('.list').press('f');
    await until('the unsaved mark', isActiveDirty);
    await reloadWithEdits(window, 1);
    frame = await datasetFrame(window.page, 6);
    await until('the unsaved mark again', isActiveDirty);
    await until('the edited row', async () => (await frame.locator('.row .pill.edited').count()) === 1);
    expect(await linesOf()).toEqual(before);
    await screenshot(page, 'dataset-restored');
    await frame.locator('.list .row').first().click();
    await runCommand(page, 'File: Revert File');
    await until('no unsaved mark', async () => !(await isActiveDirty()));
    await until('no edited row', async () => (await frame.locator('.row .pill.edited').count()) === 0);
    expect(await linesOf()).toEqual(before);
  });

  it('undoes edits one by one, also those from before the window reopened', async () => {
    const before = await linesOf();
    const flip = async (frame: Frame, row: number): Promise<void> => {
      await frame.locator('.list .row').nth(row).click();
      await until('the pair', async () =>
        (await frame.locator('.detail').innerText()).includes(`Row ${row + 1}`),
      );
      await frame.locator('.list').press('f');
    };
    const edited = async (frame: Frame, count: number): Promise<unknown> =>
      until(`${count} edited rows`, async () => (await frame.locator('.row .pill.edited').count()) === count);
    let frame = await datasetFrame(window.page, 6);
    await flip(frame, 2);
    await edited(frame, 1);
    await flip(frame, 4);
    await edited(frame, 2);
    await reloadWithEdits(window, 2);
    frame = await datasetFrame(window.page, 6);
    await edited(frame, 2);
    await flip(frame, 6);
    await edited(frame, 3);
    for (let left = 2; left >= 0; left--) {
      expect(await isActiveDirty()).toBe(true);
      await frame.locator('.list').press('u');
      await edited(frame, left);
    }
    await until('no unsaved mark', async () => !(await isActiveDirty()));
    expect(await linesOf()).toEqual(before);
  });

  it('shows its portrait, where a drag and a row of a table filter the rows', async () => {
    const { page } = window;
    await openFile(page, 'pairs.parquet');
    await waitForStatus(page, /1,200 pairs .*[1-9]\d* findings/);
    await runCommand(page, 'PrefLens: Show Portrait');
    await screenshot(page, 'portrait-opening');
    const frame = await until('the margins of the portrait', async () => {
      for (const one of page.frames())
        if ((await one.locator('#figure-margins .hit').count()) > 2) return one;
      return false;
    });
    await screenshot(page, 'portrait');
    const query = async (): Promise<string> => frame.getByLabel('Filter the rows').inputValue();
    const [from, to] = await Promise.all(
      [0, 1].map(async (bar) => frame.locator('#figure-margins .hit').nth(bar).boundingBox()),
    );
    await page.mouse.move(from!.x + 2, from!.y + 20);
    await page.mouse.down();
    await page.mouse.move(to!.x + 2, to!.y + 30, { steps: 4 });
    await page.mouse.up();
    await until('the filter of the drag', async () => (await query()).startsWith('margin'));
    await screenshot(page, 'portrait-filtered');
    await frame.getByRole('tab', { name: 'Portrait' }).click();
    await frame.locator('#figure-findings summary').click();
    await frame.getByRole('button', { name: 'Show the rows of likely-mislabeled' }).press('Enter');
    await until('the filter of the rule', async () => (await query()) === 'rule:likely-mislabeled');
    await until('only its rows', async () => {
      const pills = await frame.locator('.list .row .pill').allInnerTexts();
      const rows = await frame.locator('.list .row').count();
      return rows > 0 && pills.filter((text) => text === 'likely-mislabeled').length === rows;
    });
  });

  it('shows the portrait of the filtered rows, where a bar narrows the filter', async () => {
    const { page } = window;
    const frame = await datasetFrame(page, 1);
    const box = frame.getByLabel('Filter the rows');
    await frame.getByRole('tab', { name: 'Portrait' }).click();
    await frame.getByRole('button', { name: 'All rows', pressed: true }).waitFor();
    await box.fill('record<=200');
    await frame.getByRole('button', { name: '200 filtered rows', pressed: true }).waitFor();
    await frame.locator('#figure-margins .behind').first().waitFor();
    expect(await frame.locator('#figure-subset figcaption').innerText()).toContain('200 of 1,200 pairs');
    await screenshot(page, 'portrait-of-rows');
    const bar = frame.locator('#figure-margins .hit').nth(2);
    const [counted] = /[\d,]+/.exec(await bar.locator('title').innerHTML())!;
    const { x, y, width } = (await bar.boundingBox())!;
    await page.mouse.click(x + width / 2, y + 20);
    await until('the rows of the bar', async () => (await box.inputValue()).startsWith('record<=200 margin'));
    await until('as many as it counts', async () =>
      (await frame.locator('.hits').innerText()).startsWith(`${counted} row`),
    );
    await frame.getByRole('tab', { name: 'Portrait' }).click();
    await frame.getByRole('button', { name: `${counted} filtered row`, pressed: true }).waitFor();
    await frame.getByRole('button', { name: 'All rows' }).last().click();
    await until('the figures of the file', async () => (await frame.locator('#figure-subset').count()) === 0);
    await box.fill('');
    await frame.getByRole('button', { name: 'Filtered rows', disabled: true }).waitFor();
  });
});

describe('a JSONL file as a dataset', () => {
  const rowNumbers = async (frame: Frame, count: number): Promise<number[]> => {
    const cells = frame.locator('.list .row [data-column=row] .number');
    const texts = (await cells.allInnerTexts()).slice(0, count);
    return texts.map((text) => Number(text.replaceAll(/\D/g, '')));
  };

  const filtered = async (frame: Frame): Promise<unknown> =>
    until('the filtered rows', async () => (await frame.locator('.hits').innerText()).startsWith('100 rows'));

  it('is filtered and sorted; two rows are flipped, undone, flipped again and saved', async () => {
    const { page } = window;
    const before = readFileSync(jsonl, 'utf8').split('\n');
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'pairs.jsonl');
    await waitForStatus(page, /300 pairs .*findings/);
    await runCommand(page, 'PrefLens: Open as Dataset');
    const frame = await datasetFrame(window.page, 6);
    await frame.locator('.query input').fill('source:"source 1"');
    await filtered(frame);
    await frame.locator('.query input').press('Escape');
    await frame.locator('.head[data-column=difference] button').click();
    const longest = frame.locator('.head[data-column=difference] button');
    await longest.click();
    await until('the rows in descending order', async () => (await rowNumbers(frame, 1))[0]! % 50 === 0);
    await screenshot(page, 'dataset-jsonl-filtered');
    const [first, second] = await rowNumbers(frame, 2);
    const rows = frame.locator('.list .row');
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['Shift'] });
    await frame.locator('.marked-rows', { hasText: '2 rows marked' }).waitFor();
    await frame.locator('.list').press('f');
    await frame.locator('.notice.done', { hasText: 'Flipped 2 rows.' }).waitFor();
    await until('the unsaved mark', isActiveDirty);
    await press(page, 'Mod+Z');
    await until('no unsaved mark', async () => !(await isActiveDirty()));
    await until('the same order', async () => (await rowNumbers(frame, 2)).join() === [first, second].join());
    // The page forgets marks when it hears of the undo, which may come after these presses.
    await until('two marked rows', async () => {
      await rows.nth(0).click();
      await rows.nth(1).click({ modifiers: ['Shift'] });
      await page.waitForTimeout(500);
      return frame.locator('.marked-rows', { hasText: '2 rows marked' }).isVisible();
    });
    await frame.locator('.list').press('f');
    await until('the unsaved mark', isActiveDirty);
    await press(page, 'Mod+S');
    await until('no unsaved mark after the save', async () => !(await isActiveDirty()));
    const after = readFileSync(jsonl, 'utf8').split('\n');
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [i + 1]));
    expect(changed.sort((a, b) => a - b)).toEqual([first!, second!].sort((a, b) => a - b));
  });

  it('has its filter and order again after a reload', async () => {
    const { page } = window;
    await reloadWith(window, 'preflens.datasetText', 'source 1');
    const frame = await datasetFrame(window.page, 6);
    await filtered(frame);
    expect(await frame.locator('.query input').inputValue()).toBe('source:"source 1"');
    expect(await frame.locator('.head[data-column=difference]').getAttribute('aria-sort')).toBe('descending');
    await screenshot(page, 'dataset-jsonl-restored');
  });

  it.runIf(process.platform === 'linux')(
    'saves what the keys before Ctrl+S did, also if the server takes its time',
    async () => {
      const { page } = window;
      const frame = await datasetFrame(page, 6);
      const before = readFileSync(jsonl, 'utf8').split('\n');
      const changed = (): number =>
        readFileSync(jsonl, 'utf8')
          .split('\n')
          .filter((line, i) => line !== before[i]).length;
      const [first, second] = await rowNumbers(frame, 2);
      const list = frame.locator('.list');
      const place = frame.locator('.detail .place strong');
      await list.locator('.row').first().click();
      await until('the first pair', async () => (await place.innerText()) === `Row ${first}`);
      await list.press('f');
      await until('the unsaved mark', isActiveDirty);
      await list.press('ArrowDown');
      await until('the second pair', async () => (await place.innerText()) === `Row ${second}`);
      const server = processesOf(window).find(isServer)!;
      process.kill(server.pid, 'SIGSTOP');
      try {
        await list.press('f');
        await press(page, 'Mod+S');
        await until('the save of what is known', async () => Promise.resolve(changed() === 1));
      } finally {
        process.kill(server.pid, 'SIGCONT');
      }
      await until('the save of both', async () => changed() === 2 && !(await isActiveDirty()));
    },
  );
});
