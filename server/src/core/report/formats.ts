// Text formats of a report: for people, for scripts, and for GitHub.
import {
  jsonLine,
  markdownCell,
  markdownCode,
  markdownCodeCell,
  markdownText,
  terminalLine,
  workflowCommand,
} from '../escape/escape.ts';
import type { Severity } from '../model/finding.ts';
import { plural } from '../words/numbers.ts';
import type { FileReport, Report } from './report.ts';
import { countByRule, listed, totalOf } from './report.ts';

/**
 * Renders a report as lines, with at most `max` findings. Lines contain no line feeds, and texts from files are
 * escaped.
 */
export type Format = (report: Report, max: number) => Iterable<string>;

/** "580 pairs (188 ties)", "149 single verdicts": non-zero counts only. */
export function countLabel({
  pairCount,
  tieCount,
  judgementCount,
}: Pick<FileReport, 'pairCount' | 'tieCount' | 'judgementCount'>): string {
  const ties = tieCount > 0 ? ` (${plural(tieCount, 'tie')})` : '';
  const counts = [
    pairCount > 0 || judgementCount === 0 ? `${plural(pairCount, 'pair')}${ties}` : '',
    judgementCount > 0 ? plural(judgementCount, 'single verdict') : '',
  ];
  return counts.filter((count) => count !== '').join(', ');
}

/** How many findings are not listed; '' if all are. */
function restMessage(report: Report, shown: number): string {
  const rest = totalOf(report.files) - shown;
  return rest > 0 ? `${plural(rest, 'more finding')} not listed` : '';
}

function* text(report: Report, max: number): Generator<string> {
  const shown = listed(report.files, max);
  for (const [{ path }, { line, column, severity, rule, message }] of shown)
    yield terminalLine(`${path}:${line}:${column}: ${severity} ${rule}: ${message}`);
  for (const { path, unlisted } of report.files)
    for (const [rule, count] of unlisted) yield terminalLine(`${path}: ${rule}: ${count} more, not listed`);
  const listable = report.files.reduce((sum, { findings }) => sum + findings.length, 0);
  if (shown.length < listable)
    yield `${plural(listable - shown.length, 'more finding')} not listed (--max-findings)`;
}

function* json(report: Report, max: number): Generator<string> {
  const shown = new Set(listed(report.files, max).map(([, finding]) => finding));
  const files = report.files.map(({ findings, unlisted, ...file }) => ({
    ...file,
    findings: findings.filter((finding) => shown.has(finding)),
    unlisted: Object.fromEntries(unlisted),
  }));
  const total = totalOf(report.files);
  yield jsonLine({ ...report, total, notListed: total - shown.size, files });
}

function* markdown(report: Report, max: number): Generator<string> {
  yield '# Preference data';
  for (const error of report.errors) yield* ['', `> **Not checked:** ${markdownText(error)}`];
  const total = totalOf(report.files);
  yield '';
  yield `${plural(total, 'finding')} in ${plural(report.files.length, 'file')}.`;
  yield '';
  yield '| file | content | read as | findings | ignored by decision | in the baseline |';
  yield '|---|---|---|---|---|---|';
  for (const file of report.files)
    yield `| ${markdownCodeCell(file.path)} | ${countLabel(file)} in ${plural(file.recordCount, 'record')} | ${markdownCell(file.mapping)} | ${totalOf([file])} | ${file.kept} | ${file.old} |`;
  if (total > 0) {
    yield '';
    yield '| rule | severity | findings |';
    yield '|---|---|---|';
    for (const { rule, severity, count } of countByRule(report.files))
      yield `| ${markdownCodeCell(rule)} | ${severity} | ${count} |`;
    yield '';
    yield '| place | finding |';
    yield '|---|---|';
    const shown = listed(report.files, max);
    for (const [{ path }, { line, rule, severity, message }] of shown)
      yield `| ${markdownCodeCell(path)}:${line} | ${severity} ${markdownCodeCell(rule)}: ${markdownCell(message)} |`;
    const rest = restMessage(report, shown.length);
    if (rest !== '') yield* ['', `${rest}.`];
  }
  for (const { path, trust } of report.files)
    if (trust !== '') yield* ['', `${markdownCode(path)}: ${markdownText(trust)}`];
}

const COMMANDS: Record<Severity, 'error' | 'warning' | 'notice'> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
};

const TITLE = { title: 'PrefLens' } as const;

/** Annotations of a workflow run. GitHub shows ten of each level, so the last line gives the total. */
function* github(report: Report, max: number): Generator<string> {
  const shown = listed(report.files, max);
  for (const [{ path }, { line, column, severity, rule, message }] of shown)
    yield workflowCommand(COMMANDS[severity], { file: path, line, col: column, title: rule }, message);
  for (const error of report.errors) yield workflowCommand('error', TITLE, error);
  const total = totalOf(report.files);
  if (total === 0) return;
  const counts = countByRule(report.files).map(({ rule, count }) => `${rule} ${count}`);
  yield workflowCommand('notice', TITLE, `${plural(total, 'finding')}: ${counts.join(', ')}`);
}

export const TEXT_FORMATS = { text, json, markdown, github } as const satisfies Record<string, Format>;
