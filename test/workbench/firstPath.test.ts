// A user's first ten minutes: on real data where it is present, and always on the sample.
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

import { hasData, NEEDS_DATA } from '../bench/flips.ts';
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
  statusText,
  until,
  waitForStatus,
} from './actions.ts';
import type { Window } from './window.ts';
import { openWindow, PATIENCE_MS } from './window.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HELPFUL = join(ROOT, '..', 'shared', 'data', 'hh-rlhf', 'helpful-base.jsonl.gz');

const sha = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

const FILES = [
  {
    name: `helpful-base${NEEDS_DATA}`,
    file: 'helpful-base.jsonl',
    mapping: 'HH transcript',
    pairs: '1,412',
    real: true,
  },
  { name: 'the sample', file: 'support.jsonl', mapping: 'TRL explicit prompt', pairs: '596', real: false },
];

/** The finding numbers in the heading of the page: "Finding 3 of 40", "Findings 3–4 of 40". */
function numbersIn(place: string): { readonly from: number; readonly to: number } | undefined {
  const [, from, to = from] = /Findings? ([\d,]+)(?:–([\d,]+))? of/.exec(place) ?? [];
  const numberOf = (text: string): number => Number(text.replaceAll(',', ''));
  return from === undefined ? undefined : { from: numberOf(from), to: numberOf(to!) };
}

describe.each(FILES)('$name', ({ file, mapping, pairs, real }) => {
  const it = test.skipIf(real && !hasData);
  // What the data can't change is tested once.
  const onSample = real ? () => undefined : test;
  const folder = mkdtempSync(join(tmpdir(), 'preflens-data-'));
  const path = join(folder, file);
  let window: Window;
  let original: Buffer;
  let hash: string;
  /** Line of a pair that is likely mislabeled, and its rank. */
  let suspect = 0;
  let rank = 0;

  beforeAll(async () => {
    if (real) writeFileSync(path, gunzipSync(readFileSync(HELPFUL)));
    else cpSync(join(ROOT, 'media', 'sample', 'support.jsonl'), path);
    original = readFileSync(path);
    hash = sha(path);
    window = await openWindow(folder, {
      'workbench.colorTheme': real ? 'Default Dark Modern' : 'Default Light Modern',
      'preflens.codeLens': 'all',
    });
    await openFile(window.page, file);
  });

  afterAll(async () => {
    await window.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('recognises the file, scores it and shows both in the status bar', async () => {
    const text = await waitForStatus(window.page, /findings$/);
    expect(text).toContain(`${pairs} pairs`);
    expect(text).toContain(mapping);
  });

  it('lists findings in the Problems view, likely wrong labels among them', async () => {
    const { page } = window;
    await runCommand(page, 'Problems: Focus on Problems View');
    const filter = page.locator('.markers-panel-action-filter input, .viewpane-filter input').first();
    await filter.fill('likely-mislabeled');
    const rows = await until('a finding about a label', async () => {
      const seen = (await problems(page)).filter((row) => /PrefLens\(? ?likely-mislabeled/.test(row));
      return seen.length > 0 && seen;
    });
    const first =
      rows.find((row) => row.includes('(1st of')) ?? rows.find((row) => row.includes('Label looks wrong'))!;
    suspect = Number(/Ln (\d+)/.exec(first)?.[1]);
    rank = Number(/\((\d+)\w\w of/.exec(first)?.[1]);
    expect(rank).toBeGreaterThan(0);
    expect(suspect).toBeGreaterThan(0);
    await filter.fill('');
    await screenshot(page, `problems-${real ? 'real' : 'sample'}`);
  });

  it('shows margin, percentile, scorer and self-test in the hover', async () => {
    const { page } = window;
    await runCommand(page, 'View: Focus Active Editor Group');
    await goTo(page, suspect, 4);
    await waitForStatus(page, /findings$/);
    // Diagnostics that arrive now close the hover: open it again, as a user would.
    const text = await until('the hover', async () => {
      const hovers = await page.locator('.monaco-hover:visible').allInnerTexts();
      const ours = hovers.find((one) => one.includes('Scorer'));
      if (ours === undefined) {
        await runCommand(page, 'Show or Focus Hover');
        await page.waitForTimeout(500);
      }
      return ours?.replaceAll(/\s+/g, ' ');
    });
    expect(text).toMatch(/Margin −\d+\.\d\d · lowest [\d.]+ % of this file/);
    expect(text).toMatch(/Reward: chosen [+−]\d+\.\d\d, rejected [+−]\d+\.\d\d/);
    expect(text).toContain(
      'Scorer: The consistency scorer judges consistency with the rest of this file, not truth.',
    );
    expect(text).toMatch(
      /agrees with \d+ % of the labels \(\d+–\d+ %\); “the longer answer wins” agrees with \d+ %/,
    );
    expect(text).toMatch(/What drove it: \S+/);
    await screenshot(page, `hover-${real ? 'real' : 'sample'}`);
    await press(page, 'Escape');
    await press(page, 'Escape');
  });

  onSample('draws code lenses on the visible records', async () => {
    const lenses = await until('a visible lens', async () => {
      const texts = await window.page.locator('.codelens-decoration:visible').allInnerTexts();
      return texts.length > 0 && texts;
    });
    for (const text of lenses)
      expect(text).toMatch(/^margin [+−]?\d+\.\d\d · (?:low|high)est [\d.]+ %\s*\|\s*Compare\s*\|\s*Flip$/);
  });

  onSample('flips by quick fix: two byte ranges change, everything else stays', async () => {
    const { page } = window;
    await goTo(page, suspect, 4);
    await press(page, 'Mod+.');
    const fix = page
      .locator('.action-widget .monaco-list-row', { hasText: 'Flip chosen and rejected' })
      .first();
    await fix.waitFor();
    await fix.click();
    await until('the edit', async () => (await page.locator('.tab.active.dirty').count()) > 0);
    await press(page, 'Mod+S');
    await until('the saved file', async () => (await page.locator('.tab.active.dirty').count()) === 0);
    expect(sha(path)).not.toBe(hash);
    const before = original.toString('latin1').split('\n');
    const after = readFileSync(path).toString('latin1').split('\n');
    const changed = before.flatMap((line, i) => (line === after[i] ? [] : [i]));
    expect(after.length).toBe(before.length);
    expect(changed).toEqual([suspect - 1]);
    const string = '"(?:[^"\\\\]|\\\\.)*"';
    const shape = new RegExp(`^(.*"chosen": ?)(${string})(.*"rejected": ?)(${string})(.*)$`);
    const [, a, chosen, b, rejected, c] = shape.exec(before[suspect - 1]!)!;
    expect(after[suspect - 1]).toBe(`${a!}${rejected!}${b!}${chosen!}${c!}`);
  });

  onSample('restores the original hash on undo', async () => {
    const { page } = window;
    await runCommand(page, 'View: Focus Active Editor Group');
    await press(page, 'Mod+Z');
    await until('the edit', async () => (await page.locator('.tab.active.dirty').count()) > 0);
    await press(page, 'Mod+S');
    await until('the original bytes', async () => Promise.resolve(sha(path) === hash));
    expect(sha(path)).toBe(hash);
  });

  it('compares side by side, steps, flips and undoes from the keyboard', async () => {
    const { page } = window;
    await goTo(page, suspect, 4);
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    const texts = async (): Promise<string[]> => frame.locator('article .text').allInnerTexts();
    const place = async (): Promise<string> => frame.locator('.place').innerText();
    const first = await until('the finding number', async () => numbersIn(await place()));
    expect(first.from).toBeGreaterThanOrEqual(rank);
    // A text is plain until the page has loaded what renders Markdown.
    const [chosen, rejected] = await until('texts that stay', async () => {
      const before = await texts();
      await page.waitForTimeout(500);
      return (await texts()).join() === before.join() && before;
    });
    expect(chosen).not.toBe('');
    expect(rejected).not.toBe('');
    expect(await frame.locator('.reward').allInnerTexts()).toEqual([
      expect.stringMatching(/^reward [+−]\d+\.\d\d$/),
      expect.stringMatching(/^reward [+−]\d+\.\d\d$/),
    ]);
    expect(await frame.locator('.margin').innerText()).toMatch(/Margin −\d+\.\d\d/);
    await screenshot(page, `compare-${real ? 'dark' : 'light'}`);

    await frame.locator('body').click({ position: { x: 4, y: 400 } });
    await frame.locator('body').press('f');
    await until('the sides to be exchanged', async () => {
      const [now, other] = await texts();
      return now === rejected && other === chosen;
    });
    await frame.locator('body').press('u');
    await until('the sides as they were', async () => (await texts())[0] === chosen);
    await frame.locator('body').press('j');
    await until('the next finding', async () => numbersIn(await place())?.from === first.to + 1);
    await frame.locator('body').press('k');
    await until('the first finding again', async () => numbersIn(await place())?.from === first.from);
  });

  onSample('moves on to the next finding after one is fixed', async () => {
    const frame = await compareFrame(window.page);
    const place = async (): Promise<string> => frame.locator('.place').innerText();
    // Numbers of findings change while the search for near duplicates runs; lines stay.
    const line = async (): Promise<string | undefined> => /line [\d,]+/i.exec(await place())?.[0];
    const next = async (): Promise<string> => {
      const before = await line();
      await frame.locator('body').press('j');
      return until('the next finding', async () => {
        const seen = await line();
        return seen !== before && seen;
      });
    };
    let first = await until('a finding', line);
    // A pair with two findings still has one after a flip.
    while (!/Finding [\d,]+ of/.test(await place())) first = await next();
    const second = await next();
    await frame.locator('body').press('k');
    await until('the first finding', async () => (await line()) === first);
    await frame.locator('body').press('f');
    await until('the finding to be gone', async () => (await place()).includes('No finding here'));
    await frame.locator('body').press('j');
    await until('the one after it', async () => (await line()) === second);
    await frame.locator('body').press('u');
  });

  onSample('colours the keys of the prompt and the two sides differently', async () => {
    const { page } = window;
    await runCommand(page, 'View: Focus First Editor Group');
    await press(page, 'Mod+Home');
    const colours = await until('coloured keys', async () => {
      const found = await page.evaluate(() => {
        const colourOf = (name: string): string | undefined => {
          const spans = [...document.querySelectorAll('.view-line span span')];
          const span = spans.find((one) => one.textContent === `"${name}"`);
          return span ? getComputedStyle(span).color : undefined;
        };
        return { chosen: colourOf('chosen'), prompt: colourOf('prompt'), id: colourOf('id') };
      });
      return found.chosen !== undefined && found;
    });
    expect(new Set(Object.values(colours)).size).toBe(3);
    expect(colours.chosen).toMatch(/^rgb/);
  });
});

describe('cancelling', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-cancel-'));
  let window: Window;

  beforeAll(async () => {
    writeFileSync(join(folder, 'large.jsonl'), [...generatePairs(15_000, 7)].join(''));
    window = await openWindow(folder);
    await openFile(window.page, 'large.jsonl');
  });

  afterAll(async () => {
    await window.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('stops scoring, says how soon, and scores again on request', async () => {
    const { page } = window;
    await waitForStatus(page, /scoring$/, 3 * PATIENCE_MS);
    await page
      .locator('.statusbar-item', { hasText: /PrefLens: scoring/ })
      .first()
      .waitFor();
    await screenshot(page, 'scoring');
    await runCommand(page, 'PrefLens: Stop Scoring');
    await waitForStatus(page, /scoring stopped/);
    const said = await until('the tooltip of the status item', async () => {
      await page.mouse.move(700, 300);
      await statusItem(page).hover();
      await page.waitForTimeout(1500);
      const text = (await page.locator('.workbench-hover, .monaco-hover').allInnerTexts()).join(' ');
      return /stopped within (\d+) ms/.exec(text) ?? undefined;
    });
    await screenshot(page, 'stopped');
    console.log(`Cancelling took ${said[1]!} ms.`);
    expect(await statusText(page)).toContain('15,000 pairs');
    await runCommand(page, 'PrefLens: Score This File');
    await waitForStatus(page, /scoring$/);
  });
});
