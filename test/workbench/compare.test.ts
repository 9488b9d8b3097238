// Keys that the editor keeps, the message where there is no pair, and the compare view after a reload.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFile as openData } from '#node/files.ts';

import { tableOf } from '../fakes/parquet.ts';
import { decode } from '../fakes/records.ts';
import {
  compareFrame,
  goTo,
  isDirty,
  openFile,
  press,
  runCommand,
  screenshot,
  statusText,
  until,
  waitForStatus,
} from './actions.ts';
import { reloadWith } from './reload.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-compare-'));
let window: Window;

const record = (prompt: string, chosen: string, rejected: string): string =>
  JSON.stringify({ prompt, chosen, rejected });
const PAIRS = [
  record('Where is the market?', 'By the bridge.', 'Somewhere else.'),
  record('Where is the museum?', 'Behind the church.<|im_end|>', 'Somewhere else.'),
  record('今天天气怎么样？', '今天天气很好，我们去公园吧。', '我不知道。'),
];
const call = (name: string): object[] => [
  { role: 'assistant', content: '', tool_calls: [{ function: { name, arguments: '{"city":"Ulm"}' } }] },
];

beforeAll(async () => {
  writeFileSync(join(folder, 'pairs.jsonl'), `${PAIRS.join('\n')}\n`);
  writeFileSync(
    join(folder, 'verdicts.jsonl'),
    '{"prompt":"Capital of France?","completion":"Paris.","label":true}\n',
  );
  writeFileSync(
    join(folder, 'calls.jsonl'),
    `${JSON.stringify({ prompt: [{ role: 'user', content: 'Weather?' }], chosen: call('get_forecast'), rejected: call('search_web') })}\n`,
  );
  writeFileSync(
    join(folder, 'links.jsonl'),
    `${record('Where?', 'See [the map](https://example.com/map?of=Ulm) and [leave](command:workbench.action.quit).', 'No.')}\n`,
  );
  writeFileSync(join(folder, 'logs.jsonl'), '{"level":"info"}\n');
  writeFileSync(
    join(folder, 'odd.jsonl'),
    PAIRS.map((line) => {
      const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, string>;
      return `${JSON.stringify({ ask: prompt, nice: chosen, awful: rejected })}\n`;
    }).join(''),
  );
  writeFileSync(join(folder, 'pairs.parquet'), await tableOf(PAIRS));
  window = await openWindow(folder, {
    'workbench.colorTheme': 'Default High Contrast Light',
    'preflens.scoreOnOpen': false,
  });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The page that shows the given text. */
async function pageWith(words: string): Promise<Frame> {
  const look = async (): Promise<Frame | false> => {
    for (const frame of window.page.frames().filter((one) => one !== window.page.mainFrame())) {
      if ((await frame.evaluate(() => document.body.innerText).catch(() => '')).includes(words)) return frame;
    }
    return false;
  };
  return until(`a page with "${words}"`, look);
}

/** Logs the titles that Compare shows from now on; what it returns waits for one, and gives the log. */
async function placesOf(frame: Frame): Promise<(line: number) => Promise<readonly string[]>> {
  await frame.evaluate(() => {
    const log: string[] = [];
    const look = (): void => {
      const title = document.querySelector('.place strong')?.textContent ?? '';
      if (title !== '' && title !== log.at(-1)) log.push(title);
    };
    look();
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    Object.assign(globalThis, { placesShown: log });
  });
  return async (line) =>
    until(`line ${line} in Compare`, async () => {
      const log = await frame.evaluate(
        () => (globalThis as unknown as { placesShown: string[] }).placesShown,
      );
      return log.at(-1) === `Line ${line}` && log;
    });
}

async function clickLine(words: string): Promise<void> {
  await window.page
    .locator('.monaco-editor .view-line', { hasText: words })
    .first()
    .click({ position: { x: 60, y: 8 } });
}

async function place(name: string, line: number): Promise<void> {
  await runCommand(window.page, 'View: Close All Editors');
  await openFile(window.page, name);
  await until('the status', async () => !((await statusText(window.page)) ?? 'Reading').includes('Reading'));
  await goTo(window.page, line, 2);
}

async function compare(name: string, line: number): Promise<void> {
  await place(name, line);
  await runCommand(window.page, 'PrefLens: Compare Chosen and Rejected');
}

describe('the compare view', () => {
  it('leaves Ctrl keys to the editor, and letters typed after them edit nothing', async () => {
    const { page } = window;
    await compare('pairs.jsonl', 1);
    const frame = await compareFrame(page);
    await frame.locator('.place').click();
    for (const keys of ['ControlOrMeta+f', 'f', 'u', 'Shift+F', 'Escape']) {
      await page.keyboard.press(keys);
      await page.waitForTimeout(150);
    }
    await page.waitForTimeout(600);
    expect(await isDirty(window.page)).toBe(false);
    expect((await frame.locator('article .text').allInnerTexts())[0]).toBe('By the bridge.');
    await frame.locator('.place').click();
    await frame.locator('body').press('f');
    await until('the flip', async () => isDirty(window.page));
    await frame.locator('body').press('u');
    await until(
      'the text as it was',
      async () => (await frame.locator('article .text').allInnerTexts())[0] === 'By the bridge.',
    );
  });

  it('shows legible rule names in High Contrast Light, and counts Chinese words', async () => {
    await runCommand(window.page, 'File: Save All');
    await compare('pairs.jsonl', 2);
    const frame = await pageWith('template-token-in-text');
    const colours = await frame
      .locator('.findings code')
      .first()
      .evaluate((code) => {
        const { color, backgroundColor } = getComputedStyle(code);
        return { color, background: backgroundColor, around: getComputedStyle(code.parentElement!).color };
      });
    // It has no background of its own, and the colour of the surrounding text.
    expect(colours).toEqual({
      color: colours.around,
      background: 'rgba(0, 0, 0, 0)',
      around: colours.around,
    });
    await compare('pairs.jsonl', 3);
    const chinese = await pageWith('公园');
    expect(await chinese.locator('.count').first().innerText()).toMatch(/^[5-9] words$/);
    await screenshot(window.page, 'compare-high-contrast-light');
  });

  it('shows tool calls on their sides, and the label of a single answer', async () => {
    await place('calls.jsonl', 1);
    await press(window.page, 'Mod+Alt+P');
    await press(window.page, 'c');
    const calls = await pageWith('call get_forecast');
    expect(await calls.locator('article.rejected .part').innerText()).toContain('call search_web');
    await screenshot(window.page, 'compare-calls');
    await compare('verdicts.jsonl', 1);
    const verdict = await pageWith('called good');
    expect(await verdict.locator('article').count()).toBe(1);
    await screenshot(window.page, 'compare-verdict');
  });

  it('follows the cursor of the text beside it, by clicks, keys and Go to Line', async () => {
    const { page } = window;
    await compare('pairs.jsonl', 1);
    const shows = await placesOf(await compareFrame(page));
    await shows(1);
    await clickLine('museum');
    await shows(2);
    await press(page, 'ArrowDown');
    await shows(3);
    await press(page, 'ArrowUp');
    await shows(2);
    await goTo(page, 1, 4);
    await shows(1);
    await screenshot(page, 'compare-follows');
    await goTo(page, 3, 1);
    expect(await shows(3)).toEqual([1, 2, 3, 2, 1, 3].map((line) => `Line ${line}`));
  });

  it('stays where it is while it is pinned', async () => {
    const { page } = window;
    await compare('pairs.jsonl', 1);
    const frame = await compareFrame(page);
    const shows = await placesOf(frame);
    await shows(1);
    const pin = frame.getByRole('button', { name: 'Stay here' });
    await pin.click();
    await frame.getByRole('button', { name: 'Stay here', pressed: true }).waitFor();
    await clickLine('museum');
    await page.locator('.statusbar-item', { hasText: 'Ln 2' }).waitFor();
    // Longer than the cursor has to rest: a view that follows would show the second line now.
    await page.waitForTimeout(1500);
    await screenshot(page, 'compare-pinned');
    await pin.click();
    await frame.getByRole('button', { name: 'Stay here', pressed: false }).waitFor();
    await clickLine('今天');
    expect(await shows(3)).toEqual(['Line 1', 'Line 3']);
  });

  it('opens a link in a text only after the question of the editor, and draws no other address as a link', async () => {
    const { page } = window;
    await compare('links.jsonl', 1);
    const frame = await pageWith('the map');
    const link = frame.getByRole('link', { name: 'the map' });
    // Markdown is plain text until its file is loaded.
    await link.waitFor();
    expect(await frame.getByRole('link').allInnerTexts()).toEqual(['the map']);
    const windows = page.context().pages().length;
    const question = page.locator('.monaco-dialog-box');
    for (const choose of [async () => link.click(), async () => link.press('Enter')]) {
      await choose();
      await question.waitFor();
      expect(await question.innerText()).toContain('https://example.com/map?of=Ulm');
      await screenshot(page, 'compare-link');
      await press(page, 'Escape');
      await question.waitFor({ state: 'hidden' });
    }
    expect(page.context().pages()).toHaveLength(windows);
    await pageWith('the map');
  });

  it('says why a file has no pairs, in the view and in the status', async () => {
    await compare('logs.jsonl', 1);
    await pageWith('No preference pairs recognised. The records have the fields "level".');
    expect(await statusText(window.page)).toBe('No pairs recognised');
    await screenshot(window.page, 'compare-nothing');
  });

  it('maps the fields of a file that is not recognised, from the button to the findings', async () => {
    const { page } = window;
    const widget = page.locator('.quick-input-widget');
    const choose = async (title: string, label: string): Promise<void> => {
      await until(title, async () => (await widget.innerText().catch(() => '')).includes(title));
      await until(label, async () => {
        // The input of the list before may still have taken the last text.
        await widget.locator('input').first().fill(label);
        await page.waitForTimeout(200);
        return (await widget.locator('.monaco-list-row').count()) === 1;
      });
      await press(page, 'Enter');
    };
    await compare('odd.jsonl', 2);
    const view = await pageWith('No preference pairs recognised.');
    expect(await view.evaluate(() => document.body.innerText)).not.toContain('{"mappings"');
    await screenshot(page, 'map-fields-button');
    await view.getByRole('button', { name: 'Map Fields…' }).click();
    await choose('What do the records hold?', 'A better and a worse answer');
    await choose('Which field is the better answer?', 'nice');
    await choose('Which field is the worse answer?', 'awful');
    await choose('Which field is the prompt?', 'ask');
    await until('the first pairs', async () =>
      (await widget.innerText()).includes('Prompt: Where is the market?'),
    );
    expect(await widget.innerText()).toContain('Better: By the bridge. | Worse: Somewhere else.');
    await screenshot(page, 'map-fields-preview');
    await choose('The first pairs, as they would be read', 'Write this');
    expect(await waitForStatus(page, /^3 pairs/)).toContain('1 finding');
    expect(JSON.parse(readFileSync(join(folder, 'preflens.json'), 'utf8'))).toEqual({
      mappings: [{ files: 'odd.jsonl', prompt: 'ask', chosen: 'nice', rejected: 'awful' }],
    });
    await pageWith('Behind the church.');
    await until('the squiggle', async () => (await page.locator('[class*=squiggly-]').count()) > 0);
    rmSync(join(folder, 'preflens.json'));
    await runCommand(page, 'Notifications: Clear All Notifications');
  });

  it('comes back after the window reloads', async () => {
    await compare('pairs.jsonl', 2);
    await pageWith('Behind the church.');
    await reloadWith(window, 'Compare: line 2', '"record":1');
    await pageWith('Behind the church.');
    await screenshot(window.page, 'compare-restored');
    await runCommand(window.page, 'View: Close All Editors');
  });
});

describe('the dataset editor', () => {
  it('leaves Ctrl+F to the editor, and letters typed after it edit nothing', async () => {
    const { page } = window;
    const before = readFileSync(join(folder, 'pairs.parquet'));
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'pairs.parquet');
    await waitForStatus(page, /3 pairs/);
    const frame = await until('the rows', async () => {
      for (const one of page.frames()) {
        if ((await one.evaluate(() => document.querySelectorAll('.list .row').length).catch(() => 0)) === 3)
          return one;
      }
      return false;
    });
    await frame.locator('.list .row').first().click();
    await until('the pair', async () => (await frame.locator('.detail').innerText()).includes('Row 1'));
    // As fast as a person can type, and faster than VS Code moves the focus. Ctrl+K waits for a second key.
    for (const keys of ['ControlOrMeta+f', 'x', 't', 'f', 'Escape', 'Escape', 'ControlOrMeta+k', 'x', 'f'])
      await page.keyboard.press(keys);
    await page.waitForTimeout(600);
    expect(await isDirty(window.page)).toBe(false);
    // In the list itself, the keys work again.
    await frame.locator('.list').press('Control+x');
    await frame.locator('.list').press('Shift+X');
    await page.waitForTimeout(400);
    expect(await isDirty(window.page)).toBe(false);
    await frame.locator('.list').press('f');
    await until('the unsaved mark', async () => isDirty(window.page));
    await press(page, 'Mod+Z');
    await until('no unsaved mark', async () => !(await isDirty(window.page)));
    expect(readFileSync(join(folder, 'pairs.parquet')).equals(before)).toBe(true);
    // A save holds what the keys right before it did.
    for (const keys of ['f', 'u', 'f', 'ControlOrMeta+s']) await page.keyboard.press(keys);
    await until('the flip on disk', async () =>
      Promise.resolve(!readFileSync(join(folder, 'pairs.parquet')).equals(before)),
    );
    await until('no unsaved mark', async () => !(await isDirty(window.page)));
    await page.waitForTimeout(1500);
    expect(await isDirty(window.page)).toBe(false);
    const rows: string[] = [];
    for await (const { bytes } of (await openData(join(folder, 'pairs.parquet'))).records())
      rows.push(decode(bytes));
    const [first, ...others] = PAIRS;
    const { prompt, chosen, rejected } = JSON.parse(first!) as Record<string, string>;
    expect(rows).toEqual([record(prompt!, rejected!, chosen!), ...others]);
  });
});
