// SARIF 2.1.0 (OASIS), for code scanning. Contains no texts of the dataset. Findings beyond the limit are only
// counted.
import { ruleById } from '../checks/table.ts';
import { jsonLine, sarifText } from '../escape/escape.ts';
import type { Severity } from '../model/finding.ts';
import { plural } from '../words/numbers.ts';
import type { Format } from './formats.ts';
import type { FileReport, Report, ReportedFinding } from './report.ts';
import { countByRule, listed, totalOf } from './report.ts';
import { rulePage } from './rulePage.ts';

/** Code scanning accepts 25,000 results per run and files of 10 MB. */
export const MAX_SARIF = 5000;

const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', information: 'note' };

/** A path as a relative reference. */
function uriOf(path: string): string {
  // Half of a surrogate pair has no UTF-8, so it can't be percent-encoded.
  return path
    .replace(/\p{Cs}/gu, '\ufffd')
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}

function ruleOf(id: string): object {
  const rule = ruleById(id);
  if (!rule) return { id };
  const level = rule.severity === 'off' ? 'none' : LEVELS[rule.severity];
  return {
    id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why} ${rule.remedy}`, markdown: rulePage(rule) },
    defaultConfiguration: { level },
  };
}

function resultOf({ path }: FileReport, finding: ReportedFinding, rules: readonly string[]): object {
  const { rule, severity, message, line, column, key, range } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: LEVELS[severity],
    message: { text: sarifText(message) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path) },
          region: {
            startLine: line,
            startColumn: column,
            byteOffset: range.byteStart,
            byteLength: range.byteEnd - range.byteStart,
          },
        },
      },
    ],
    // Pair and rule: the same wherever the record moves.
    partialFingerprints: { 'preflens/v1': `${rule}:${key}` },
  };
}

function notification(text: string, level: string): object {
  return { level, message: { text: sarifText(text) } };
}

function* sarif(report: Report, max: number): Generator<string> {
  const shown = listed(report.files, Math.min(max, MAX_SARIF));
  const rest = totalOf(report.files) - shown.length;
  const rules = countByRule(report.files).map(({ rule }) => rule);
  const notes = [
    ...report.errors.map((error) => notification(error, 'error')),
    ...(report.leftOut ?? []).map((message) => notification(`${message} Skipped.`, 'note')),
    ...(rest > 0
      ? [
          notification(
            `${plural(rest, 'more finding')} of ${totalOf(report.files)} not listed here.`,
            'warning',
          ),
        ]
      : []),
  ];
  const run = {
    tool: {
      driver: {
        name: 'PrefLens',
        semanticVersion: report.version,
        rules: rules.map(ruleOf),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: report.errors.length === 0, toolExecutionNotifications: notes }],
    results: shown.map(([file, finding]) => resultOf(file, finding, rules)),
  };
  yield jsonLine({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  });
}

export const SARIF: Format = sarif;
