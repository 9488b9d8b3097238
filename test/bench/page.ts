// npm run bench:page [-- ROWS [ACTIONS]]: the dataset page in the real workbench, over a million rows: frames while it
// scrolls, the time from a key to the next pair, a filter, searches, the bytes of each library, and memory after an
// hour's worth of use. Beside times stands the processor time of the thread that draws: other work on the machine hardly
// changes it.
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import * as esbuild from 'esbuild';
import type { CDPSession, Frame, Page } from 'playwright-core';

import { openFile, press, runCommand, until, waitForStatus } from '../workbench/actions.ts';
import { isOurs, processesOf, residentMb } from '../workbench/processes.ts';
import type { Window } from '../workbench/window.ts';
import { openWindow } from '../workbench/window.ts';
import { mb, quantile } from './measure.ts';
import { measureTextSearch, openBench } from './textSearch.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
/** A person who does something every two seconds does this much in an hour. */
const ACTIONS = Number(process.argv[3] ?? 1800);
const STEPS = 240;
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

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const spread = (values: readonly number[]): string =>
  `median ${ms(quantile(values, 0.5))}, 95 % ${ms(quantile(values, 0.95))}, worst ${ms(quantile(values, 1))}`;

const missed: string[] = [];
function judge(words: string, isGood: boolean): void {
  if (!isGood) missed.push(words);
  console.log(`${isGood ? '' : 'MISSED  '}${words}  (load ${loadavg()[0]!.toFixed(1)})`);
}

/** Seconds of a page's main thread, and bytes of its objects. */
class Meter {
  readonly #session: CDPSession;
  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new Meter(session);
  }

  async #metric(wanted: string): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  }

  async cpuMs(): Promise<number> {
    return 1000 * (await this.#metric('TaskDuration'));
  }

  async heapMb(): Promise<number> {
    await this.#session.send('HeapProfiler.collectGarbage');
    return (await this.#metric('JSHeapUsedSize')) / 1e6;
  }
}

/** One step of a scroll from the top to the end, half by small moves and half by large ones; the milliseconds of its frame. */
async function scrollStep(frame: Frame, step: number): Promise<number> {
  return frame.evaluate(
    async ([at, of]) => {
      const list = document.querySelector('.list')!;
      const before = await new Promise<number>(requestAnimationFrame);
      list.scrollTop =
        at % 2 === 0 ? ((list.scrollHeight - list.clientHeight) * at) / of : list.scrollTop + 300;
      return (await new Promise<number>(requestAnimationFrame)) - before;
    },
    [step, STEPS] as const,
  );
}

async function measureScroll(frame: Frame, meter: Meter): Promise<void> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let step = 0; step <= STEPS; step++) {
    const before = await meter.cpuMs();
    wall.push(await scrollStep(frame, step));
    cpu.push((await meter.cpuMs()) - before);
  }
  const slow = (values: readonly number[]): number => values.filter((value) => value > SLOW_MS).length;
  console.log(`scrolling, processor time of a frame: ${spread(cpu)}, ${slow(cpu)} above 33 ms`);
  judge(`scrolling, frames: ${spread(wall)}, ${slow(wall)} above 33 ms`, slow(wall) === 0);
}

/** Milliseconds from a key to the frame after the next pair was drawn. */
async function toNextPair(frame: Frame): Promise<number> {
  return frame.evaluate(async () => {
    const list = document.querySelector<HTMLElement>('.list')!;
    const place = (): string | undefined => document.querySelector('.detail .place strong')?.textContent;
    const before = place();
    const start = performance.now();
    list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    while (place() === before) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });
}

/** Each key is pressed when the pair of the one before is on the screen. */
async function measureKeys(frame: Frame, meter: Meter): Promise<{ said: string; isFast: boolean }> {
  await frame.locator('.list').press('Control+Home');
  await frame.page().waitForTimeout(1000);
  const wall: number[] = [];
  const before = await meter.cpuMs();
  for (let i = 0; i < KEYS; i++) wall.push(await toNextPair(frame));
  const cpu = ((await meter.cpuMs()) - before) / KEYS;
  return {
    said: `key to next pair: ${spread(wall)}; processor time ${ms(cpu)}`,
    isFast: quantile(wall, 0.5) <= 50 && quantile(wall, 1) <= 100,
  };
}

/** Milliseconds from Enter to the first rows of a filter, and to its last ones; what the page says then. */
async function filter(frame: Frame, query: string): Promise<{ first: number; all: number; hits: string }> {
  return frame.evaluate(async (text) => {
    const input = document.querySelector<HTMLInputElement>('.query input')!;
    const hits = (): string => document.querySelector('.hits')?.textContent ?? '';
    input.focus();
    input.value = text;
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    const start = performance.now();
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    let first = Number.NaN;
    for (;;) {
      await new Promise(requestAnimationFrame);
      const said = hits();
      const isOver = /^[\d,]+ rows?/.test(said);
      const hasRows = document.querySelector('.list .row:not(.waiting)') !== null;
      if (Number.isNaN(first) && (isOver || (/rows?/.test(said) && hasRows)))
        first = performance.now() - start;
      if (isOver || text === '') return { first, all: performance.now() - start, hits: said };
    }
  }, query);
}

/** Resident megabytes of our own processes in a window; undefined where the system does not say. */
function serverMb(window: Window): number | undefined {
  if (!existsSync('/proc/self/status')) return undefined;
  return processesOf(window)
    .filter(isOurs)
    .reduce((sum, { pid }) => sum + residentMb(pid), 0);
}

/** What a person does in turn: reads, jumps, filters, sorts, changes the layout, flips and takes it back. */
async function use(frame: Frame, action: number): Promise<void> {
  const list = frame.locator('.list');
  const turn = action % 20;
  if (turn === 3) await list.press('Control+End');
  else if (turn === 5) await list.press('Control+Home');
  else if (turn === 8) await filter(frame, `length_difference<${10 + (action % 30)}`);
  else if (turn === 10) await filter(frame, '');
  else if (turn === 12) await frame.locator('.head[data-column=difference] button').click();
  else if (turn === 14)
    await frame
      .getByRole('button', { name: /^Pair (?:below|beside)/ })
      .nth(action % 2)
      .click();
  else if (turn === 16) await list.press('f');
  else if (turn === 18) await list.press('u');
  else await list.press(turn % 4 === 0 ? 'PageDown' : 'ArrowDown');
}

async function measureMemory(frame: Frame, meter: Meter, window: Window): Promise<void> {
  const said = async (): Promise<string> =>
    `page and workbench ${(await meter.heapMb()).toFixed(0)} MB of objects, server ${serverMb(window)?.toFixed(0) ?? '?'} MB`;
  // The first uses fill caches that have limits.
  for (let action = 0; action < Math.min(200, ACTIONS); action++) await use(frame, action);
  const before = await meter.heapMb();
  console.log(`memory after 200 actions: ${await said()}`);
  for (let action = 200; action < ACTIONS; action++) await use(frame, action);
  const growth = (await meter.heapMb()) - before;
  judge(`memory after ${ACTIONS} actions: ${await said()}`, growth < 20);
}

/** Bytes of the pages' bundles, by the package that they come from. */
async function printBundles(): Promise<void> {
  const { metafile } = await esbuild.build({
    entryPoints: ['media/src/compare.tsx', 'media/src/dataset.tsx'],
    ...{ bundle: true, minify: true, splitting: true, metafile: true, write: false },
    ...{ platform: 'browser', target: 'es2022', format: 'esm', outdir: 'dist', logLevel: 'warning' },
  });
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = 'PrefLens'] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const largest = [...bytes].sort(([, a], [, b]) => b - a);
  console.log(
    `bundles: ${largest.map(([name, count]) => `${name} ${(count / 1000).toFixed(0)} kB`).join(', ')}`,
  );
}

await printBundles();
const folder = mkdtempSync(join(tmpdir(), 'preflens-page-'));
const path = join(folder, 'many.jsonl');
await write(path);
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
      for (const one of page.frames()) {
        const rows = await one
          .locator('.list .row .number')
          .count()
          .catch(() => 0);
        if (rows > 5) return one;
      }
      return false;
    },
    300_000,
  );
  await waitForStatus(page, /pairs · .*finding/, 600_000);
  await page.waitForTimeout(3000);
  const meter = await Meter.of(page);
  console.log(`${ROWS.toLocaleString('en')} rows, ${mb(path).toFixed(0)} MB`);
  console.log(`while duplicates are searched: ${(await measureKeys(frame, meter)).said}`);
  await waitForStatus(page, /finding(?!.*duplicates)/, 600_000);
  await measureScroll(frame, meter);
  const { said, isFast } = await measureKeys(frame, meter);
  judge(said, isFast);
  for (const query of ['length_difference<30', 'chosen_length>40 -length_difference<20']) {
    const { first, hits } = await filter(frame, query);
    judge(`filter ${query}: ${hits}, first rows after ${ms(first)}`, first <= 200);
  }
  for (const word of ['zebrafish', 'text:"number of"']) {
    const { first, all, hits } = await filter(frame, word);
    const speed = mb(path) / (all / 1000);
    console.log(
      `search ${word}: ${hits}, first after ${ms(first)}, all after ${ms(all)}, ${speed.toFixed(0)} MB/s`,
    );
  }
  await filter(frame, '');
  await press(page, 'Escape');
  await measureMemory(frame, meter, window);
} finally {
  await window.close();
  rmSync(folder, { recursive: true, force: true });
}
// On text as people have it: here the rows are short, and each of them costs as much as its bytes.
const bench = openBench();
try {
  await measureTextSearch(bench, judge);
} finally {
  bench.close();
}
process.exitCode = missed.length > 0 ? 1 : 0;
