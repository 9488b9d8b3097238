// `check`: reports findings that no decision or baseline covers.
import { isatty } from 'node:tty';

import type { RuleSettings } from '#core/checks/check.ts';
import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { SCORE_RULES } from '#core/checks/table.ts';
import { readAs } from '#core/dataset/readAs.ts';
import { namesRead } from '#core/mapping/read.ts';
import { remember } from '#core/memory/apply.ts';
import { UserError } from '#core/messages.ts';
import type { Severity } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { includedOf } from '#core/portrait/included.ts';
import type { Portrait, RuleCount, Subset } from '#core/portrait/portrait.ts';
import type { ChosenPairs } from '#core/query/chosen.ts';
import { readsOutcome } from '#core/query/outcome.ts';
import type { Query } from '#core/query/query.ts';
import type { Format } from '#core/report/formats.ts';
import { countLabel, TEXT_FORMATS } from '#core/report/formats.ts';
import type { FileReport, Report } from '#core/report/report.ts';
import { countByRule, totalOf } from '#core/report/report.ts';
import { plural } from '#core/words/numbers.ts';
import { writeWhole } from '#node/write.ts';

import type { FailOn, FormatName } from './choices.ts';
import type { CheckedDataset, CheckedFile, CollectOptions, UncheckedFile } from './collect.ts';
import { collect, tellUnchecked } from './collect.ts';
import type { Command } from './command.ts';
import { knownOf, needsScores } from './known.ts';
import type { Where } from './where.ts';
import { choosePairs, matchWords, whereOf } from './where.ts';

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

export interface CheckOptions extends CollectOptions {
  readonly format: FormatName;
  readonly maxFindings: number;
  readonly failOn: FailOn;
  /** Report findings of these pairs alone. */
  readonly where?: string | undefined;
  /** Path of the report; default: standard output. */
  readonly out?: string | undefined;
  /** Names of paths in the report, if different. */
  readonly shownAs?: ReadonlyMap<string, string>;
  /** Messages of files in words for people. */
  readonly said?: (message: string) => string;
}

/** Result of a run over several files. */
export interface CheckOutcome {
  readonly found: boolean;
  /** True if a file could not be checked. The others were. */
  readonly failed: boolean;
}

const GRAVITY: Record<Severity, number> = { information: 0, warning: 1, error: 2 };

/** A ranking always has a first suspect, so rankings never fail a run. */
export function fails(
  { severity, rule }: { readonly severity: Severity; readonly rule: string },
  failOn: FailOn,
): boolean {
  return failOn !== 'never' && !Object.hasOwn(SCORE_RULES, rule) && GRAVITY[severity] >= GRAVITY[failOn];
}

/** Findings without a stored key, minus those in the baseline. */
function unlistedOf({ unlisted, baseline }: CheckedFile): ReadonlyMap<string, number> {
  return new Map(
    [...unlisted].flatMap(([rule, count]) => {
      const left = count - (baseline?.unlisted.get(rule) ?? 0);
      return left > 0 ? [[rule, left] as const] : [];
    }),
  );
}

/** Formats that show a file as a whole. */
export const WITH_PORTRAIT: ReadonlySet<FormatName> = new Set(['html', 'json']);

/** The pairs of a file that a query selects. */
interface Selection {
  readonly chosen: ChosenPairs;
  readonly query: Query;
}

/** What a portrait of selected pairs is a part of. */
function subsetOf(checked: CheckedFile, { query }: Selection): Subset {
  const { facts, recognition } = checked.survey;
  const { pairCount, recordCount } = facts;
  return {
    pairs: pairCount,
    records: recordCount,
    byOutcome: readsOutcome(query, namesRead(recognition.mapping)),
    ofWhole: checked.findings.filter(({ finding }) => finding.record === WHOLE_FILE).length,
    unlisted: [...unlistedOf(checked).values()].reduce((sum, count) => sum + count, 0),
    hasSelfTest: false,
  };
}

async function portraitOf(
  checked: CheckedFile,
  findings: readonly RuleCount[],
  selection: Selection | undefined,
): Promise<Portrait> {
  const { survey, scorers } = checked;
  const portrait = await import('#core/portrait/portrait.ts');
  return portrait.portraitOf({
    files: [survey.facts],
    hasLabel: survey.recognition.mapping.answers.kind === 'choice',
    scorers,
    findings,
    unsure: unsureQuestion(survey.recognition.polarity),
    ...(selection && {
      includes: includedOf([selection.chosen]),
      subset: subsetOf(checked, selection),
    }),
  });
}

async function reportOf(
  checked: CheckedFile,
  { shownAs, format }: CheckOptions,
  selection: Selection | undefined,
): Promise<FileReport> {
  const chosen = selection?.chosen;
  const { file, survey, decisions, baseline } = checked;
  const findings = chosen ? checked.findings.filter(({ finding }) => chosen.has(finding)) : checked.findings;
  const { shown, kept, old } = remember(findings, decisions, baseline);
  const { recordCount, pairCount, tieCount, judgementCount } = chosen?.counts ?? survey.facts;
  // Nobody knows the records of findings that are only counted.
  const unlisted = chosen ? new Map<string, number>() : unlistedOf(checked);
  const portrait = WITH_PORTRAIT.has(format)
    ? await portraitOf(checked, countByRule([{ findings: shown, unlisted }]), selection)
    : undefined;
  return {
    path: shownAs?.get(file.path) ?? file.path,
    mapping: readAs(survey.recognition.mapping, survey.facts),
    unsure: unsureQuestion(survey.recognition.polarity),
    recordCount,
    pairCount,
    tieCount,
    judgementCount,
    findings: shown,
    unlisted,
    kept: kept.length,
    old: old.length,
    ...(portrait && { portrait }),
    trust: checked.trust,
  };
}

/** Findings in the lines of a file that could not be read as pairs. */
function uncheckedReport(
  { path, recordCount, findings, unlisted }: UncheckedFile,
  shownAs: CheckOptions['shownAs'],
): FileReport {
  return {
    path: shownAs?.get(path) ?? path,
    mapping: 'not recognised',
    recordCount,
    pairCount: 0,
    tieCount: 0,
    judgementCount: 0,
    findings,
    unlisted,
    kept: 0,
    old: 0,
    trust: '',
  };
}

function severityIn(rules: RuleSettings | undefined, rule: string): Severity {
  return rules?.severities[rule] ?? 'information';
}

/** Prints one line per dataset to standard error: what was read, and what was found. */
function note(command: Command, { name }: CheckedDataset, reports: readonly FileReport[]): void {
  const sum = (of: (report: FileReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const ranked = sum(
    ({ findings }) => findings.filter(({ rule }) => Object.hasOwn(SCORE_RULES, rule)).length,
  );
  const counts = {
    pairCount: sum(({ pairCount }) => pairCount),
    tieCount: sum(({ tieCount }) => tieCount),
    judgementCount: sum(({ judgementCount }) => judgementCount),
  };
  const [kept, old] = [sum((report) => report.kept), sum((report) => report.old)];
  const files = reports.length > 1 ? ` of ${plural(reports.length, 'file')}` : '';
  const words = [
    `${countLabel(counts)} in ${plural(
      sum(({ recordCount }) => recordCount),
      'record',
    )}${files}`,
    [...new Set(reports.map(({ mapping }) => mapping))].join(', '),
    plural(totalOf(reports), 'finding') + (ranked > 0 ? ` (${plural(ranked, 'label')} to review)` : ''),
    ...reports.flatMap(({ trust }) => (trust === '' ? [] : [trust.replace(/\.$/, '')])),
    ...(kept > 0 ? [`${kept} ignored by decision`] : []),
    ...(old > 0 ? [`${old} in the baseline`] : []),
  ];
  command.note(`${name}: ${words.join(', ')}`);
}

const NO_SCORES = '--where knows no margins and no findings from scores: --no-score left them out.';

/** Says how many pairs are chosen. */
async function chosenIn(command: Command, where: Where, checked: CheckedFile): Promise<Selection> {
  const chosen = await choosePairs(command, where, knownOf(checked));
  const { unlisted, file } = checked;
  const hidden = [...unlistedOf(checked).values()].reduce((sum, count) => sum + count, 0);
  const left =
    unlisted.size > 0 && hidden > 0 ? ` ${plural(hidden, 'finding')} beyond the limit are left out.` : '';
  command.note(`${file.path}: ${matchWords(chosen, checked.survey.facts)} ${where.text}.${left}`);
  return { chosen, query: where.query };
}

export async function check(
  command: Command,
  paths: readonly string[],
  options: CheckOptions,
): Promise<CheckOutcome> {
  const where = whereOf(options.where);
  if (where && !options.score && needsScores(where.query)) command.note(NO_SCORES);
  const reports: FileReport[] = [];
  const errors: string[] = [];
  const leftOut: string[] = [];
  let found = false;
  for await (const checked of collect(command, paths, options)) {
    if (checked instanceof UserError) {
      errors.push(checked.message);
      command.fail(checked);
      continue;
    }
    tellUnchecked(command, checked);
    for (const file of checked.unchecked) {
      const { error, isFailure } = file;
      // A query selects pairs, and there are none.
      const findings = where ? [] : file.findings;
      if (isFailure || checked.files.length === 0) errors.push(error.message);
      else leftOut.push(error.message);
      if (findings.length > 0) reports.push(uncheckedReport(file, options.shownAs));
    }
    if (checked.files.length === 0) continue;
    const own: FileReport[] = [];
    for (const file of checked.files)
      own.push(await reportOf(file, options, where && (await chosenIn(command, where, file))));
    reports.push(...own);
    note(command, checked, own);
    own.forEach(({ findings, unlisted }, i) => {
      const rules = checked.files[i]?.settings.rules;
      const beyond = [...unlisted.keys()].map((rule) => ({ rule, severity: severityIn(rules, rule) }));
      found ||= [...findings, ...beyond].some((one) => fails(one, options.failOn));
    });
  }
  const said = options.said ?? ((message: string) => message);
  const report: Report = {
    version: process.env['PREFLENS_VERSION'] ?? '',
    files: reports,
    errors: errors.map(said),
    leftOut: leftOut.map(said),
  };
  const format = await formatOf(options.format);
  const lines = format(report, options.maxFindings);
  // Workflow commands begin in a way that the printer otherwise escapes.
  const print = options.format === 'github' ? command.command : command.print;
  if (options.out === undefined) for (const line of lines) print(line);
  else await writeWhole(options.out, [...lines].map((line) => `${line}\n`).join(''));
  if (options.format !== 'text' && options.out === undefined && isatty(1))
    command.note('--out FILE writes the report to a file.');
  return { found, failed: errors.length > 0 };
}
