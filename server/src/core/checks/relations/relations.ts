// All checks across records, in report order.
import { sourceTold } from '../../facts/told.ts';
import type { Finding } from '../../model/finding.ts';
import { MAX_FINDINGS } from '../../model/finding.ts';
import type { RuleSettings } from '../check.ts';
import { labelEffectsOf } from '../dataset/labelEffects.ts';
import { DEFAULT_RULES } from '../settings.ts';
import { DATASET_CHECKS, RELATION_CHECKS, SIMILARITY_CHECKS, SIMILARITY_RULES } from '../table.ts';
import { answerToOtherPrompt } from './otherPrompt.ts';
import type { FileFacts } from './relation.ts';
import { PairSpace, ReportRelation } from './relation.ts';
import type { TextSketches } from './textSketches.ts';

/** Relations found in one file. */
export interface Relations {
  readonly findings: readonly Finding[];
  /** Total findings of each rule, including those not kept. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rules that did not run on all pairs. */
  readonly partial: ReadonlySet<string>;
}

/** Whether any similarity check is on, so that pairs need signatures. */
export function needsSignatures({ severities }: RuleSettings): boolean {
  return [...SIMILARITY_RULES].some((rule) => severities[rule] !== undefined);
}

/** Whether the words of pairs are needed too. */
export function needsWords({ severities }: RuleSettings): boolean {
  return severities[answerToOtherPrompt.id] !== undefined;
}

/** Whether a similarity check that is on did not run on all pairs. */
export function missesSimilarity({ partial }: Relations, { severities }: RuleSettings): boolean {
  return [...SIMILARITY_RULES].some((rule) => partial.has(rule) && severities[rule] !== undefined);
}

/**
 * Checks the files of a dataset together. Skips similarity checks if there are no sketches.
 * @param max findings of a rule to keep per file; all are counted
 */
export function findRelations(
  files: readonly FileFacts[],
  sketches?: TextSketches,
  rules: RuleSettings = DEFAULT_RULES,
  max = MAX_FINDINGS,
): readonly Relations[] {
  const space = new PairSpace(files);
  const report = new ReportRelation(space, rules, max);
  findByKeys(space, report);
  const partial = new Set<string>();
  for (const { rules: own, isWhole, find } of SIMILARITY_CHECKS) {
    if (sketches && report.isOn(...own)) find(space, report, sketches);
    if (!sketches || !isWhole(sketches, space.count)) for (const { id } of own) partial.add(id);
  }
  checkWhole(files, report);
  return files.map((_, i) => ({
    findings: report.findings[i] ?? [],
    counts: report.counts[i] ?? new Map<string, number>(),
    partial,
  }));
}

/** The checks that need only keys. */
export function findByKeys(space: PairSpace, report: ReportRelation): void {
  for (const { rules, find } of RELATION_CHECKS) if (report.isOn(...rules)) find(space, report);
}

/** Findings of one file by keys alone. */
export function exactRelations(file: FileFacts, rules: RuleSettings): Relations {
  const space = new PairSpace([file]);
  const report = new ReportRelation(space, rules, MAX_FINDINGS);
  findByKeys(space, report);
  return {
    findings: report.findings[0] ?? [],
    counts: report.counts[0] ?? new Map<string, number>(),
    partial: new Set(),
  };
}

/** The checks of whole files. */
export function checkWhole(files: readonly FileFacts[], report: ReportRelation): void {
  if (!report.isOn(...DATASET_CHECKS)) return;
  files.forEach(({ facts, recognition, rowGroups = [] }, i) => {
    const whole = {
      labels: labelEffectsOf([facts]),
      hasLabel: recognition.mapping.answers.kind === 'choice',
      unread: recognition.unread,
      source: recognition.originField === undefined ? undefined : sourceTold(recognition.originField, facts),
      polarity: recognition.polarity,
      rowGroups,
    };
    const isUnsure = recognition.mapping.isUnsure ?? false;
    for (const check of DATASET_CHECKS.filter(({ needsPolarity }) => !(isUnsure && needsPolarity)))
      report.addWhole(check, i, (options) => check.checkDataset(whole, options));
  });
}
