// npm run soak [-- MINUTES]: hours of use in the real workbench: open, score, filter, edit, save, compare, a scorer that is
// killed, a window that is reloaded. Memory, open files and processes have to be flat in the end, every save exact, and
// no process may outlive the window. Writes each round into test/artefacts/soak.csv, and their curves into soak.svg.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame, Page } from 'playwright-core';

import {
  compareFrame,
  datasetFrame,
  isDirty,
  isSoonActive,
  openFile,
  press,
  runCommand,
  until,
  waitForStatus,
} from '../workbench/actions.ts';
import { isHost, isOurs, isScorer, openFilesOf, processesOf, residentMb } from '../workbench/processes.ts';
import { reloadWith } from '../workbench/reload.ts';
import type { Window } from '../workbench/window.ts';
import { openWindow } from '../workbench/window.ts';
import { generatePairs } from './generate.ts';
import { CLI, quantile } from './measure.ts';

const MINUTES = Number(process.argv[2] ?? 120);
const PAIRS = 3000;
const ARTEFACTS = join(import.meta.dirname, '..', 'artefacts');
/** Rounds between a killed scorer and the next one, and between reloads of the window. */
const [KILL_EVERY, RELOAD_EVERY] = [3, 7];
/** Growth from the second quarter of the run to its last that is noise. The first quarter fills caches that have limits. */
const FLAT = { 'server MB': 40, 'extension host MB': 60, 'open files': 8, processes: 1 } as const;

type Figure = keyof typeof FLAT;
type Sample = Readonly<Record<Figure | 'minute', number>>;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function sampleOf(window: Window, minute: number): Sample {
  const all = processesOf(window);
  // Scorers come and go; each has its own limit.
  const servers = all.filter((one) => isOurs(one) && !isScorer(one));
  return {
    minute,
    'server MB': sum(servers.map(({ pid }) => residentMb(pid))),
    'extension host MB': sum(all.filter(isHost).map(({ pid }) => residentMb(pid))),
    'open files': sum([...servers, ...all.filter(isHost)].map(({ pid }) => openFilesOf(pid))),
    processes: all.filter((one) => !isScorer(one)).length,
  };
}

/** The curves, each in a band of its own, from 0 to its largest value. */
function svgOf(samples: readonly Sample[]): string {
  const [width, band, left] = [960, 120, 160];
  const end = Math.max(...samples.map(({ minute }) => minute), 1);
  const bands = (Object.keys(FLAT) as Figure[]).map((figure, i) => {
    const max = Math.max(...samples.map((sample) => sample[figure]), 1);
    const points = samples.map((sample) => {
      const x = left + ((width - left - 20) * sample.minute) / end;
      return `${x.toFixed(1)},${(band * (i + 1) - 10 - ((band - 30) * sample[figure]) / max).toFixed(1)}`;
    });
    return `<text x="10" y="${band * i + 30}">${figure}</text><text x="10" y="${band * i + 50}">most ${max.toFixed(0)}</text>
<line x1="${left}" x2="${width - 20}" y1="${band * (i + 1) - 10}" y2="${band * (i + 1) - 10}" stroke="#aaa"/>
<polyline fill="none" stroke="#2563eb" stroke-width="1.5" points="${points.join(' ')}"/>`;
  });
  const height = band * bands.length + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
<rect width="${width}" height="${height}" fill="#fff"/>
${bands.join('\n')}
<text x="${width - 20}" y="${height - 10}" text-anchor="end">${end.toFixed(0)} minutes</text>
</svg>\n`;
}

function writeCurves(samples: readonly Sample[]): void {
  mkdirSync(ARTEFACTS, { recursive: true });
  const columns = ['minute', ...Object.keys(FLAT)] as (keyof Sample)[];
  const rows = samples.map((sample) => columns.map((column) => sample[column].toFixed(1)).join(','));
  writeFileSync(join(ARTEFACTS, 'soak.csv'), `${[columns.join(','), ...rows].join('\n')}\n`);
  writeFileSync(join(ARTEFACTS, 'soak.svg'), svgOf(samples));
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-soak-'));
const pathOf = (name: string): string => join(folder, name);
writeFileSync(pathOf('pairs.jsonl'), [...generatePairs(PAIRS, 20, 40)].join(''));
writeFileSync(pathOf('table.jsonl'), [...generatePairs(PAIRS, 20, 40)].join(''));
const converted = spawnSync(
  process.execPath,
  [CLI, 'convert', pathOf('table.jsonl'), '--out', pathOf('table.parquet')],
  { encoding: 'utf8' },
);
if (converted.status !== 0) throw new Error(converted.stderr);
rmSync(pathOf('table.jsonl'));

const linesOf = (name: string): string[] => readFileSync(pathOf(name), 'utf8').split('\n');

const scored = async (page: Page): Promise<string> => waitForStatus(page, /^3,000 pairs .*finding/, 300_000);

/** Whether a row's pair is on the screen: until then, keys of edits do nothing. */
async function isShown(frame: Frame, row: number): Promise<boolean> {
  const [place = ''] = await frame.locator('.detail .place strong').allInnerTexts();
  return place === `Row ${row.toLocaleString('en')}`;
}

/** Flips one row of the dataset, and a second one that is undone, and saves. */
async function editDataset(page: Page, frame: Frame, round: number): Promise<void> {
  const list = frame.locator('.list');
  await frame.locator('.list .row').first().click();
  await list.press('Control+Home');
  for (let i = 0; i < round % 11; i++) await list.press('ArrowDown');
  await until('its pair', async () => isShown(frame, 1 + (round % 11)));
  await list.press('f');
  await until('the unsaved mark', async () => isDirty(page));
  await list.press('Control+End');
  await until('the last pair', async () => isShown(frame, PAIRS));
  await list.press('f');
  await list.press('u');
  await press(page, 'Mod+S');
  await until('the save', async () => !(await isDirty(page)));
}

/** Types a query, and clears it when its rows are counted. */
async function filterRows(frame: Frame, query: string): Promise<void> {
  const input = frame.locator('.query input');
  const hits = frame.locator('.hits');
  const enter = async (text: string): Promise<void> => {
    await input.fill(text);
    await input.press('Escape');
    await input.press('Enter');
  };
  await enter(query);
  await until('the rows', async () => /^[\d,]+ rows/.test((await hits.allInnerTexts())[0] ?? ''));
  await enter('');
  await until('all rows', async () => (await hits.count()) === 0);
}

/** Ends the scorer while it works, and waits for the scores of the one that takes its place. */
async function killScorer(window: Window): Promise<boolean> {
  await runCommand(window.page, 'PrefLens: Score This File');
  const victim = await until(
    'a scorer',
    async () => Promise.resolve(processesOf(window).find(isScorer)),
    5000,
  ).catch(() => undefined);
  if (victim) process.kill(victim.pid, 'SIGKILL');
  await scored(window.page);
  return victim !== undefined;
}

/** Rows of a JSON Lines file that differ: a flip changes one. */
function changedLines(before: readonly string[]): number {
  const after = linesOf('pairs.jsonl');
  if (after.length !== before.length) throw new Error(`${before.length} lines became ${after.length}.`);
  return after.filter((line, i) => line !== before[i]).length;
}

async function round(window: Window, number: number): Promise<{ readonly hasKilled: boolean }> {
  const { page } = window;
  const before = linesOf('pairs.jsonl');
  await openFile(page, 'pairs.jsonl');
  await scored(page);
  // VS Code opens a file in the editor that it was last shown in.
  const isDataset = async (): Promise<boolean> => (await page.locator('iframe.webview').count()) > 0;
  if (await isDataset()) await runCommand(page, 'PrefLens: Open as Text');
  await page.locator('.monaco-editor.focused').first().waitFor();
  await runCommand(page, 'PrefLens: Compare Chosen and Rejected', async () => isSoonActive(page, 'Compare'));
  await compareFrame(page);
  await runCommand(page, 'View: Close All Editors');

  await openFile(page, 'pairs.jsonl');
  if (!(await isDataset())) await runCommand(page, 'PrefLens: Open as Dataset');
  const frame = await datasetFrame(page, 6);
  // While the file is read, keys of edits do nothing.
  await scored(page);
  await filterRows(frame, number % 2 === 0 ? 'margin<0' : 'length_difference>10');
  await editDataset(page, frame, number);
  const changed = changedLines(before);
  if (changed !== 1) throw new Error(`A save of one flip changed ${changed} lines.`);
  const hasKilled = number % KILL_EVERY === 0 && (await killScorer(window));
  await runCommand(page, 'View: Close All Editors');

  await openFile(page, 'table.parquet');
  const table = await datasetFrame(page, 6);
  await scored(page);
  await editDataset(page, table, number);
  if (number % RELOAD_EVERY === 0) {
    await reloadWith(window, 'preflens.dataset');
    await page.waitForSelector('.monaco-workbench .explorer-folders-view');
    // VS Code saves its state every few seconds, and may open the window as it was before the file.
    await openFile(page, 'table.parquet');
    await datasetFrame(page, 6);
  }
  await runCommand(page, 'View: Close All Editors');
  return { hasKilled };
}

const window = await openWindow(folder, { 'workbench.colorTheme': 'Default Dark Modern' });
const samples: Sample[] = [];
const started = Date.now();
const minutes = (): number => (Date.now() - started) / 60_000;
let killed = 0;
let faults = 0;
try {
  for (let number = 1; minutes() < MINUTES; number++) {
    const { hasKilled } = await round(window, number);
    killed += Number(hasKilled);
    await window.page.waitForTimeout(2000);
    const sample = sampleOf(window, minutes());
    samples.push(sample);
    writeCurves(samples);
    console.log(
      `round ${number}: ${Object.entries(sample)
        .map(([name, value]) => `${name} ${value.toFixed(value < 10 ? 1 : 0)}`)
        .join(', ')}`,
    );
  }
} catch (error) {
  await window.page.screenshot({ path: join(ARTEFACTS, 'soak-failed.png') });
  throw error;
} finally {
  await window.close();
}
await until(
  'the end of all processes',
  async () => Promise.resolve(processesOf(window).length === 0),
  30_000,
).catch((error: unknown) => {
  faults++;
  console.log(
    `MISSED  ${String(error)} Still there: ${processesOf(window)
      .map(({ command }) => command)
      .join(' | ')}`,
  );
});
rmSync(folder, { recursive: true, force: true });

const quarter = Math.floor(samples.length / 4);
for (const [figure, noise] of Object.entries(FLAT) as [Figure, number][]) {
  const early = quantile(
    samples.slice(quarter, 2 * quarter).map((sample) => sample[figure]),
    0.5,
  );
  const late = quantile(
    samples.slice(-quarter).map((sample) => sample[figure]),
    0.5,
  );
  const isFlat = late - early <= noise;
  if (!isFlat) faults++;
  console.log(
    `${isFlat ? '' : 'MISSED  '}${figure}: ${early.toFixed(0)} in the second quarter, ${late.toFixed(0)} in the last`,
  );
}
console.log(
  `${samples.length} rounds in ${minutes().toFixed(0)} minutes, ${killed} scorers killed, no process left`,
);
process.exitCode = faults > 0 ? 1 : 0;
