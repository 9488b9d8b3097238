// All checks across records, in report order.
import type { Finding } from '../../model/finding.ts';
import { MAX_FINDINGS } from '../../model/finding.ts';
import type { RuleSettings } from '../check.ts';
import { portraitOf } from '../dataset/portrait.ts';
import { DEFAULT_RULES } from '../settings.ts';
import { DATASET_CHECKS } from '../table.ts';
import { findCycles, preferenceCycle } from './cycles.ts';
import { duplicatePair, findDuplicates, oppositeDuplicate } from './duplicates.ts';
import { findLeaks, splitLeak } from './leaks.ts';
import { findNearDuplicates, nearDuplicatePair, SIGNATURE_BYTES } from './nearDuplicates.ts';
import type { FileFacts } from './relation.ts';
import { PairSpace, ReportRelation } from './relation.ts';

/** Relations found in one file. */
export interface Relations {
  readonly findings: readonly Finding[];
  /** Total findings of each rule, including those not kept. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rules that did not run on all pairs. */
  readonly partial: ReadonlySet<string>;
}

/**
 * Checks the files of a dataset together. Without signatures, skips near duplicates.
 * @param max findings of a rule to keep per file; all are counted
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

/** Every relation that keys alone show: all but near duplicates. */
function findExact(space: PairSpace, report: ReportRelation): void {
  if (report.isOn(duplicatePair, oppositeDuplicate)) findDuplicates(space, report);
  if (report.isOn(preferenceCycle)) findCycles(space, report);
  if (report.isOn(splitLeak)) findLeaks(space, report);
}

/** The same for one file, without findings about the file as a whole. */
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
