// A report as one self-contained HTML page: no script, no network, charts as SVG.
import type { Estimate } from '../checks/dataset/effects.ts';
import type { Portrait } from '../checks/dataset/portrait.ts';
import { ruleById } from '../checks/table.ts';
import { htmlText } from '../escape/escape.ts';
import { formatMargin, plural } from '../words/numbers.ts';
import type { Format } from './formats.ts';
import { countLabel } from './formats.ts';
import type { FileReport, Histogram, Report } from './report.ts';
import { countByRule, listed, totalOf } from './report.ts';

/** Findings to list: more would make the page slow to open. */
const MAX_HTML = 2000;

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #fff; --panel: #f6f8fa;
  --chosen: #1a7f37; --rejected: #bc4c00; --error: #cf222e; --warning: #9a6700; --information: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --panel: #151b23;
  --chosen: #3fb950; --rejected: #f0883e; --error: #f85149; --warning: #d29922; --information: #58a6ff; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 68rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); } .bad { color: var(--error); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; } th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; padding-right: 1.5rem; white-space: nowrap; } td.words { overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, monospace; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; margin: 1rem 0; }
figure { margin: 0; padding: 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; } figcaption { color: var(--soft); font-size: 13px; margin-top: .5rem; }
svg { display: block; width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--soft); } svg text.ink { fill: var(--ink); }
.chosen { fill: var(--chosen); } .rejected { fill: var(--rejected); } .axis { stroke: var(--line); } .error { color: var(--error); } .warning { color: var(--warning); } .information { color: var(--information); }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .3rem; }
details { margin: .5rem 0; } summary { cursor: pointer; }
`;

const WIDTH = 400;

/** Paired bars over a scale of lengths. */
function lengthChart({ chosenLengths, rejectedLengths }: Portrait): string {
  const used = chosenLengths.map((count, i) => count + (rejectedLengths[i] ?? 0) > 0);
  const [first, last] = [Math.max(0, used.indexOf(true)), used.lastIndexOf(true)];
  const max = Math.max(1, ...chosenLengths, ...rejectedLengths);
  const [height, bins] = [120, last - first + 1];
  const step = WIDTH / Math.max(1, bins);
  const bars: string[] = [];
  for (let i = first; i <= last; i++) {
    const x = (i - first) * step;
    for (const [at, [name, list]] of [
      ['chosen', chosenLengths],
      ['rejected', rejectedLengths],
    ].entries() as Iterable<[number, [string, readonly number[]]]>) {
      const tall = ((list[i] ?? 0) / max) * height;
      bars.push(
        `<rect class="${name}" x="${(x + 2 + (at * (step - 4)) / 2).toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${((step - 6) / 2).toFixed(1)}" height="${tall.toFixed(1)}"><title>${list[i] ?? 0} ${name} answers of ${2 ** i} to ${2 ** (i + 1) - 1} characters</title></rect>`,
      );
    }
    const label = 2 ** i >= 1024 ? `${2 ** (i - 10)}k` : String(2 ** i);
    bars.push(`<text x="${x.toFixed(1)}" y="${height + 16}">${label}</text>`);
  }
  return `<svg viewBox="0 0 ${WIDTH} ${height + 22}" role="img" aria-label="Lengths of chosen and rejected answers">${bars.join('')}<line class="axis" x1="0" x2="${WIDTH}" y1="${height}" y2="${height}"/></svg>`;
}

/** Odds ratios with their intervals, on a scale of powers of two. */
function oddsChart({ style }: Portrait): string {
  const shown = style.filter(({ chosenOnly, rejectedOnly }) => chosenOnly + rejectedOnly >= 10);
  if (shown.length === 0) return '';
  const reach = 3;
  const [left, row] = [150, 20];
  const at = (ratio: number): number => {
    const scaled = Math.max(-reach, Math.min(reach, Math.log2(ratio)));
    return left + ((scaled + reach) / (2 * reach)) * (WIDTH - left - 10);
  };
  const height = shown.length * row;
  const rows = shown.map(({ name, odds: { value, low, high }, chosenOnly, rejectedOnly }, i) => {
    const y = i * row + 12;
    const side = low > 1 ? 'chosen' : high < 1 ? 'rejected' : '';
    const colour = side === '' ? 'var(--soft)' : `var(--${side})`;
    return `<text class="ink" x="0" y="${y + 4}">${htmlText(name)}</text><line x1="${at(low).toFixed(1)}" x2="${at(high).toFixed(1)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/><circle cx="${at(value).toFixed(1)}" cy="${y}" r="4" fill="${colour}"><title>odds ratio ${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}): ${plural(chosenOnly, 'pair')} for, ${rejectedOnly} against</title></circle>`;
  });
  const ticks = [-3, -2, -1, 0, 1, 2, 3].map((power) => {
    const x = at(2 ** power).toFixed(1);
    const label = power < 0 ? `1/${2 ** -power}` : String(2 ** power);
    return `<line class="axis" x1="${x}" x2="${x}" y1="0" y2="${height}"/><text x="${x}" y="${height + 14}" text-anchor="middle">${label}</text>`;
  });
  return `<figure><h3>Styles that correlate with the label</h3><svg viewBox="0 0 ${WIDTH} ${height + 20}" role="img" aria-label="Odds ratios of style">${ticks.join('')}${rows.join('')}</svg><figcaption>Odds ratio with 95 % interval, over the pairs in which only one side has the style. Right of 1: the chosen side has it more often.</figcaption></figure>`;
}

/** Margins as bars. Those that disagree with the label have the colour of rejected answers. */
function marginChart(margins: Histogram | undefined): string {
  if (!margins) return '';
  const { max, counts } = margins;
  const height = 120;
  const tallest = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  const bars = counts.map((count, i) => {
    const tall = (count / tallest) * height;
    const side = i < counts.length / 2 ? 'rejected' : 'chosen';
    const from = (2 * max * i) / counts.length - max;
    return `<rect class="${side}" x="${(i * step + 0.5).toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${tall.toFixed(1)}"><title>${plural(count, 'pair')} with a margin from ${from.toFixed(2)} to ${(from + (2 * max) / counts.length).toFixed(2)}</title></rect>`;
  });
  const tick = (x: number, anchor: string, value: number): string =>
    `<text x="${x}" y="${height + 16}" text-anchor="${anchor}">${formatMargin(value)}</text>`;
  const ticks = [
    tick(0, 'start', -max),
    `<text x="${WIDTH / 2}" y="${height + 16}" text-anchor="middle">0</text>`,
    tick(WIDTH, 'end', max),
  ];
  return `<figure><h3>Margins</h3><svg viewBox="0 0 ${WIDTH} ${height + 22}" role="img" aria-label="Margins">${bars.join('')}<line class="axis" x1="0" x2="${WIDTH}" y1="${height}" y2="${height}"/>${ticks.join('')}</svg><figcaption>How strongly the scorer agrees with the label. Left of 0 it disagrees: look at these pairs, but their share is no error rate.</figcaption></figure>`;
}

/** A share on a line from 0 to 100 %, with its interval. */
function shareRow(name: string, { value, low, high }: Estimate): string {
  if (Number.isNaN(value)) return '';
  const percent = (share: number): string => (100 * share).toFixed(0);
  return `<tr><td>${htmlText(name)}</td><td class="n">${percent(value)} %</td><td class="soft">95 % interval ${percent(low)} to ${percent(high)} %</td></tr>`;
}

function portraitSection(file: FileReport): string {
  const { portrait } = file;
  if (file.unsure !== undefined) return `<p>${htmlText(file.unsure)}.</p>`;
  const { preferences, lengthEffect, longerWins, firstWins, good, meanChosen, meanRejected } = portrait;
  if (preferences === 0) return `<table>${shareRow('Labelled good', good)}</table>`;
  const effect = `<tr><td>Length, Cohen’s d</td><td class="n">${lengthEffect.value.toFixed(2)}</td><td class="soft">95 % interval ${lengthEffect.low.toFixed(2)} to ${lengthEffect.high.toFixed(2)}; 0.3 is minor, 0.8 is major</td></tr>`;
  const key = (side: string): string => `<span class="key" style="background: var(--${side})"></span>${side}`;
  return `<div class="charts"><figure><h3>Lengths in characters</h3>${lengthChart(portrait)}<figcaption>${key('chosen')}, ${meanChosen.toFixed(0)} on average &nbsp; ${key('rejected')}, ${meanRejected.toFixed(0)}</figcaption></figure>${marginChart(file.margins)}${oddsChart(portrait)}</div><table>${shareRow('The longer answer wins', longerWins)}${effect}${file.hasLabel ? shareRow('The first answer wins', firstWins) : ''}${shareRow('Labelled good', good)}</table>`;
}

function* fileSection(file: FileReport, shown: ReadonlySet<unknown>): Generator<string> {
  yield `<h2>${htmlText(file.path)}</h2><p class="soft">${htmlText(countLabel(file))} in ${plural(file.recordCount, 'record')}, read as ${htmlText(file.mapping)}. ${plural(totalOf([file]), 'finding')}${file.kept > 0 ? `; ${file.kept} ignored by decision` : ''}${file.old > 0 ? `; ${file.old} in the baseline` : ''}. ${htmlText(file.trust)}</p>`;
  yield portraitSection(file);
  const own = file.findings.filter((finding) => shown.has(finding));
  if (own.length === 0) return;
  yield `<details${own.length <= 100 ? ' open' : ''}><summary>${plural(own.length, 'finding')} listed</summary><table><tr><th class="n">Line</th><th>Rule</th><th>Finding</th></tr>`;
  for (const { line, rule, severity, message } of own)
    yield `<tr><td class="n">${line}</td><td><code class="${severity}">${htmlText(rule)}</code></td><td class="words">${htmlText(message)}</td></tr>`;
  yield '</table></details>';
}

function* html(report: Report, max: number): Generator<string> {
  const rows = listed(report.files, Math.min(max, MAX_HTML));
  const shown = new Set(rows.map(([, finding]) => finding));
  const total = totalOf(report.files);
  const pairs = report.files.reduce((sum, file) => sum + file.pairCount, 0);
  yield `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Preference data</title><style>`;
  yield* STYLE.trim().split('\n');
  yield '</style>';
  yield `<h1>Preference data</h1><p class="soft">${plural(total, 'finding')} in ${plural(pairs, 'pair')} of ${plural(report.files.length, 'file')}, by PrefLens ${htmlText(report.version)}.</p>`;
  for (const error of report.errors) yield `<p class="bad">Not checked: ${htmlText(error)}</p>`;
  if (total > 0) {
    yield '<table><tr><th>Rule</th><th>What is wrong</th><th class="n">Findings</th></tr>';
    for (const { rule, severity, count } of countByRule(report.files))
      yield `<tr><td><code class="${severity}">${htmlText(rule)}</code></td><td>${htmlText(ruleById(rule)?.title ?? '')}</td><td class="n">${count.toLocaleString('en')}</td></tr>`;
    yield '</table>';
  } else yield '<p>No findings.</p>';
  if (total > rows.length)
    yield `<p class="soft">${plural(total - rows.length, 'more finding')} not listed here.</p>`;
  for (const file of report.files) yield* fileSection(file, shown);
  yield '</html>';
}

export const HTML: Format = html;
