// `check`: reports findings that no decision or baseline covers.
import { SCORE_RULES } from '#core/checks/table.ts';
import { namesRead } from '#core/mapping/read.ts';
import { UserError } from '#core/messages.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { includedOf } from '#core/portrait/included.ts';
import type { Subset } from '#core/portrait/portrait.ts';
import type { ChosenPairs } from '#core/query/chosen.ts';
import { readsOutcome } from '#core/query/outcome.ts';
import type { Query } from '#core/query/query.ts';
import { countLabel } from '#core/report/formats.ts';
import type { FileReport, Report } from '#core/report/report.ts';
import { totalOf } from '#core/report/report.ts';
import { plural } from '#core/words/numbers.ts';

import type { FailOn } from './choices.ts';
import type { CheckedDataset, CheckedFile, CollectOptions, UncheckedFile } from './collect.ts';
import { collect, tellUnchecked } from './collect.ts';
import type { Command } from './command.ts';
import type { ReportOptions } from './fileReport.ts';
import { fails, fileReport, unlistedOf, writeReport } from './fileReport.ts';
import { knownOf, needsScores } from './known.ts';
import type { Where } from './where.ts';
import { choosePairs, matchWords, whereOf } from './where.ts';

export interface CheckOptions extends CollectOptions, ReportOptions {
  readonly failOn: FailOn;
  /** Report findings of these pairs alone. */
  readonly where?: string | undefined;
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

async function reportOf(
  checked: CheckedFile,
  { shownAs, format }: CheckOptions,
  selection: Selection | undefined,
): Promise<FileReport> {
  const { file, survey } = checked;
  const { facts, recognition } = survey;
  const path = shownAs?.get(file.path) ?? file.path;
  const found = { ...checked, path, facts, recognition };
  if (!selection) return fileReport(found, format);
  const { chosen } = selection;
  return fileReport(found, format, {
    counts: chosen.counts,
    has: ({ finding }) => chosen.has(finding),
    includes: includedOf([chosen]),
    subset: subsetOf(checked, selection),
  });
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
    own.forEach((one, i) => {
      found ||= fails(one, checked.files[i]?.settings.rules, options.failOn);
    });
  }
  const said = options.said ?? ((message: string) => message);
  const report: Report = {
    version: process.env['PREFLENS_VERSION'] ?? '',
    files: reports,
    errors: errors.map(said),
    leftOut: leftOut.map(said),
  };
  await writeReport(command, report, options);
  return { found, failed: errors.length > 0 };
}
