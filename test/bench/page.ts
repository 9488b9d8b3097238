// The dataset page in the real workbench: frames while a million rows scroll, and the time from a key to the next pair.
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import type { Frame } from 'playwright-core';

import { openFile, runCommand, until, waitForStatus } from '../workbench/actions.ts';
import { openWindow } from '../workbench/window.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const KEYS = 60;
/** A frame that took longer is seen as a stutter. */
const SLOW_MS = 33.5;

async function write(path: string): Promise<void> {
  const file = createWriteStream(path);
  for (let i = 0; i < ROWS; i += 1000) {
    const lines = Array.from({ length: Math.min(1000, ROWS - i) }, (_, j) => {
      const n = (i + j).toString(36);
      const prompt = `What is ${n} in short?`;
      return `${JSON.stringify({ prompt, chosen: `It is ${n}, a number of its own.`, rejected: `Ask ${n}.` })}\n`;
    });
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

/** Milliseconds of each frame while the list scrolls from its top to its end, with its rows. */
async function scrolled(frame: Frame): Promise<number[]> {
  return frame.evaluate(async () => {
    const list = document.querySelector('.list')!;
    const frames: number[] = [];
    const steps = 240;
    let before = await new Promise<number>(requestAnimationFrame);
    for (let step = 0; step <= steps; step++) {
      // Half by small moves, half by large ones.
      list.scrollTop =
        step % 2 === 0 ? ((list.scrollHeight - list.clientHeight) * step) / steps : list.scrollTop + 300;
      const now = await new Promise<number>(requestAnimationFrame);
      frames.push(now - before);
      before = now;
    }
    return frames;
  });
}

/** Milliseconds from a key to the frame after the next pair was drawn. */
async function toNextPair(frame: Frame): Promise<number> {
  return frame.evaluate(async () => {
    const list = document.querySelector<HTMLElement>('.list')!;
    const place = document.querySelector('.detail .place strong')!;
    const before = place.textContent;
    const start = performance.now();
    list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    while (document.querySelector('.detail .place strong')?.textContent === before)
      await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-page-'));
await write(join(folder, 'many.jsonl'));
const window = await openWindow(folder, {
  'workbench.editorLargeFileConfirmation': 4096,
  'preflens.scoreOnOpen': false,
});
try {
  const { page } = window;
  await openFile(page, 'many.jsonl');
  await page.locator('.monaco-editor .view-line').first().waitFor({ timeout: 300_000 });
  await runCommand(page, 'PrefLens: Open as Dataset');
  const frame = await until(
    'the rows',
    async () => {
      for (const one of page.frames())
        if (
          (await one
            .locator('.list .row [data-column=row] .number')
            .count()
            .catch(() => 0)) > 5
        )
          return one;
      return false;
    },
    300_000,
  );
  await waitForStatus(page, /pairs · .*finding/, 600_000);
  await page.waitForTimeout(3000);
  const frames = await scrolled(frame);
  const slow = frames.filter((ms) => ms > SLOW_MS);
  console.log(
    `${ROWS.toLocaleString('en')} rows, ${frames.length} frames while scrolling: median ${middle(frames).toFixed(1)} ms, worst ${Math.max(...frames).toFixed(1)} ms, ${slow.length} above 33 ms`,
  );
  await frame.locator('.list').press('Control+Home');
  await page.waitForTimeout(500);
  const keys: number[] = [];
  for (let i = 0; i < KEYS; i++) keys.push(await toNextPair(frame));
  console.log(
    `key to next pair: median ${middle(keys).toFixed(0)} ms, worst ${Math.max(...keys).toFixed(0)} ms`,
  );
  const start = performance.now();
  await frame.locator('.query input').fill('length_difference<30');
  await frame.locator('.query input').press('Enter');
  await until('the filtered rows', async () =>
    /\d rows/.test(
      await frame
        .locator('.hits')
        .innerText()
        .catch(() => ''),
    ),
  );
  console.log(
    `filter by a fact, to its first rows: at most ${(performance.now() - start).toFixed(0)} ms with the hands of the test`,
  );
} finally {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
}
