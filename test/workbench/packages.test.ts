// The packages that can run here, installed as they are published: that of this platform, and the universal one, which
// has no model runtime.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { writeModel } from '../models/folders.ts';
import { packFor } from '../tools/pack/package.mjs';
import { goTo, openFile, press, runCommand, screenshot, until, waitForStatus } from './actions.ts';
import { setTheme, THEMES } from './themes.ts';
import { openWindow } from './window.ts';

const packages = mkdtempSync(join(tmpdir(), 'preflens-vsix-'));
afterAll(() => {
  rmSync(packages, { recursive: true });
});
const HERE = `${process.platform}-${process.arch}`;
const SAMPLE = join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl');
const lines = readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 240);

/** Names of the installed files that hold machine code. */
function binariesIn(home: string): string[] {
  return readdirSync(join(home, 'extensions'), { recursive: true })
    .map(String)
    .filter((name) => name.includes('preflens') && /\.(node|dll|dylib|so[\d.]*)$/.test(name));
}

describe.each([
  { target: HERE, hasRuntime: HERE !== 'darwin-x64' },
  { target: 'universal', hasRuntime: false },
])('the package for $target', ({ target, hasRuntime }) => {
  it(`is installed, opens, checks, scores and edits${hasRuntime ? ', and runs a model' : ', and says what a model lacks'}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'preflens-opened-'));
    const path = join(folder, 'data.jsonl');
    writeFileSync(path, lines.join('\n'));
    writeFileSync(join(folder, 'more.jsonl'), lines.join('\n'));
    writeModel(join(folder, 'house-rm'), { kind: 'bpe', isChat: true, sizes: { positions: 512 } });
    const vsix = await packFor(target, packages);
    const settings = { 'workbench.colorTheme': 'Default Dark Modern' };
    const window = await openWindow(folder, settings, { vsix });
    const { page } = window;
    try {
      expect(binariesIn(window.home).length > 0).toBe(hasRuntime);
      await openFile(page, 'data.jsonl');
      await waitForStatus(page, /^\d+ pairs · .* · [1-9]\d* findings$/);

      await goTo(page, 2);
      await runCommand(page, 'PrefLens: Flip Chosen and Rejected');
      const before = JSON.parse(lines[1]!) as { chosen: string; rejected: string };
      await until('the flipped record', async () => {
        await press(page, 'Mod+S');
        const line = readFileSync(path, 'utf8').split('\n')[1]!;
        return (JSON.parse(line) as { chosen: string }).chosen === before.rejected;
      });
      await press(page, 'Mod+Z');
      await until('the old bytes', async () => {
        await press(page, 'Mod+S');
        return readFileSync(path, 'utf8') === lines.join('\n');
      });

      writeFileSync(
        join(folder, 'preflens.json'),
        JSON.stringify({ scorers: [{ kind: 'onnx', model: 'house-rm', files: 'more.jsonl' }] }),
      );
      await openFile(page, 'more.jsonl');
      if (hasRuntime) {
        await waitForStatus(page, /^\d+ pairs · .* findings$/);
        await screenshot(page, `package-${target}`);
        return;
      }
      // The checks are there, and the tooltip of the status says which build a model needs.
      await waitForStatus(page, /^\d+ pairs · .* · [1-9]\d* findings · scoring failed$/);
      await screenshot(page, 'package-universal-model');
      await setTheme(page, THEMES[1]!);
      await screenshot(page, 'package-universal-model-light');
    } finally {
      await screenshot(page, `package-${target}-end`);
      await window.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
