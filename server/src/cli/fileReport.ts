// What `check` and `join` report of a file, when it fails a run, and where the report goes.
import { isatty } from 'node:tty';

import type { RuleSettings } from '#core/checks/check.ts';
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { SCORE_RULES } from '#core/checks/table.ts';
import { readAs } from '#core/dataset/readAs.ts';
import type { Facts } from '#core/facts/facts.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { remember } from '#core/memory/apply.ts';
import type { Severity } from '#core/model/finding.ts';
import type { PortraitInput } from '#core/portrait/portrait.ts';
import type { Format } from '#core/report/formats.ts';
import { TEXT_FORMATS } from '#core/report/formats.ts';
import type { FileReport, Report } from '#core/report/report.ts';
import { countByRule } from '#core/report/report.ts';
import { writeWhole } from '#node/write.ts';

import type { FailOn, FormatName } from './choices.ts';
import type { CheckedFile, CollectedFinding } from './collect.ts';
import type { Command } from './command.ts';

/** How a report is written. */
export interface ReportOptions {
  readonly format: FormatName;
  readonly maxFindings: number;
  /** Path of the report; default: standard output. */
  readonly out?: string | undefined;
}

/** Loads what a format needs. */
export async function formatOf(name: FormatName): Promise<Format> {
  switch (name) {
    case 'sarif':
      return (await import('#core/report/sarif.ts')).SARIF;
    case 'html':
      return (await import('#core/report/html.ts')).HTML;
    case 'text':
    case 'json':
    case 'markdown':
    case 'github':
      return TEXT_FORMATS[name];
  }
}

/** Formats that show a file as a whole. */
const WITH_PORTRAIT: ReadonlySet<FormatName> = new Set(['html', 'json']);

/** What was found in a file. */
export interface FoundInFile extends Pick<
  CheckedFile,
  'findings' | 'unlisted' | 'decisions' | 'baseline' | 'scorers' | 'trust'
> {
  /** As the report names it. */
  readonly path: string;
  readonly facts: Facts;
  readonly recognition: Recognition;
}

/** Findings without a stored key, minus those in the baseline. */
export function unlistedOf({
  unlisted,
  baseline,
}: Pick<FoundInFile, 'unlisted' | 'baseline'>): ReadonlyMap<string, number> {
  return new Map(
    [...unlisted].flatMap(([rule, count]) => {
      const left = count - (baseline?.unlisted.get(rule) ?? 0);
      return left > 0 ? [[rule, left] as const] : [];
    }),
  );
}

/** The part of a file that is reported. */
export interface ReportedPart extends Pick<PortraitInput, 'includes' | 'subset'> {
  readonly counts: Pick<FileReport, 'recordCount' | 'pairCount' | 'tieCount' | 'judgementCount'>;
  readonly has: (finding: CollectedFinding) => boolean;
}

/** The findings that no decision and no baseline covers, and what else a report says of a file or of a part of it. */
export async function fileReport(
  found: FoundInFile,
  format: FormatName,
  part?: ReportedPart,
): Promise<FileReport> {
  const { path, facts, recognition, decisions, baseline, scorers, trust } = found;
  const { mapping, polarity } = recognition;
  const findings = part ? found.findings.filter(part.has) : found.findings;
  const { shown, kept, old } = remember(findings, decisions, baseline);
  // Nobody knows the records of findings that are only counted.
  const unlisted = part ? new Map<string, number>() : unlistedOf(found);
  const unsure = unsureQuestion(polarity);
  const portrait = WITH_PORTRAIT.has(format)
    ? (await import('#core/portrait/portrait.ts')).portraitOf({
        files: [facts],
        hasLabel: mapping.answers.kind === 'choice',
        scorers,
        findings: countByRule([{ findings: shown, unlisted }]),
        unsure,
        includes: part?.includes,
        subset: part?.subset,
      })
    : undefined;
  const { recordCount, pairCount, tieCount, judgementCount } = part?.counts ?? facts;
  return {
    path,
    mapping: readAs(mapping, facts),
    unsure,
    recordCount,
    pairCount,
    tieCount,
    judgementCount,
    findings: shown,
    unlisted,
    kept: kept.length,
    old: old.length,
    ...(portrait && { portrait }),
    trust,
  };
}

const GRAVITY: Record<Severity, number> = { information: 0, warning: 1, error: 2 };

/** Whether a file fails a run. A ranking always has a first suspect, so rankings never do. */
export function fails(
  { findings, unlisted }: FileReport,
  rules: Pick<RuleSettings, 'severities'> | undefined,
  failOn: FailOn,
): boolean {
  if (failOn === 'never') return false;
  const isGrave = (rule: string, severity: Severity): boolean =>
    !Object.hasOwn(SCORE_RULES, rule) && GRAVITY[severity] >= GRAVITY[failOn];
  return (
    findings.some(({ rule, severity }) => isGrave(rule, severity)) ||
    [...unlisted.keys()].some((rule) => isGrave(rule, rules?.severities[rule] ?? 'information'))
  );
}

/** Prints a report, or writes it to a file. */
export async function writeReport(
  command: Command,
  report: Report,
  { format: name, maxFindings, out }: ReportOptions,
): Promise<void> {
  const lines = (await formatOf(name))(report, maxFindings);
  // Workflow commands begin in a way that the printer otherwise escapes.
  const print = name === 'github' ? command.command : command.print;
  if (out === undefined) for (const line of lines) print(line);
  else await writeWhole(out, [...lines].map((line) => `${line}\n`).join(''));
  if (name !== 'text' && out === undefined && isatty(1))
    command.note('--out FILE writes the report to a file.');
}
