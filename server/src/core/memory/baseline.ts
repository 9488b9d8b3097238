// Findings that existed when a team started to check. They don't fail a run; new ones do.
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Preference } from './verdicts.ts';

/** The parts of a finding that are compared. */
export interface Keyed {
  readonly rule: string;
  readonly key: string;
  /** Key of the second pair, if the finding is about two. */
  readonly other?: string | undefined;
  /** What the label of its pair says. */
  readonly label?: Preference | undefined;
}

export interface Baseline {
  /** The rules reported for each key. */
  readonly findings: ReadonlyMap<string, ReadonlySet<string>>;
  /** For each rule, the number of findings without a stored key. */
  readonly unlisted: ReadonlyMap<string, number>;
}

const VERSION = 1;

/**
 * True if the baseline covers a finding. For near duplicates, the order of the file decides which of the two pairs
 * is reported, so both must be in the baseline.
 */
export function isOld({ findings }: Baseline, { rule, key, other }: Keyed): boolean {
  const isKnown = (one: string): boolean => findings.get(one)?.has(rule) ?? false;
  return isKnown(key) && (other === undefined || isKnown(other));
}

export function baselineOf(found: readonly Keyed[], unlisted: ReadonlyMap<string, number>): Baseline {
  const findings = new Map<string, Set<string>>();
  for (const { rule, key, other } of found) {
    for (const one of other === undefined ? [key] : [key, other]) {
      const rules = findings.get(one) ?? new Set();
      findings.set(one, rules.add(rule));
    }
  }
  return { findings, unlisted };
}

/** Adds the entries of an older baseline, for example those of files that can't be read now. */
export function joined(baseline: Baseline, older: Baseline | undefined): Baseline {
  if (!older) return baseline;
  const findings = new Map(older.findings);
  for (const [key, rules] of baseline.findings)
    findings.set(key, new Set([...(findings.get(key) ?? []), ...rules]));
  const unlisted = new Map(older.unlisted);
  for (const [rule, count] of baseline.unlisted) unlisted.set(rule, Math.max(count, unlisted.get(rule) ?? 0));
  return { findings, unlisted };
}

/** The entries that a finding still needs, and those of rules that did not run. */
export function prune(
  baseline: Baseline,
  found: readonly Keyed[],
  isChecked: (rule: string) => boolean = () => true,
): Baseline {
  const now = baselineOf(found, new Map());
  const findings = new Map(
    [...baseline.findings].flatMap(([key, rules]) => {
      const left = [...rules].filter((rule) => !isChecked(rule) || now.findings.get(key)?.has(rule));
      return left.length > 0 ? [[key, new Set(left)] as const] : [];
    }),
  );
  return { findings, unlisted: baseline.unlisted };
}

/** One key per line, sorted, for small git diffs. */
export function formatBaseline({ findings, unlisted }: Baseline): string {
  const keys = [...findings.keys()].sort();
  const rows = keys.map(
    (key) => `    ${JSON.stringify(key)}: ${JSON.stringify([...(findings.get(key) ?? [])].sort())}`,
  );
  const rest = [...unlisted].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const body = rows.length > 0 ? `{\n${rows.join(',\n')}\n  }` : '{}';
  return `{\n  "version": ${VERSION},\n  "findings": ${body},\n  "unlisted": ${JSON.stringify(Object.fromEntries(rest))}\n}\n`;
}

/** Undefined if the text is no baseline. */
export function parseBaseline(text: string): Baseline | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['version'] !== VERSION) return undefined;
  const { findings, unlisted } = value;
  if (!isObject(findings) || !isObject(unlisted)) return undefined;
  const isList = (one: Json | undefined): one is readonly string[] =>
    Array.isArray(one) && one.every((rule) => typeof rule === 'string');
  return {
    findings: new Map(
      Object.entries(findings).flatMap(([key, rules]) =>
        isList(rules) ? [[key, new Set(rules)] as const] : [],
      ),
    ),
    unlisted: new Map(
      Object.entries(unlisted).flatMap(([rule, count]) =>
        typeof count === 'number' ? [[rule, count] as const] : [],
      ),
    ),
  };
}
