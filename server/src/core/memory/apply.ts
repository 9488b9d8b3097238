// Applies decisions and the baseline to the findings of a check.
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
  /** Hidden by a decision. */
  readonly kept: readonly F[];
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

/** Keep decisions for a file that no finding needs, among the rules that ran. */
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

/** Findings about the decisions of a file. */
export function memoryFindings(
  decisions: readonly Decision[],
  found: readonly Keyed[],
  file: string,
  rules: RuleSettings,
  isChecked: (rule: string) => boolean,
): readonly Finding[] {
  const unused = unusedOf(decisions, found, file, isChecked).map(
    ({ key, rule, reason }) =>
      `Unused decision: "${rule}" is no longer reported for pair ${key} ("${reason}").`,
  );
  const conflicts = new Decisions(decisions).conflicts().flatMap((list) => {
    const [first] = list;
    if (!first || !list.some((one) => one.file === file)) return [];
    const says = list.map(
      ({ by, decision, reason }) => `${by === '' ? 'someone' : by} says "${decision}" (${reason})`,
    );
    return [`Decisions about "${first.rule}" of pair ${first.key} disagree: ${says.join(', ')}.`];
  });
  return [...whole(unusedSuppression.id, rules, unused), ...whole(decisionConflict.id, rules, conflicts)];
}
