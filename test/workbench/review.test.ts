// A review by hand: keys alone, blind, and with a second reviewer. In a text and in a table, over a reload.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseDecisions } from '#core/memory/decisions.ts';
import type { Verdict } from '#core/memory/verdicts.ts';
import { formatVerdict } from '#core/memory/verdicts.ts';

import { openFile, press, runCommand, screenshot, until, waitForStatus } from './actions.ts';
import { reloadWith } from './reload.ts';
import type { Window } from './window.ts';
import { openWindow, PATIENCE_MS } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-review-'));
const decisions = join(folder, '.preflens', 'decisions.jsonl');
let window: Window;

/** Every ninth label is wrong. */
function recordOf(i: number): { source: string; prompt: string; chosen: string; rejected: string } {
  const good = `Take the path by the river to place ${i}, and look at the old bridge and its ${i + 3} arches on the way.`;
  const bad = `No idea, sorry. Place ${i} is boring`;
  const isWrong = i % 9 === 4;
  return {
    source: `source ${i % 3}`,
    prompt: `How do I get to place ${i}?`,
    chosen: isWrong ? bad : good,
    rejected: isWrong ? good : bad,
  };
}

beforeAll(async () => {
  const records = Array.from({ length: 200 }, (_, i) => recordOf(i));
  const lines = records.map((record) => JSON.stringify(record)).join('\n');
  writeFileSync(join(folder, 'pairs.jsonl'), lines);
  const others = records.map((record) => JSON.stringify({ ...record, prompt: `In short: ${record.prompt}` }));
  writeFileSync(join(folder, 'table.jsonl'), others.join('\n'));
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(
    `COPY (SELECT * FROM read_json_auto('${join(folder, 'table.jsonl')}')) TO '${join(folder, 'table.parquet')}' (FORMAT parquet)`,
  );
  rmSync(join(folder, 'table.jsonl'));
  execFileSync('git', ['init', '-q'], { cwd: folder });
  execFileSync('git', ['config', 'user.name', 'Ann'], { cwd: folder });
  window = await openWindow(folder, { 'workbench.colorTheme': 'Default Dark Modern' });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

function verdicts(): readonly Verdict[] {
  const { others, bad } = parseDecisions(readFileSync(decisions, 'utf8'));
  expect(bad).toEqual([]);
  return others.flatMap(({ verdict }) => verdict ?? []);
}

/** Pages of hidden tabs stay alive. */
async function isInFront(frame: Frame): Promise<boolean> {
  const outer = await frame.parentFrame()?.frameElement();
  return (await outer?.isVisible()) ?? false;
}

/** The page of the dataset editor in front, once something is there. */
async function frameWith(selector: string, ms = PATIENCE_MS): Promise<Frame> {
  const look = async (): Promise<Frame | false> => {
    for (const frame of window.page.frames()) {
      const isThere = await frame
        .locator(selector)
        .first()
        .isVisible()
        .catch(() => false);
      if (isThere && (await isInFront(frame).catch(() => false))) return frame;
    }
    return false;
  };
  return until(selector, look, ms);
}

const place = async (frame: Frame): Promise<string> => frame.locator('.review nav strong').innerText();

/** Presses a key, and waits until the number of decided pairs is as expected. */
async function decide(frame: Frame, key: string, decided: RegExp): Promise<void> {
  await press(window.page, key);
  await until(`${key}: ${String(decided)}`, async () =>
    decided.test(await frame.locator('.progress').innerText()),
  );
}

/** Clicks into the review. VS Code learns a moment later that keys mean this page, so a first key may go nowhere. */
async function takeKeys(frame: Frame): Promise<void> {
  await frame.locator('.review nav strong').click();
  const start = await place(frame);
  for (const [key, wanted] of [
    ['j', false],
    ['k', true],
  ] as const)
    await until(`a step with ${key}`, async () => {
      await press(window.page, key);
      await window.page.waitForTimeout(1000);
      return ((await place(frame)) === start) === wanted;
    });
}

async function open(name: string): Promise<Frame> {
  await window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).waitFor();
  await openFile(window.page, name);
  await waitForStatus(window.page, /200 pairs .*findings?/);
  // A page that is still loading may come back to its rows.
  return until('the review', async () => {
    await runCommand(window.page, 'PrefLens: Review Pairs');
    return frameWith('.review-start .choice', 10_000).catch(() => undefined);
  });
}

describe.each([
  ['a text', 'pairs.jsonl', 'pairs.jsonl'],
  ['a table', 'table.parquet', 'table.parquet'],
])('the review of %s', (kind, name) => {
  it('goes through twenty pairs with keys alone, and undoes each kind', async () => {
    const frame = await open(name);
    await screenshot(window.page, `review-start-${kind.slice(2)}`);
    await frame.getByLabel('Pairs').selectOption('20');
    await frame.getByRole('button', { name: /^Doubtful labels/ }).click();
    await frameWith('.review article');
    expect(await place(frame)).toBe('1 of 20');
    // Ctrl, Alt and Meta belong to the editor.
    await press(window.page, 'Alt+x');
    await decide(frame, 'f', /^1 of 20/);
    await until('the next pair', async () => (await place(frame)) === '2 of 20');
    await screenshot(window.page, `review-${kind.slice(2)}`);
    await decide(frame, 'a', /^2 of 20/);
    await decide(frame, 't', /^3 of 20/);
    await decide(frame, 'x', /^4 of 20/);
    await decide(frame, 'u', /^3 of 20/);
    await until('the dropped pair', async () => (await place(frame)) === '4 of 20');
    await frameWith('.review article');
    await decide(frame, 'u', /^2 of 20/);
    await decide(frame, 'u', /^1 of 20/);
    await decide(frame, 'u', /^0 of 20/);
    // Letters right after a key for VS Code, and in a field, decide nothing.
    for (const key of ['ControlOrMeta+f', 'x', 'f', 'a']) await window.page.keyboard.press(key);
    await window.page.waitForTimeout(1500);
    await frame.locator('.review select.templates').focus();
    for (const key of ['f', 'x', 'ArrowLeft']) await window.page.keyboard.press(key);
    await window.page.waitForTimeout(500);
    expect(await frame.locator('.progress').innerText()).toMatch(/^0 of 20/);
    await takeKeys(frame);
    await press(window.page, '1');
    await until(
      'the reason',
      async () => (await frame.locator('.reasons-bar [aria-pressed=true]').count()) > 0,
    );
    for (let i = 1; i <= 19; i++) await decide(frame, i % 3 === 0 ? 'f' : 'a', new RegExp(`^${i} of 20`));
    await decide(frame, 's', /^20 of 20/);
    expect(verdicts().some(({ reason }) => reason === 'more correct')).toBe(true);
    const own = verdicts().filter(({ file }) => file === name);
    expect(new Set(own.map(({ by }) => by))).toEqual(new Set(['Ann']));
  });

  it('goes through ten pairs blind, over a reload of the window', async () => {
    const { page } = window;
    let frame = await frameWith('.review article');
    await press(page, 'Escape');
    await frameWith('.review-start .choice');
    await frame.locator('.review-start select').selectOption('10');
    await frame.getByLabel(/Blind/).check();
    await frame.getByRole('button', { name: /^Doubtful labels/ }).click();
    await until('a hidden label', async () =>
      (await frame.locator('.review article h2').allInnerTexts()).includes('First answer'),
    );
    expect(await frame.locator('.review').innerText()).not.toMatch(/chosen|rejected|margin|reward/i);
    await screenshot(page, `review-blind-${kind.slice(2)}`);
    for (let i = 1; i <= 4; i++)
      await decide(frame, i % 2 === 0 ? 'ArrowLeft' : 'ArrowRight', new RegExp(`^${i} of 10`));
    await reloadWith(window, 'isReviewing', 'startedAt');
    frame = await frameWith('.review article');
    await until('the decided pairs', async () =>
      (await frame.locator('.progress').innerText()).startsWith('4 of 10'),
    );
    expect(await frame.locator('.review article h2').allInnerTexts()).toEqual([
      'First answer',
      'Second answer',
    ]);
    await takeKeys(frame);
    for (let i = 5; i <= 10; i++)
      await decide(frame, i % 2 === 0 ? 'ArrowLeft' : 'ArrowRight', new RegExp(`^${i} of 10`));
    expect(await frame.locator('aside').innerText()).toMatch(
      /You agreed with the hidden label in \d+ of 10 pairs/,
    );
    const own = verdicts().filter(({ file, isBlind }) => file === name && isBlind);
    expect(own).toHaveLength(10);
  });

  it('settles a disagreement with a second reviewer', async () => {
    const { page } = window;
    const frame = await frameWith('.review nav');
    const own = verdicts().find(({ verdict, file }) => verdict === 'keep' && file === name)!;
    const other: Verdict = { ...own, verdict: 'flip', by: 'Ben', reason: 'no', at: new Date().toISOString() };
    appendFileSync(decisions, `${formatVerdict(other)}\n`);
    await press(page, 'Escape');
    await frame.getByRole('button', { name: /^Disagreements/ }).click();
    await frameWith('.review .reviewers');
    expect(await frame.locator('.review .reviewers').innerText()).toContain('Ben');
    await screenshot(page, `review-conflict-${kind.slice(2)}`);
    await decide(frame, 'a', /^1 of 1/);
    expect(
      verdicts()
        .filter(({ settles }) => settles)
        .map(({ key, by }) => [key, by]),
    ).toContainEqual([own.key, 'Ann']);
    await press(page, 'Escape');
    await frameWith('.review-start .agreement');
    await until(
      'no disagreement',
      async () => (await frame.getByRole('button', { name: /^Disagreements/ }).count()) === 0,
    );
  });
});
