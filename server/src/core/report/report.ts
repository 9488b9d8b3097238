// The result of a check, independent of the output format.
import type { Portrait } from '../checks/dataset/portrait.ts';
import type { ByteRange } from '../json/place.ts';
import type { Severity } from '../model/finding.ts';

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

/** Counts in bins of equal width from −max to +max. Numbers beyond that go into the outer bins. */
export interface Histogram {
  readonly max: number;
  readonly counts: readonly number[];
}

const BINS = 40;

/** Share of the numbers that the axis covers; 1 % lie beyond it. */
const INSIDE = 0.99;

/** Undefined if there are no numbers. */
export function histogramOf(values: Float32Array): Histogram | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return undefined;
  const sizes = known.map(Math.abs).sort();
  // An axis needs a length even if all margins are 0.
  const max = Math.max(Number.EPSILON, sizes[Math.floor(INSIDE * (sizes.length - 1))] ?? 0);
  const counts = new Array<number>(BINS).fill(0);
  for (const value of known) {
    const at = Math.max(0, Math.min(BINS - 1, Math.floor(((value + max) / (2 * max)) * BINS)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { max, counts };
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
  readonly portrait: Portrait;
  /** The label chooses between a first and a second answer. */
  readonly hasLabel: boolean;
  /** Histogram of margins; undefined if nothing was scored. */
  readonly margins?: Histogram | undefined;
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

const RANK: Record<Severity, number> = { error: 0, warning: 1, information: 2 };

/** Findings by rule, listed and unlisted together; most severe first, then most frequent. */
export function countByRule(
  files: readonly FileReport[],
): readonly { readonly rule: string; readonly severity: Severity; readonly count: number }[] {
  const counts = new Map<string, { rule: string; severity: Severity; count: number }>();
  const add = (rule: string, severity: Severity, count: number): void => {
    const one = counts.get(rule) ?? { rule, severity, count: 0 };
    one.count += count;
    counts.set(rule, one);
  };
  for (const { findings, unlisted } of files) {
    for (const { rule, severity } of findings) add(rule, severity, 1);
    // Every rule with unlisted findings has listed ones too, so its severity is known.
    for (const [rule, count] of unlisted)
      add(rule, findings.find((one) => one.rule === rule)?.severity ?? 'warning', count);
  }
  return [...counts.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count);
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
    .sort((a, b) => RANK[a[1].severity] - RANK[b[1].severity] || order(a) - order(b))
    .slice(0, max)
    .sort((a, b) => order(a) - order(b));
}
