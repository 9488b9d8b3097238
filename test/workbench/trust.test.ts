// A folder that nobody trusts yet: it is checked and edited, and nothing that it names is run. Trusted, its program is
// asked about and run.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  datasetFrame,
  isDirty,
  openFile,
  press,
  runCommand,
  screenshot,
  until,
  waitForStatus,
} from './actions.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-trust-'));
const ran = join(folder, 'ran');
let window: Window;

const record = (n: number): Record<string, string> => ({
  prompt: `What is ${n} plus ${n}?`,
  chosen: `It is ${2 * n}.<|im_end|>`,
  rejected: `It is ${2 * n + 1}.`,
});

/** Passes an even sum, and leaves a mark that it ran. */
const VERIFIER = `const fs = require('node:fs');
fs.writeFileSync(${JSON.stringify(ran)}, '');
process.exit(/[02468]\\./.test(JSON.parse(fs.readFileSync(0, 'utf8')).response) ? 0 : 1);
`;

beforeAll(async () => {
  writeFileSync(join(folder, 'pairs.jsonl'), [3, 4, 5].map((n) => `${JSON.stringify(record(n))}\n`).join(''));
  writeFileSync(join(folder, 'verify.cjs'), VERIFIER);
  writeFileSync(
    join(folder, 'preflens.json'),
    JSON.stringify({ scorers: [{ kind: 'command', run: [process.execPath, 'verify.cjs'], name: 'sums' }] }),
  );
  window = await openWindow(folder, { 'workbench.colorTheme': 'Default Light Modern' }, { asksTrust: true });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

it('is checked and edited, and runs no program of the folder', async () => {
  const { page } = window;
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  await openFile(page, 'pairs.jsonl');
  await waitForStatus(page, /^3 pairs .*3 findings .*not trusted/);
  await runCommand(page, 'PrefLens: Open as Dataset');
  const frame = await datasetFrame(page, 3);
  await frame.locator('.list .row').first().click();
  await until('the pair', async () => (await frame.locator('.detail').innerText()).includes('Row 1'));
  await frame.locator('.list').press('f');
  await until('the unsaved mark', async () => isDirty(page));
  await press(page, 'Mod+S');
  await until('the save', async () => !(await isDirty(page)));
  const { prompt, chosen, rejected } = record(3);
  const [first] = readFileSync(join(folder, 'pairs.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(first!)).toEqual({ prompt, chosen: rejected, rejected: chosen });
  expect(await frame.locator('.detail').innerText()).toContain('In an untrusted folder');
  await screenshot(page, 'trust-untrusted');
  expect(existsSync(ran)).toBe(false);
});

it('asks about the program once the folder is trusted, and runs it', async () => {
  const { page } = window;
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  await page.getByRole('button', { name: 'Trust', exact: true }).click();
  await screenshot(page, 'trust-asks');
  const toast = page.locator('.notification-toast', { hasText: 'verify.cjs' });
  await toast.waitFor();
  expect(existsSync(ran)).toBe(false);
  await toast.getByRole('button', { name: 'Run', exact: true }).click();
  await until('the run', async () => Promise.resolve(existsSync(ran)));
  // The flipped pair.
  await waitForStatus(page, /^3 pairs .*4 findings/);
});
