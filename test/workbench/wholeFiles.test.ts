// Files that VS Code does not pass to extensions, records with several pairs, and preflens.json.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { generatePairs } from '../bench/generate.ts';
import {
  compareFrame,
  goTo,
  openFile,
  press,
  problems,
  runCommand,
  screenshot,
  statusItem,
  until,
  waitForStatus,
} from './actions.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-whole-'));
const large = join(folder, 'large.jsonl');
let window: Window;

const ranked = (i: number): string =>
  JSON.stringify({
    prompt: `Name a bird of kind ${i}`,
    answers: ['A wren', 'A heron, which stands in shallow water', 'An owl at night'].map((answer, rank) => ({
      answer: `${answer} (${i})`,
      rank: ((rank + i) % 3) + 1,
    })),
  });

beforeAll(async () => {
  const lines = [...generatePairs(36_000, 12)];
  // The same pair twice; the second has the opposite label.
  const { prompt, chosen, rejected } = JSON.parse(lines[1]!) as Record<string, string>;
  lines[3] = `${JSON.stringify({ prompt, chosen: rejected, rejected: chosen })}\n`;
  writeFileSync(large, lines.join(''));
  writeFileSync(join(folder, 'ranked.jsonl'), Array.from({ length: 40 }, (_, i) => ranked(i)).join('\n'));
  writeFileSync(
    join(folder, 'tie.jsonl'),
    '{"prompt":"Name a bird","completion_a":"A wren","completion_b":"A small wren","preference":"tie"}',
  );
  writeFileSync(
    join(folder, 'preflens.json'),
    '{\n  "mappings": [\n    {  "files": "none.jsonl", "mapping": "nectar" }\n  ]\n}\n',
  );
  window = await openWindow(folder, {
    'workbench.colorTheme': 'Default Dark Modern',
    // Served windows ask before they open more than 10 MB.
    'workbench.editorLargeFileConfirmation': 2048,
    'preflens.scoreOnOpen': false,
  });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a file above 50 MB', () => {
  it('is read from disk: the status and Problems show its pairs and findings', async () => {
    expect(statSync(large).size).toBeGreaterThan(50 * 1024 * 1024);
    const { page } = window;
    await openFile(page, 'large.jsonl');
    await waitForStatus(page, /36,000 pairs.*[1-9]\d* findings?$/);
    await runCommand(page, 'Problems: Focus on Problems View');
    const rows = await until('the contradictions', async () => {
      const found = await problems(page);
      return found.filter((row) => row.includes('opposite-duplicate')).length === 2 && found;
    });
    expect(rows.join(' ')).toContain('Line 2 has the opposite label');
    await screenshot(page, 'large-file-problems');
  });

  it('can be compared, flipped and saved in place', async () => {
    const { page } = window;
    const before = readFileSync(large, 'utf8').split('\n');
    await runCommand(page, 'PrefLens: Review Findings');
    const frame = await compareFrame(page);
    // The first of the two findings.
    const [, shown] = /line (\d+)/i.exec(await frame.locator('.place').innerText()) ?? [];
    const line = Number(shown) - 1;
    expect(await frame.locator('.place').innerText()).toContain('Finding 1 of ');
    await frame.locator('body').click({ position: { x: 4, y: 400 } });
    await frame.locator('body').press('f');
    await waitForStatus(page, /1 unsaved edit/);
    expect(readFileSync(large, 'utf8')).toBe(before.join('\n'));
    await statusItem(page).hover();
    await page.waitForTimeout(800);
    await screenshot(page, 'large-file-unsaved');
    await runCommand(page, 'PrefLens: Save Edits');
    await waitForStatus(page, /^36,000 pairs · TRL explicit prompt · \d+ findings?$/);
    const after = readFileSync(large, 'utf8').split('\n');
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [i]));
    expect(changed).toEqual([line]);
    const [was, is] = [before[line]!, after[line]!].map((line) => JSON.parse(line) as Record<string, string>);
    expect(is).toEqual({ ...was, chosen: was!.rejected, rejected: was!.chosen });
    await page.keyboard.press('Escape');
  });
});

describe('a file above 50 MB as a dataset', () => {
  it('is scrolled to its end, filtered by a search of the whole file, and edited', async () => {
    const { page } = window;
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'large.jsonl');
    // VS Code offers the commands of a file when its text is there.
    await page.locator('.monaco-editor .view-line').first().waitFor();
    await runCommand(page, 'PrefLens: Open as Dataset');
    const frame = await until('the rows', async () => {
      for (const one of page.frames())
        if (
          (await one
            .locator('.list .row [data-column=row] .number')
            .count()
            .catch(() => 0)) > 5
        )
          return one;
      return false;
    });
    await waitForStatus(page, /36,000 pairs/);
    await frame.locator('.list').press('Control+End');
    await until('the last row', async () =>
      (await frame.locator('.row.selected [data-column=row]').innerText()).startsWith('36,000'),
    );
    const words = (await frame.locator('.row.selected [data-column=prompt]').innerText()).split(' ');
    await frame.locator('.query input').fill(`prompt:"${words.slice(0, 5).join(' ')}"`);
    await until('the hits', async () => /^[1-9]/.test(await frame.locator('.hits').innerText()));
    await frame.locator('.query input').press('Escape');
    await frame.locator('.list').press('f');
    await frame.locator('.row .pill.edited').first().waitFor();
    await screenshot(page, 'large-file-dataset');
    await press(page, 'Mod+Z');
    await until('no edited row', async () => (await frame.locator('.row .pill.edited').count()) === 0);
    await runCommand(page, 'View: Close All Editors');
  });
});

describe('ranked answers', () => {
  it('lists every pair of a record in the hover, and compares the one with the finding', async () => {
    const { page } = window;
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'ranked.jsonl');
    await waitForStatus(page, /120 pairs · Nectar/);
    await goTo(page, 2, 5);
    await runCommand(page, 'Show or Focus Hover');
    const hover = page.locator('.monaco-hover').first();
    await hover.waitFor({ state: 'visible' });
    const text = await until('the hover of three pairs', async () => {
      const words = await hover.innerText();
      return words.includes('3 pairs in this record') && words;
    });
    expect(text).toContain('answer 3 over answer 1');
    await screenshot(page, 'ranked-hover');
    await press(page, 'Escape');
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    expect(await frame.locator('body').innerText()).toContain('Name a bird of kind 1');
    await screenshot(page, 'ranked-compare');
  });
});

describe('a tie', () => {
  it('is compared without a winner', async () => {
    const { page } = window;
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'tie.jsonl');
    await waitForStatus(page, /1 pair · /);
    await goTo(page, 1, 5);
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    expect(await frame.locator('h2').allInnerTexts()).toEqual(['First, tied', 'Second, tied']);
    await screenshot(page, 'tie-compare');
  });
});

describe('preflens.json', () => {
  it('gets completions from its schema', async () => {
    const { page } = window;
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'preflens.json');
    await goTo(page, 3, 7);
    await press(page, 'Control+Space');
    const list = page.locator('.suggest-widget');
    await list.waitFor({ state: 'visible' });
    const words = await until('the fields', async () => {
      const found = await list.innerText();
      return found.includes('chosen') && found.includes('prompt') && found;
    });
    expect(words).toContain('axis');
    await screenshot(page, 'config-completion');
  });
});
