// What a check shows once decisions and the baseline are held against its findings.
import type { RuleSettings } from '../checks/check.ts';
import { decisionConflict, unusedSuppression } from '../checks/memory/memoryRules.ts';
import type { Finding } from '../model/finding.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import type { Baseline, Keyed } from './baseline.ts';
import { isOld } from './baseline.ts';
import type { Decision } from './decisions.ts';
import { Decisions } from './decisions.ts';

export interface Remembered<F> {
  readonly shown: readonly F[];
  /** Silent, because somebody decided so. */
  readonly kept: readonly F[];
  /** In the baseline. */
  readonly old: readonly F[];
}

export function remember<F extends Keyed>(
  findings: readonly F[],
  decisions: Decisions,
  baseline: Baseline | undefined,
): Remembered<F> {
  const [shown, kept, old]: [F[], F[], F[]] = [[], [], []];
  for (const finding of findings) {
    if (decisions.keeps(finding)) kept.push(finding);
    else if (baseline && isOld(baseline, finding)) old.push(finding);
    else shown.push(finding);
  }
  return { shown, kept, old };
}

/** Decisions to keep a pair of a file that no finding asks for, among rules that were looked at. */
export function unusedOf(
  decisions: readonly Decision[],
  found: readonly Keyed[],
  file: string,
  isChecked: (rule: string) => boolean,
): readonly Decision[] {
  const used = new Set(found.map(({ key, rule }) => `${key} ${rule}`));
  return decisions.filter(
    ({ key, rule, decision, file: at }) =>
      decision === 'keep' && at === file && isChecked(rule) && !used.has(`${key} ${rule}`),
  );
}

function whole(rule: string, { severities }: RuleSettings, messages: readonly string[]): readonly Finding[] {
  const severity = severities[rule];
  const place = { path: [], part: 'value' } as const;
  return severity === undefined
    ? []
    : messages.map((message) => ({ rule, severity, record: WHOLE_FILE, place, message }));
}

/** What the memory reports of itself for a file. */
export function memoryFindings(
  decisions: readonly Decision[],
  found: readonly Keyed[],
  file: string,
  rules: RuleSettings,
  isChecked: (rule: string) => boolean,
): readonly Finding[] {
  const unused = unusedOf(decisions, found, file, isChecked).map(
    ({ key, rule, reason }) =>
      `Nothing is reported any more where "${rule}" of pair ${key} was kept ("${reason}").`,
  );
  const conflicts = new Decisions(decisions).conflicts().flatMap((list) => {
    const [first] = list;
    if (!first || !list.some((one) => one.file === file)) return [];
    const words = list.map(
      ({ by, decision, reason }) => `${by === '' ? 'somebody' : by} says "${decision}" (${reason})`,
    );
    return [`About "${first.rule}" of pair ${first.key} ${words.join(', ')}.`];
  });
  return [...whole(unusedSuppression.id, rules, unused), ...whole(decisionConflict.id, rules, conflicts)];
}
