// The result of a check, independent of the output format.
import { ruleById } from '../checks/table.ts';
import type { ByteRange } from '../json/place.ts';
import type { Severity } from '../model/finding.ts';
import { SEVERITY_RANK } from '../model/finding.ts';
import type { Portrait, RuleCount } from '../portrait/portrait.ts';

export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** From 1; for a table, the row. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Half-open byte range in the file; for a table row, in its line of JSON. */
  readonly range: ByteRange;
  /** From `findingKey`. */
  readonly key: string;
  readonly other?: string | undefined;
}

export interface FileReport {
  readonly path: string;
  readonly mapping: string;
  /** Why nobody can tell which answer is better, with the readings; absent if it is known. */
  readonly unsure?: string | undefined;
  readonly recordCount: number;
  readonly pairCount: number;
  readonly tieCount: number;
  readonly judgementCount: number;
  /** In file order, without those that a decision or the baseline covers. */
  readonly findings: readonly ReportedFinding[];
  /** Number of findings beyond those listed, by rule. */
  readonly unlisted: ReadonlyMap<string, number>;
  /** Number of findings hidden by decisions. */
  readonly kept: number;
  /** Number of findings in the baseline. */
  readonly old: number;
  /** Undefined if the file could not be read as pairs or verdicts. */
  readonly portrait?: Portrait;
  /** How good the scorer is on this data, as a sentence; '' if nothing was scored. */
  readonly trust: string;
}

export interface Report {
  readonly version: string;
  readonly files: readonly FileReport[];
  /** Files that could not be checked, with the reason. */
  readonly errors: readonly string[];
  /** Files skipped on purpose: empty ones, and records of another kind. */
  readonly leftOut?: readonly string[];
}

/** Findings by rule, listed and unlisted together; most severe first, then most frequent. */
export function countByRule(
  files: readonly Pick<FileReport, 'findings' | 'unlisted'>[],
): readonly RuleCount[] {
  const counts = new Map<string, RuleCount>();
  const add = (rule: string, severity: Severity, more: number): void => {
    const { count = 0 } = counts.get(rule) ?? {};
    counts.set(rule, { rule, severity, title: ruleById(rule)?.title ?? '', count: count + more });
  };
  for (const { findings, unlisted } of files) {
    for (const { rule, severity } of findings) add(rule, severity, 1);
    // Every rule with unlisted findings has listed ones too, so its severity is known.
    for (const [rule, count] of unlisted)
      add(rule, findings.find((one) => one.rule === rule)?.severity ?? 'warning', count);
  }
  return [...counts.values()].sort(
    (a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || b.count - a.count,
  );
}

export function totalOf(files: readonly FileReport[]): number {
  return countByRule(files).reduce((sum, { count }) => sum + count, 0);
}

/** The most severe findings over all files; in file order if equal. */
export function listed(
  files: readonly FileReport[],
  max: number,
): readonly (readonly [FileReport, ReportedFinding])[] {
  const all = files.flatMap((file) => file.findings.map((finding) => [file, finding] as const));
  if (all.length <= max) return all;
  const places = new Map(all.map((one, i) => [one, i]));
  const order = (one: (typeof all)[number]): number => places.get(one) ?? 0;
  return [...all]
    .sort((a, b) => SEVERITY_RANK[a[1].severity] - SEVERITY_RANK[b[1].severity] || order(a) - order(b))
    .slice(0, max)
    .sort((a, b) => order(a) - order(b));
}
