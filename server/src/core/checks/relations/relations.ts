// All checks of a whole dataset, in the order of their reports.
import { MAX_FINDINGS } from '../../dataset/survey.ts';
import type { Finding } from '../../model/finding.ts';
import { portraitOf } from '../dataset/portrait.ts';
import type { RuleSettings } from '../settings.ts';
import { DEFAULT_RULES } from '../settings.ts';
import { DATASET_CHECKS } from '../table.ts';
import { findCycles, preferenceCycle } from './cycles.ts';
import { duplicatePair, findDuplicates, oppositeDuplicate } from './duplicates.ts';
import { findLeaks, splitLeak } from './leaks.ts';
import { findNearDuplicates, nearDuplicatePair, SIGNATURE_BYTES } from './nearDuplicates.ts';
import type { FileFacts } from './relation.ts';
import { PairSpace, ReportRelation } from './relation.ts';

/** What was found in one file. */
export interface Relations {
  readonly findings: readonly Finding[];
  /** How many each rule really has. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rules that were not looked for in all pairs. */
  readonly partial: ReadonlySet<string>;
}

/**
 * Checks the files of a dataset together; without signatures, near duplicates are not looked for.
 * @param max findings of a rule that are kept for each file; all are counted
 */
export function findRelations(
  files: readonly FileFacts[],
  signatures?: Uint8Array,
  rules: RuleSettings = DEFAULT_RULES,
  max = MAX_FINDINGS,
): readonly Relations[] {
  const space = new PairSpace(files);
  const report = new ReportRelation(space, rules, max);
  findExact(space, report);
  const isSigned = (signatures?.length ?? 0) >= SIGNATURE_BYTES * space.count;
  if (signatures && report.isOn(nearDuplicatePair)) findNearDuplicates(space, signatures, report);
  if (report.isOn(...DATASET_CHECKS)) checkWhole(files, report);
  return files.map((_, i) => ({
    findings: report.findings[i] ?? [],
    counts: report.counts[i] ?? new Map<string, number>(),
    partial: new Set(isSigned ? [] : [nearDuplicatePair.id]),
  }));
}

/** What keys alone tell: everything of records together but near duplicates. */
function findExact(space: PairSpace, report: ReportRelation): void {
  if (report.isOn(duplicatePair, oppositeDuplicate)) findDuplicates(space, report);
  if (report.isOn(preferenceCycle)) findCycles(space, report);
  if (report.isOn(splitLeak)) findLeaks(space, report);
}

/** The same for one file, by keys alone and without what is said of the file as a whole. */
export function exactRelations(file: FileFacts, rules: RuleSettings): Relations {
  const space = new PairSpace([file]);
  const report = new ReportRelation(space, rules, MAX_FINDINGS);
  findExact(space, report);
  return {
    findings: report.findings[0] ?? [],
    counts: report.counts[0] ?? new Map<string, number>(),
    partial: new Set(),
  };
}

function checkWhole(files: readonly FileFacts[], report: ReportRelation): void {
  files.forEach(({ facts, recognition, rowGroups = [] }, i) => {
    const whole = {
      portrait: portraitOf([facts]),
      hasLabel: recognition.mapping.answers.kind === 'choice',
      unread: recognition.unread,
      rowGroups,
    };
    for (const check of DATASET_CHECKS)
      report.addWhole(check, i, (options) => check.checkDataset(whole, options));
  });
}
