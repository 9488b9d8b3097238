import type { RuleSettings } from '../checks/check.ts';
import type { SCORE_RULES } from '../checks/table.ts';
import { ruleById } from '../checks/table.ts';
import type { Facts } from '../facts/facts.ts';
import { PARTIAL } from '../facts/facts.ts';
import type { Recognition } from '../mapping/recognise.ts';
import type { Finding } from '../model/finding.ts';
import { formatMargin, ordinal, standing } from '../words/numbers.ts';

/** At most so many pairs are put up for review by one ranking, whatever the percentage. */
const MAX_REVIEWED = 1000;

/** Where a margin stands among all margins of the file. */
export class Distribution {
  readonly #sorted: Float32Array;

  /** NaN, an unscored pair, is left out. */
  constructor(margins: Float32Array) {
    this.#sorted = margins.filter((margin) => !Number.isNaN(margin)).sort();
  }

  get count(): number {
    return this.#sorted.length;
  }

  /** How many margins lie below this one. */
  below(margin: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) < margin) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Share of margins below this one, in percent, 0 to 100. */
  percentile(margin: number): number {
    return this.count === 0 ? Number.NaN : (100 * this.below(margin)) / this.count;
  }

  /** "lowest 0.2 %", "highest 12 %"; '' for what is not scored, or where nothing is. */
  standing(margin: number): string {
    return this.count === 0 || Number.isNaN(margin) ? '' : standing(this.below(margin), this.count);
  }
}

/**
 * Where a review list ends. Set once, when a file is scored: fixing the first pair of the list does
 * not push another one onto it, and undoing a fix brings the finding back.
 */
export interface Cutoffs {
  /** Pairs with a margin up to this one are likely mislabeled. −Infinity: none are. */
  readonly worst: number;
  /** Other pairs with a margin of at most this size are hard to tell apart. −Infinity: none are. */
  readonly closest: number;
}

/**
 * Cuts both rankings at a budget: percent of all scored pairs, for each. Never at a margin of 0: the share of negative margins says next
 * to nothing about how many labels are wrong. A margin of exactly 0 means that the scorer saw no
 * difference at all, which other checks report better.
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

/** The margins of one scoring run, ranked. Later edits move neither the cut nor the ranks. */
export interface Ranking {
  /** Who made the margins, as texts name it: "the consistency scorer". */
  readonly scorer: string;
  readonly distribution: Distribution;
  readonly cutoffs: Cutoffs;
  /** The budget that it was cut at; also for pairs that are reported as in dispute. */
  readonly percent: number;
}

/**
 * Ranks margins.
 * @param ranked the margins that count for the cut: NaN where a scorer saw a part of an answer alone
 */
export function rankingOf(
  scorer: string,
  margins: Float32Array,
  ranked: Float32Array,
  percent: number,
): Ranking {
  return { scorer, distribution: new Distribution(margins), cutoffs: cutoffsFor(ranked, percent), percent };
}

/** The part of a file's survey that findings about labels need. */
export interface LabelledSurvey {
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly recognition: Pick<Recognition, 'labelPath'>;
}

/** How texts name the built-in scorer. */
export const CONSISTENCY_WORDS = 'the consistency scorer';

/**
 * The findings of scores, on the name of the field that carries the label, in the order of the ranking.
 * @param margins of the file's pairs; NaN where there is none
 */
export function labelFindings(
  { facts, findings, recognition: { labelPath } }: LabelledSurvey,
  margins: Float32Array,
  { scorer, distribution, cutoffs, percent }: Ranking,
  rules: RuleSettings,
): Finding[] {
  const broken = brokenRecords(findings);
  const place = { path: labelPath, part: 'key' } as const;
  const where = (margin: number): string =>
    `margin ${formatMargin(margin)}, ${distribution.standing(margin)}`;
  const { count } = distribution;
  /** Puts a finding on a list, where its rule is on. */
  const add = (
    list: [number, Finding][],
    rank: number,
    rule: keyof typeof SCORE_RULES,
    finding: Pick<Finding, 'record' | 'pair' | 'message'>,
  ): void => {
    const severity = rules.severities[rule];
    if (severity !== undefined) list.push([rank, { rule, severity, place, ...finding }]);
  };
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
    if (margin <= cutoffs.worst) {
      const rank = distribution.below(margin) + 1;
      const size = Math.abs(margin).toFixed(2);
      const message = `Label looks wrong: ${scorer} prefers the rejected answer by ${size} (${ordinal(rank)} of ${count.toLocaleString('en')}).${which}`;
      add(worst, margin, 'likely-mislabeled', { record, pair, message });
    } else if (margin !== 0 && Math.abs(margin) <= cutoffs.closest) {
      const message = `Low margin: ${scorer} can hardly tell the two responses apart (${where(margin)}).${which}`;
      add(closest, Math.abs(margin), 'low-margin', { record, pair, message });
    }
    if (dispute > 0) {
      const message = `Scorers disagree: some side with the label and some against it (${where(margin)}, spread ${dispute.toFixed(2)}).${which}`;
      add(disputed, -dispute, 'scorers-disagree', { record, pair, message });
    }
  });
  const max = Math.min(MAX_REVIEWED, Math.round((count * percent) / 100));
  const inOrder = (list: [number, Finding][]): Finding[] =>
    list.sort((a, b) => a[0] - b[0]).map(([, finding]) => finding);
  return [...inOrder(worst), ...inOrder(disputed).slice(0, max), ...inOrder(closest)];
}

/** Records whose structure is at fault, at whatever severity the user set: their labels get no second finding. */
function brokenRecords(findings: readonly Finding[]): Set<number> {
  return new Set(
    findings.filter(({ rule }) => ruleById(rule)?.severity === 'error').map(({ record }) => record),
  );
}
