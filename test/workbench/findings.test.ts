// Using findings: list them all in the tree, read a rule's page, keep one with a reason, preview and apply
// all repairs of a rule, and undo that.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { packFolder } from '../tools/pack/package.mjs';
import {
  compareFrame,
  goTo,
  openFile,
  press,
  problems,
  runCommand,
  screenshot,
  startCommand,
  until,
} from './actions.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-findings-'));
const line = (prompt: string, chosen: string, rejected = 'Somewhere else.'): string =>
  `${JSON.stringify({ prompt, chosen, rejected })}\n`;
const TRAIN = [
  line('Where is the market?', 'By the bridge.<|im_end|>'),
  line('Where is the museum?', 'Behind the church.<|im_end|>'),
  line('Where is the station?', 'At the end of the street.', 'At the end of the street.'),
  line('Write a short play.', 'A: Hello.\n\nHuman: Who is there?'),
  line('Where is the river?', 'Under the bridge.'),
].join('');
let window: Window;

/** What test/fakes/otherExtension writes. */
interface OtherResult {
  readonly pair?: { readonly record: number };
  readonly shown?: { readonly key: string };
}

beforeAll(async () => {
  writeFileSync(join(folder, 'train.jsonl'), TRAIN);
  writeFileSync(
    join(folder, 'closed.jsonl'),
    line('Where is the café?', 'In the cafÃ© street.') + line('Where?', ''),
  );
  const other = join(folder, '.other.vsix');
  packFolder(join(import.meta.dirname, '..', 'fakes', 'otherExtension'), other);
  const settings = {
    'workbench.colorTheme': 'Default Dark Modern',
    'preflens.scoreOnOpen': false,
    'chat.disableAIFeatures': false,
  };
  window = await openWindow(folder, settings, { others: [other] });
  await openFile(window.page, 'train.jsonl');
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

const tree = (): ReturnType<Window['page']['locator']> =>
  window.page.locator('.sidebar .pane-body .monaco-list-row');

async function quickFix(at: number, title: RegExp): Promise<void> {
  const { page } = window;
  await openFile(page, 'train.jsonl');
  await goTo(page, at, 3);
  const row = page.locator('.action-widget .monaco-list-row.action', { hasText: title });
  await until(`the quick fix ${String(title)}`, async () => {
    await press(page, 'Mod+.');
    await page.waitForTimeout(700);
    if (await row.first().isVisible()) return true;
    await press(page, 'Escape');
    return false;
  });
  await row.first().click();
}

it('finds faults in files that are not open, and lists all of them by rule', async () => {
  const { page } = window;
  await runCommand(page, 'PrefLens: Check All Datasets in the Workspace');
  await runCommand(page, 'Problems: Focus on Problems View');
  await until('a problem of the closed file', async () =>
    (await problems(page)).some((row) => row.includes('closed.jsonl')),
  );
  await runCommand(page, 'PrefLens: Focus on Findings View');
  const expected = [
    ...['empty-response1', 'identical-pair1'],
    ...['template-token-in-text2', 'mojibake1', 'turn-marker-in-response1'],
  ];
  await until('the groups, the gravest first', async () => {
    const rows = (await tree().allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ''));
    return rows.join() === expected.join();
  });
  await tree().filter({ hasText: 'template-token-in-text' }).click();
  await tree().filter({ hasText: 'Repair 2 records…' }).waitFor();
  const item = tree().filter({ hasText: 'Where is the museum?' });
  await item.waitFor();
  expect(await item.innerText()).toContain('train.jsonl:2');
  await screenshot(page, 'findings-tree');
  // The same number on the icon, above the tree, and in the status of the open file and the closed one.
  const icon = page
    .locator('.activitybar .action-item', { hasText: '' })
    .filter({ has: page.locator('.badge-content') });
  expect((await icon.allInnerTexts()).join(' ')).toContain('6');
  expect(await page.locator('.sidebar .tree-message, .sidebar .message').first().innerText()).toContain(
    '6 findings in 2 files',
  );
  await item.click();
  await until('the cursor on line 2', async () =>
    (await page.locator('[id="status.editor.selection"]').innerText()).includes('Ln 2,'),
  );
});

it('acts on a finding from its menu in the tree: flip, compare, turn its rule off', async () => {
  const { page } = window;
  const item = tree().filter({ hasText: 'Where is the museum?' });
  const menu = async (title: string): Promise<void> => {
    await item.click({ button: 'right' });
    const entry = page.locator('.monaco-menu .action-item', { hasText: title });
    await entry.first().waitFor();
    await screenshot(page, 'findings-menu');
    await entry.first().click();
  };
  const second = (): Promise<string> => page.locator('.editor-instance .view-line').nth(1).innerText();
  await menu('Flip Chosen and Rejected');
  await until('the flip', async () => /chosen.{1,4}Somewhere/u.test(await second()));
  // The tree draws again after each change, and forgets a menu that was opened before.
  await page.waitForTimeout(2000);
  await menu('Flip Chosen and Rejected');
  await until('the second flip', async () => /chosen.{1,4}Behind/u.test(await second()));
  await runCommand(page, 'File: Save');
  await menu('Compare Chosen and Rejected');
  const frame = await compareFrame(page);
  await until('the pair', async () =>
    (await frame.locator('body').innerText()).includes('Behind the church'),
  );
  await page.locator('.tab').last().locator('.tab-actions .action-label').first().click();
  await menu('Turn Off This Rule in preflens.json');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'In train.jsonl' }).click();
  await until('the rule gone', async () => !(await tree().allInnerTexts()).join().includes('template-token'));
  const config = join(folder, 'preflens.json');
  expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({
    overrides: [{ files: 'train.jsonl', rules: { 'template-token-in-text': 'off' } }],
  });
  rmSync(config);
  await until('the rule back', async () => (await tree().allInnerTexts()).join().includes('template-token'));
});

it("opens a rule's page from its code in Problems", async () => {
  const { page } = window;
  await runCommand(page, 'Problems: Focus on Problems View');
  await page.locator('.markers-panel .monaco-list-row a', { hasText: 'mojibake' }).first().click();
  await page.locator('.tab', { hasText: 'Preview mojibake.md' }).waitFor();
  const words = await until('the page', async () => {
    for (const frame of page.frames().filter((one) => one !== page.mainFrame())) {
      const text = await frame.evaluate(() => document.body.innerText).catch(() => '');
      if (text.includes('wrong character set')) return text;
    }
    return false;
  });
  expect(words).toContain('Precision');
  await screenshot(page, 'rule-page');
  await page
    .locator('.tab', { hasText: 'Preview mojibake.md' })
    .locator('.tab-actions .action-label')
    .click();
});

it('keeps a pair with a reason, in a file that git can track', async () => {
  const { page } = window;
  await quickFix(4, /Ignore "turn-marker-in-response" for this pair/);
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor({ state: 'visible' });
  await screenshot(page, 'keep-reason');
  await input.fill('It is a play.');
  await press(page, 'Enter');
  await until('the finding gone from Problems', async () => {
    const rows = await problems(page);
    return rows.length > 0 && !rows.some((row) => row.includes('turn-marker-in-response'));
  });
  const text = readFileSync(join(folder, '.preflens', 'decisions.jsonl'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ rule: 'turn-marker-in-response', reason: 'It is a play.' });
});

it('repairs all findings of a rule after a preview, and one undo reverts them all', async () => {
  const { page } = window;
  await quickFix(1, /Repair all 2 records with "template-token-in-text"/);
  const preview = page.locator('.bulk-edit-panel');
  await until(
    'both changes in the preview',
    async () => (await preview.locator('.monaco-list-row').count()) === 3,
  );
  await screenshot(page, 'repair-preview');
  // Nothing is selected at first. Select each change, or the whole file.
  await preview.locator('.monaco-list-row').first().locator('input, .monaco-custom-toggle').first().click();
  await preview.locator('.monaco-button', { hasText: 'Apply' }).click();
  const firstLine = (): Promise<string> => page.locator('.editor-instance .view-line').first().innerText();
  await until('the repair', async () => !(await firstLine()).includes('im_end'));
  await runCommand(page, 'View: Focus Active Editor Group');
  await press(page, 'Mod+S');
  const repaired = TRAIN.replaceAll('<|im_end|>', '');
  await until('the saved repair', async () =>
    Promise.resolve(readFileSync(join(folder, 'train.jsonl'), 'utf8') === repaired),
  );
  await press(page, 'Mod+Z');
  await until('the first text', async () => (await firstLine()).includes('im_end'));
  await press(page, 'Mod+S');
  await until('the text as it was', async () =>
    Promise.resolve(readFileSync(join(folder, 'train.jsonl'), 'utf8') === TRAIN),
  );
});

it('runs the check as a task, and its lines become problems of files that are not open', async () => {
  const { page } = window;
  await runCommand(page, 'Problems: Focus on Problems View');
  const filter = page.locator('.markers-panel-action-filter input, .viewpane-filter input').first();
  await filter.fill('empty-response');
  const count = async (): Promise<number> =>
    (await problems(page)).filter((row) => row.includes('empty-response')).length;
  await until('the finding of the server', async () => (await count()) === 1);
  await press(page, 'Mod+P');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor({ state: 'visible' });
  await input.fill('task ');
  const rows = page.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: 'preflens' }).first().click();
  await rows.filter({ hasText: 'check datasets' }).first().click();
  await page.locator('.terminal-wrapper.active').waitFor();
  await runCommand(page, 'Problems: Focus on Problems View');
  await until('the finding of the task too', async () => (await count()) === 2);
  await filter.fill('');
});

it('marks a misspelt rule name in preflens.json', async () => {
  const { page } = window;
  const told = page.locator('.notification-list-item-message', { hasText: 'did you mean "mojibake"?' });
  writeFileSync(join(folder, 'preflens.json'), '{ "rules": { "mojibak": "off" } }\n');
  // The notification goes away by itself.
  await told.first().waitFor();
  await screenshot(page, 'config-fault');
  await openFile(page, 'preflens.json');
  await runCommand(page, 'Problems: Focus on Problems View');
  await until('the problem of preflens.json', async () =>
    (await problems(page)).some((row) => row.includes('mojibak is not allowed')),
  );
});

it('another extension reads findings and flips a pair; before a language model does, VS Code asks', async () => {
  const { page } = window;
  const path = join(folder, 'helped.jsonl');
  const lines = line('Where?', 'There.') + line('Write a dialogue.', 'A: Hello.\n\nHuman: Who is there?');
  writeFileSync(path, lines);
  await startCommand(page, 'Other Extension: Run');
  const question = page.locator('.monaco-dialog-box');
  await until('the question', async () => {
    if (existsSync(join(folder, 'other.json')))
      throw new Error(readFileSync(join(folder, 'other.json'), 'utf8'));
    return question.isVisible();
  });
  const text = await question.innerText();
  expect(text).toMatch(/Flip record 2 in helped\.jsonl\?/);
  expect(text).toContain('Rejected becomes “A: Hello. Human: Who is there?”.');
  await screenshot(page, 'assistant-question');
  await question.locator('.monaco-button', { hasText: 'Yes' }).click();
  const result = await until('the result of the other extension', async () => {
    try {
      return await Promise.resolve(
        JSON.parse(readFileSync(join(folder, 'other.json'), 'utf8')) as OtherResult,
      );
    } catch {
      return undefined;
    }
  });
  expect(result).toMatchObject({
    version: 1,
    findings: [{ rule: 'turn-marker-in-response', record: result.pair?.record }],
    pair: { chosen: 'A: Hello.\n\nHuman: Who is there?' },
    flipped: { isSaved: false },
    back: { key: result.shown?.key },
  });
  // Both edits are in the editor alone.
  expect(readFileSync(path, 'utf8')).toBe(lines);
});

it('colours the keys of a JSON dataset by what they hold, and those of no other JSON file', async () => {
  const { page } = window;
  const battle = {
    question: 'Where is the bakery?',
    response_a: 'Beside the well.',
    response_b: 'No idea.',
    winner: 'b',
  };
  writeFileSync(join(folder, 'battles.json'), JSON.stringify([battle], null, 2));
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ chosen: 'red', rejected: 'blue' }, null, 2));
  const colourOf = async (key: string): Promise<string> =>
    page
      .locator('.view-line span span', { hasText: new RegExp(`^"${key}"$`) })
      .first()
      .evaluate((span) => getComputedStyle(span).color);
  await openFile(page, 'settings.json');
  const plain = await colourOf('chosen');
  expect(await colourOf('rejected')).toBe(plain);
  await openFile(page, 'battles.json');
  await until('the colours', async () => (await colourOf('question')) !== plain);
  expect(await colourOf('winner')).toBe(plain);
  const colours = [await colourOf('question'), await colourOf('response_a'), await colourOf('response_b')];
  expect(new Set([...colours, plain]).size).toBe(4);
  await screenshot(page, 'json-keys');
});
