// Reward models in the window: named in preflens.json, picked by a command, shown in hovers and in the
// compare view.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { writeModel } from '../models/folders.ts';
import {
  chooseFolder,
  compareFrame,
  goTo,
  openFile,
  press,
  runCommand,
  screenshot,
  startCommand,
  until,
  waitForStatus,
} from './actions.ts';
import { setTheme, THEMES } from './themes.ts';
import type { Window } from './window.ts';
import { openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-rewards-'));
const SAMPLE = join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl');
let window: Window;

beforeAll(async () => {
  const lines = readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 240);
  writeFileSync(join(folder, 'one.jsonl'), lines.join('\n'));
  writeFileSync(join(folder, 'three.jsonl'), lines.join('\n'));
  writeModel(join(folder, 'house-rm'), { kind: 'bpe', isChat: true, sizes: { positions: 512 } });
  writeModel(join(folder, 'other-rm'), { kind: 'wordpiece', seed: 9, sizes: { positions: 512 } });
  writeModel(join(folder, 'new-rm'), { kind: 'unigram', seed: 5, sizes: { positions: 512 } });
  const model = (name: string, files: string) => ({ kind: 'onnx', model: name, files });
  writeFileSync(
    join(folder, 'preflens.json'),
    `{\n  "scorers": [\n    ${[
      model('house-rm', '*.jsonl'),
      model('other-rm', 'three.jsonl'),
      { kind: 'consistency', files: 'three.jsonl' },
    ]
      .map((rule) => JSON.stringify(rule))
      .join(',\n    ')}\n  ]\n}\n`,
  );
  window = await openWindow(folder, { 'workbench.colorTheme': 'Default Dark Modern' });
});

afterAll(async () => {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Text of the PrefLens hover on a line; opens the hover again until the text appears. */
async function hoverOn(line: number, wanted: RegExp): Promise<string> {
  const { page } = window;
  await goTo(page, line, 4);
  return until('the hover', async () => {
    const hovers = await page.locator('.monaco-hover:visible').allInnerTexts();
    const ours = hovers.map((one) => one.replaceAll(/\s+/g, ' ')).find((one) => wanted.test(one));
    if (ours === undefined) {
      await runCommand(page, 'Show or Focus Hover');
      await page.waitForTimeout(500);
    }
    return ours;
  });
}

describe('a reward model in preflens.json', () => {
  it('scores the open file, and explains its number and its source in the hover', async () => {
    const { page } = window;
    await openFile(page, 'one.jsonl');
    await waitForStatus(page, /findings$/);
    const text = await hoverOn(7, /Margin/);
    expect(text).toMatch(/Margin [+−]\d+\.\d\d · (?:low|high)est [\d.]+ % of this file/);
    expect(text).toMatch(/Reward: chosen [+−]\d+\.\d\d, rejected [+−]\d+\.\d\d/);
    expect(text).toMatch(/posterior of a wrong label \d\.\d\d: for ranking, no error rate/);
    expect(text).toMatch(/scored on (cpu|webgpu), 20\d\d-/);
    expect(text).toMatch(
      /Scorer: house-rm\. TestForSequenceClassification that reads its chat template.*Self-test: with \d+ labels flipped/,
    );
    await screenshot(page, 'reward-hover');
    await press(page, 'Escape');
    await press(page, 'Escape');
  });

  it('joins an ensemble: the hover and the compare view name every scorer', async () => {
    const { page } = window;
    await openFile(page, 'three.jsonl');
    await waitForStatus(page, /findings$/);
    const text = await hoverOn(9, /scorers side with the label/);
    for (const name of ['house-rm', 'other-rm', 'consistency']) expect(text).toContain(name);
    await screenshot(page, 'ensemble-hover');
    await press(page, 'Escape');
    await press(page, 'Escape');
    await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
    const frame = await compareFrame(page);
    await until('the voices', async () => (await frame.locator('.details li').count()) >= 4);
    expect(await frame.locator('footer').innerText()).toMatch(/What the scorers say/);
    await screenshot(page, 'ensemble-compare');
  });

  it('writes the pair with its own chat template, or says why it does not', async () => {
    const { page } = window;
    const frame = await compareFrame(page);
    const templates = frame.locator('select.templates');
    const bodies = async (): Promise<readonly string[]> => frame.locator('article .body').allInnerTexts();
    // The other model has no chat template.
    expect(await templates.locator('optgroup').first().locator('option').allInnerTexts()).toEqual([
      'house-rm',
    ]);
    await templates.selectOption({ label: 'house-rm' });
    await until('the token strings', async () => (await frame.locator('mark.special').count()) >= 8);
    for (const body of await bodies()) expect(body).toMatch(/^<s><\|user\|>.*<\|assistant\|>.*<\/s>$/s);
    await screenshot(page, 'own-template');
    const path = join(folder, 'house-rm', 'chat_template.jinja');
    writeFileSync(path, "{{ raise_exception('Conversation roles must alternate user/assistant.') }}");
    await templates.selectOption('');
    await templates.selectOption({ label: 'house-rm' });
    const fault = frame.locator('.template-fault');
    await fault.waitFor();
    expect(await fault.innerText()).toMatch(/does not accept .*roles must alternate.*chat_template\.jinja/s);
    await screenshot(page, 'own-template-fault');
    await setTheme(page, THEMES[1]!);
    await screenshot(page, 'own-template-fault-light');
    rmSync(path);
    await fault.getByRole('button', { name: 'Try Again' }).click();
    await until('the token strings', async () => (await frame.locator('mark.special').count()) >= 8);
    await screenshot(page, 'own-template-light');
    await setTheme(page, THEMES[0]!);
    await templates.selectOption('');
    await runCommand(page, 'View: Close All Editors');
  });

  it('is picked, checked and written into preflens.json by a command', async () => {
    const { page } = window;
    await openFile(page, 'one.jsonl');
    await waitForStatus(page, /findings$/);
    await startCommand(page, 'PrefLens: Check and Use a Reward Model…');
    await chooseFolder(page, `${join(folder, 'new-rm')}/`, 'Check Model');
    const report = await until('the report', async () => {
      const texts = await page.locator('.view-lines').allInnerTexts();
      return texts.map((one) => one.replaceAll(/\s+/g, ' ')).find((one) => one.includes('Reward model'));
    });
    expect(report).toContain('tokenizer Unigram');
    expect(report).toMatch(/Works on (cpu|webgpu), precision fp32, head scalar/);
    await screenshot(page, 'model-report');
    await page.locator('.notification-toast .monaco-button', { hasText: 'Use for This Folder' }).click();
    await page.locator('.tab.active', { hasText: 'preflens.json' }).waitFor();
    const config = await until('the new preflens.json', async () => {
      const text = readFileSync(join(folder, 'preflens.json'), 'utf8');
      return Promise.resolve(text.includes('new-rm') && text);
    });
    expect((JSON.parse(config) as { scorers: unknown[] }).scorers[0]).toEqual({
      kind: 'onnx',
      model: 'new-rm',
    });
    expect(config).toContain('    {"kind":"onnx","model":"other-rm","files":"three.jsonl"},\n');
  });

  it('runs on the hardware that the machine has, and a command shows which that is', async () => {
    const { page } = window;
    await runCommand(page, 'PrefLens: Show Available Compute (CUDA, WebGPU, CPU)');
    const text = await until('the providers', async () => {
      const texts = await page.locator('.view-lines').allInnerTexts();
      return texts.map((one) => one.replaceAll(/\s+/g, ' ')).find((one) => one.includes('Available compute'));
    });
    expect(text).toMatch(/cpu: works, first session after \d+ ms/);
    await screenshot(page, 'providers');
  });
});
