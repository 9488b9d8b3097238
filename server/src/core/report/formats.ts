// The formats of a report that are text: for people, for machines, for GitHub.
import type { Severity } from '../model/finding.ts';
import type { FileReport, Report } from './report.ts';
import { countByRule, listed, plural, totalOf } from './report.ts';

/** A format: the lines of a report, of which so many findings are listed at most. */
export type Format = (report: Report, most: number) => Iterable<string>;

/** "580 pairs (188 ties)", "149 single verdicts": what there is, without what there is none of. */
export function countWords({
  pairCount,
  tieCount,
  judgementCount,
}: Pick<FileReport, 'pairCount' | 'tieCount' | 'judgementCount'>): string {
  const ties = tieCount > 0 ? ` (${tieCount} ties)` : '';
  const words = [
    pairCount > 0 || judgementCount === 0 ? `${pairCount} pairs${ties}` : '',
    judgementCount > 0 ? `${judgementCount} single verdicts` : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

/** How many findings are not shown; '' where all are. */
function restWords(report: Report, shown: number): string {
  const rest = totalOf(report.files) - shown;
  return rest > 0 ? `${plural(rest, 'more finding')} not listed` : '';
}

function* text(report: Report, most: number): Generator<string> {
  const shown = listed(report.files, most);
  for (const [{ path }, { line, column, severity, rule, message }] of shown)
    yield `${path}:${line}:${column}: ${severity} ${rule}: ${message}`;
  for (const { path, unlisted } of report.files)
    for (const [rule, count] of unlisted) yield `${path}: ${rule}: ${count} more, not listed`;
  const listable = report.files.reduce((sum, { findings }) => sum + findings.length, 0);
  if (shown.length < listable)
    yield `${plural(listable - shown.length, 'more finding')} not listed (--max-findings)`;
}

function* json(report: Report, most: number): Generator<string> {
  const shown = new Set(listed(report.files, most).map(([, finding]) => finding));
  const files = report.files.map(({ findings, unlisted, ...file }) => ({
    ...file,
    findings: findings.filter((finding) => shown.has(finding)),
    unlisted: Object.fromEntries(unlisted),
  }));
  const total = totalOf(report.files);
  yield JSON.stringify({ ...report, total, notListed: total - shown.size, files });
}

const cell = (words: string): string =>
  words.replaceAll(/[\\|]/g, '\\$&').replaceAll('\n', ' ').replaceAll('<', '&lt;');

function* markdown(report: Report, most: number): Generator<string> {
  yield '# Preference data';
  for (const error of report.errors) yield `\n> **Could not be checked:** ${cell(error)}`;
  const total = totalOf(report.files);
  yield `\n${plural(total, 'finding')} in ${plural(report.files.length, 'file')}.`;
  yield '\n| file | holds | read as | findings | kept by decision | in the baseline |';
  yield '|---|---|---|---|---|---|';
  for (const file of report.files)
    yield `| ${cell(file.path)} | ${countWords(file)} in ${file.recordCount} records | ${cell(file.mapping)} | ${totalOf([file])} | ${file.kept} | ${file.old} |`;
  if (total > 0) {
    yield '\n| rule | severity | findings |';
    yield '|---|---|---|';
    for (const { rule, severity, count } of countByRule(report.files))
      yield `| ${rule} | ${severity} | ${count} |`;
    yield '\n| place | finding |';
    yield '|---|---|';
    const shown = listed(report.files, most);
    for (const [{ path }, { line, rule, severity, message }] of shown)
      yield `| ${cell(path)}:${line} | ${severity} **${rule}**: ${cell(message)} |`;
    const rest = restWords(report, shown.length);
    if (rest !== '') yield `\n${rest}.`;
  }
  for (const { path, trust } of report.files) if (trust !== '') yield `\n${cell(path)}: ${cell(trust)}`;
}

const COMMANDS: Record<Severity, string> = { error: 'error', warning: 'warning', information: 'notice' };

/** Of properties of a workflow command, as the runner reads them. */
const property = (words: string): string =>
  words
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
const data = (words: string): string =>
  words.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** Annotations of a workflow run. The runner shows ten of a kind: the last line says how many there are. */
function* github(report: Report, most: number): Generator<string> {
  const shown = listed(report.files, most);
  for (const [{ path }, { line, column, severity, rule, message }] of shown)
    yield `::${COMMANDS[severity]} file=${property(path)},line=${line},col=${column},title=${property(rule)}::${data(message)}`;
  for (const error of report.errors) yield `::error title=PrefLens::${data(error)}`;
  const total = totalOf(report.files);
  if (total > 0)
    yield `::notice title=PrefLens::${plural(total, 'finding')}: ${countByRule(report.files)
      .map(({ rule, count }) => `${rule} ${count}`)
      .join(', ')}`;
}

export const TEXT_FORMATS = { text, json, markdown, github } as const satisfies Record<string, Format>;
