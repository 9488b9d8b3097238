// A report as one self-contained HTML page: no script, no network, charts as SVG.
import { figuresOf } from '../drawing/figures.ts';
import { htmlText } from '../escape/escape.ts';
import { plural } from '../words/numbers.ts';
import { figureHtml } from './figuresHtml.ts';
import type { Format } from './formats.ts';
import { countLabel } from './formats.ts';
import type { FileReport, Report } from './report.ts';
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
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin: 1rem 0; align-items: start; }
figure { margin: 0; padding: 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; min-width: 0; } figcaption, .keys { color: var(--soft); font-size: 13px; margin: .5rem 0 0; } figure table { font-size: 13px; }
svg { display: block; width: 100%; max-width: 34rem; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--soft); } svg text.ink { fill: var(--ink); }
.chosen { fill: var(--chosen); } .rejected { fill: var(--rejected); } .neutral { fill: var(--information); } rect.error { fill: var(--error); } rect.warning { fill: var(--warning); } rect.information { fill: var(--information); }
.behind { fill: var(--soft); fill-opacity: .25; } .hit { fill: transparent; } .axis { stroke: var(--soft); } .grid { stroke: var(--line); } .budget { stroke: var(--ink); stroke-dasharray: 4 3; } .ideal { stroke: var(--soft); stroke-dasharray: 4 3; } .mean { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.interval { stroke-width: 2; } .interval.chosen { stroke: var(--chosen); } .interval.rejected { stroke: var(--rejected); } .interval.neutral { stroke: var(--information); }
code.error { color: var(--error); } code.warning { color: var(--warning); } code.information { color: var(--information); }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin: 0 .3rem 0 0; } .key.chosen { background: var(--chosen); } .key.rejected { background: var(--rejected); } .key.neutral, .key.information { background: var(--information); } .key.error { background: var(--error); } .key.warning { background: var(--warning); }
details { margin: .5rem 0; } summary { cursor: pointer; }
@media print { body { max-width: none; padding: 0; } figure { break-inside: avoid; } }
`;

function portraitSection({ portrait }: FileReport): string {
  if (!portrait) return '';
  return `<div class="charts">${figuresOf(portrait).map(figureHtml).join('')}</div>`;
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
    for (const { rule, severity, title, count } of countByRule(report.files))
      yield `<tr><td><code class="${severity}">${htmlText(rule)}</code></td><td>${htmlText(title)}</td><td class="n">${count.toLocaleString('en')}</td></tr>`;
    yield '</table>';
  } else yield '<p>No findings.</p>';
  if (total > rows.length)
    yield `<p class="soft">${plural(total - rows.length, 'more finding')} not listed here.</p>`;
  for (const file of report.files) yield* fileSection(file, shown);
  yield '</html>';
}

export const HTML: Format = html;
