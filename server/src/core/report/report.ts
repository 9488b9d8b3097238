// What a check came to, as every format takes it.
import type { Portrait } from '../checks/dataset/portrait.ts';
import type { ByteRange } from '../json/place.ts';
import type { Severity } from '../model/finding.ts';

export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** From 1; of a table, the row. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** In the file, half-open; of a row, in its line of JSON. */
  readonly range: ByteRange;
  /** As `findingKey` gives it. */
  readonly key: string;
  readonly other?: string | undefined;
}

/** Counts of numbers in bins of one width from −most to +most; what lies beyond is in the outer ones. */
export interface Histogram {
  readonly max: number;
  readonly counts: readonly number[];
}

const BINS = 40;

/** Where the axis ends: 1 % of the numbers lie beyond it. */
const INSIDE = 0.99;

/** Undefined where there is no number. */
export function histogramOf(values: Float32Array): Histogram | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return undefined;
  const sizes = known.map(Math.abs).sort();
  // A file whose margins are all 0 has an axis too.
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
  readonly recordCount: number;
  readonly pairCount: number;
  readonly tieCount: number;
  readonly judgementCount: number;
  /** In the order of the file; what a decision or the baseline covers is not among them. */
  readonly findings: readonly ReportedFinding[];
  /** By rule, how many there are beyond those that are listed. */
  readonly unlisted: ReadonlyMap<string, number>;
  /** Findings that people decided to keep. */
  readonly kept: number;
  /** Findings of the baseline. */
  readonly old: number;
  readonly portrait: Portrait;
  /** A label chooses between a first and a second answer. */
  readonly hasLabel: boolean;
  /** How many pairs have which margin; undefined where nothing was scored. */
  readonly margins?: Histogram | undefined;
  /** What the scorer is worth on this data, in a sentence; '' where nothing was scored. */
  readonly trust: string;
}

export interface Report {
  readonly version: string;
  readonly files: readonly FileReport[];
  /** What could not be checked, and why. */
  readonly errors: readonly string[];
  /** Files that were not meant to be checked: empty ones, and records of another kind. */
  readonly leftOut?: readonly string[];
}

const RANK: Record<Severity, number> = { error: 0, warning: 1, information: 2 };

/** Findings by rule, the gravest and most frequent first, listed and unlisted ones together. */
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
    // Of what is not listed some is listed too: its severity is known.
    for (const [rule, count] of unlisted)
      add(rule, findings.find((one) => one.rule === rule)?.severity ?? 'warning', count);
  }
  return [...counts.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count);
}

export function totalOf(files: readonly FileReport[]): number {
  return countByRule(files).reduce((sum, { count }) => sum + count, 0);
}

/** The gravest findings first, in file order among equals, as many as are wanted over all files. */
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
