import type { RuleSettings } from '../checks/check.ts';
import type { SCORE_RULES } from '../checks/table.ts';
import { ruleById } from '../checks/table.ts';
import type { Facts } from '../facts/facts.ts';
import { PARTIAL, REFUTED } from '../facts/facts.ts';
import type { Recognition } from '../mapping/recognise.ts';
import type { Finding } from '../model/finding.ts';
import type { Standing } from '../words/numbers.ts';
import { formatMargin, ordinal, standingAmong, standingText } from '../words/numbers.ts';

/** Maximum pairs to review from one ranking, whatever the percentage. */
const MAX_REVIEWED = 1000;

/** Ranks a margin among all margins of the file. */
export class Distribution {
  readonly #sorted: Float32Array;

  /** NaN (an unscored pair) is skipped. */
  constructor(margins: Float32Array) {
    this.#sorted = margins.filter((margin) => !Number.isNaN(margin)).sort();
  }

  get count(): number {
    return this.#sorted.length;
  }

  /** Number of margins below this one. */
  below(margin: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) < margin) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Percentage of margins below this one, 0 to 100. */
  percentile(margin: number): number {
    return this.count === 0 ? Number.NaN : (100 * this.below(margin)) / this.count;
  }

  /** Undefined if the pair or the file is not scored. */
  place(margin: number): Standing | undefined {
    const isUnknown = this.count === 0 || Number.isNaN(margin);
    return isUnknown ? undefined : standingAmong(this.below(margin), this.count);
  }

  /** "lowest 0.2 %", "highest 12 %"; '' if the pair or the file is not scored. */
  standing(margin: number): string {
    const place = this.place(margin);
    return place ? standingText(place) : '';
  }
}

/**
 * End of a review list. Fixed when a file is scored: fixing its first pair does not pull another one onto the
 * list, and undoing the fix restores the finding.
 */
export interface Cutoffs {
  /** Pairs with a margin up to this one are likely mislabeled. −Infinity: none. */
  readonly worst: number;
  /** Of the other pairs, those with an absolute margin up to this fit into the budget for pairs that are hard to tell apart. −Infinity: none. */
  readonly closest: number;
}

/**
 * Cuts both rankings at a budget, a percentage of all scored pairs for each. Does not cut at a margin of 0: the share of
 * negative margins says almost nothing about the number of wrong labels. Skips margins of exactly 0: the scorer saw no
 * difference, and other checks report that better.
 */
export function cutoffsFor(margins: Float32Array, percent: number): Cutoffs {
  const scored = margins.filter((margin) => !Number.isNaN(margin)).sort();
  const max = Math.min(MAX_REVIEWED, Math.round((scored.length * percent) / 100));
  if (max === 0) return { worst: -Infinity, closest: -Infinity };
  const worst = Math.min(scored[max - 1] ?? -Infinity, -Number.MIN_VALUE);
  const sizes = scored
    .filter((margin) => margin > worst && margin !== 0)
    .map(Math.abs)
    .sort();
  return { worst, closest: sizes[max - 1] ?? sizes.at(-1) ?? -Infinity };
}

/** The ranked margins of one scoring run. Later edits change neither cutoffs nor ranks. */
export interface Ranking {
  /** The scorer's name in messages: "the consistency scorer". */
  readonly scorer: string;
  readonly distribution: Distribution;
  readonly cutoffs: Cutoffs;
  /** Review budget in percent, also for disputed pairs. */
  readonly percent: number;
  /** Margins over it are log-odds of the label. */
  readonly temperature: number;
}

/**
 * @param ranked the margins that count for the cutoffs: NaN if a scorer saw only part of an answer
 */
export function rankingOf(
  scorer: string,
  margins: Float32Array,
  ranked: Float32Array,
  percent: number,
  temperature = 1,
): Ranking {
  const distribution = new Distribution(margins);
  return { scorer, distribution, cutoffs: cutoffsFor(ranked, percent), percent, temperature };
}

/** The part of a survey that findings about labels need. */
export interface LabelledSurvey {
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly recognition: Pick<Recognition, 'labelPath'>;
}

/** The built-in scorer's name in messages. */
export const CONSISTENCY_LABEL = 'the consistency scorer';

/**
 * Findings from scores, in ranking order. They point at the name of the field with the label.
 * @param margins of the file's pairs; NaN if unscored
 */
export function labelFindings(
  { facts, findings, recognition: { labelPath } }: LabelledSurvey,
  margins: Float32Array,
  { scorer, distribution, cutoffs, percent, temperature }: Ranking,
  rules: RuleSettings,
): Finding[] {
  const broken = brokenRecords(findings);
  const place = { path: labelPath, part: 'key' } as const;
  const where = (margin: number): string =>
    `margin ${formatMargin(margin)}, ${distribution.standing(margin)}`;
  const { count } = distribution;
  const { from = 0.4, to = 0.6 } = (rules.options['low-margin'] ?? {}) as { from?: number; to?: number };
  /** True if the label is about as likely as its opposite. */
  const isClose = (margin: number): boolean => {
    const probability = 1 / (1 + Math.exp(-margin / temperature));
    return margin !== 0 && Math.abs(margin) <= cutoffs.closest && probability >= from && probability <= to;
  };
  /** Adds a finding if its rule is on. */
  const add = (
    list: [number, Finding][],
    rank: number,
    rule: keyof typeof SCORE_RULES,
    finding: Pick<Finding, 'record' | 'pair' | 'message'>,
  ): void => {
    const severity = rules.severities[rule];
    if (severity !== undefined) list.push([rank, { rule, severity, place, ...finding }]);
  };
  const refuted: [number, Finding][] = [];
  const worst: [number, Finding][] = [];
  const closest: [number, Finding][] = [];
  const disputed: [number, Finding][] = [];
  margins.forEach((margin, number) => {
    const record = facts.recordOf(number);
    const dispute = facts.pairs.dispute[number] ?? 0;
    if (broken.has(record) || dispute === PARTIAL) return;
    const [first, end] = facts.pairsOf(record);
    const pair = number - first;
    const which = end - first > 1 ? ` Pair ${pair + 1} of ${end - first} in this record.` : '';
    if (dispute === REFUTED) {
      const message = `A verifier fails the chosen answer and passes the rejected one.${which}`;
      add(refuted, margin, 'verifier-contradicts-label', { record, pair, message });
    } else if (margin <= cutoffs.worst) {
      const rank = distribution.below(margin) + 1;
      const size = Math.abs(margin).toFixed(2);
      const message = `Label looks wrong: ${scorer} prefers the rejected answer by ${size} (${ordinal(rank)} of ${count.toLocaleString('en')}).${which}`;
      add(worst, margin, 'likely-mislabeled', { record, pair, message });
    } else if (isClose(margin)) {
      const message = `Low margin: ${scorer} can hardly tell the two responses apart (${where(margin)}).${which}`;
      add(closest, Math.abs(margin), 'low-margin', { record, pair, message });
    }
    if (dispute > 0) {
      const message = `Scorers disagree: some agree with the label and some don’t (${where(margin)}, spread ${dispute.toFixed(2)}).${which}`;
      add(disputed, -dispute, 'scorers-disagree', { record, pair, message });
    }
  });
  const max = Math.min(MAX_REVIEWED, Math.round((count * percent) / 100));
  const inOrder = (list: [number, Finding][]): Finding[] =>
    list.sort((a, b) => a[0] - b[0]).map(([, finding]) => finding);
  return [...inOrder(refuted), ...inOrder(worst), ...inOrder(disputed).slice(0, max), ...inOrder(closest)];
}

/** Records with a structural fault, at any severity: a second finding about their label is not useful. */
function brokenRecords(findings: readonly Finding[]): Set<number> {
  return new Set(
    findings.filter(({ rule }) => ruleById(rule)?.severity === 'error').map(({ record }) => record),
  );
}
