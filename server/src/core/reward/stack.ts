// Joins scorers that were fitted on the labels of this file: their margins are one kind of evidence each, and a
// second fit of one weight for each says what they are worth together.
import type { Identity, PairIdentities } from '../model/identity.ts';
import { identify } from '../model/identity.ts';
import { t } from '../words/translate.ts';
import type { Member } from './ensemble.ts';
import { marginColumns } from './ensemble.ts';

const ROUNDS = 100;

/**
 * Weights w ≥ 0 that minimise Σ log(1 + exp(−w · m)), by Newton steps on one weight at a time.
 * @param margins of each member by row
 */
export function stackWeights(margins: readonly Float64Array[]): number[] {
  const weights = margins.map(() => 1 / margins.length);
  const count = margins[0]?.length ?? 0;
  const sums = new Float64Array(count);
  margins.forEach((own, k) => {
    own.forEach((margin, row) => (sums[row] = (sums[row] ?? 0) + (weights[k] ?? 0) * margin));
  });
  for (let round = 0; round < ROUNDS; round++) {
    let largest = 0;
    for (const [k, own] of margins.entries()) {
      let [gradient, curvature] = [0, 1e-9];
      for (let row = 0; row < count; row++) {
        const margin = own[row] ?? 0;
        const wrong = 1 / (1 + Math.exp(sums[row] ?? 0));
        gradient += margin * wrong;
        curvature += margin ** 2 * wrong * (1 - wrong);
      }
      const old = weights[k] ?? 0;
      const change = Math.max(-old, Math.min(1, gradient / curvature));
      weights[k] = old + change;
      for (let row = 0; row < count; row++) sums[row] = (sums[row] ?? 0) + change * (own[row] ?? 0);
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < 1e-4) break;
  }
  return weights;
}

/** Weights of members for a pair, by which of them have read it. */
export interface Stack {
  /** For pairs that all have read. */
  readonly together: readonly number[];
  /** By member; 0 for those that have not read the pair, whose margin is NaN. */
  weightsFor(margins: readonly number[]): readonly number[];
}

/** @param columns margins of each member by row; NaN where it has not read the pair */
export function stackOf(columns: readonly Float64Array[]): Stack {
  /** Weights for these members, by the pairs that all of them have read. */
  const weigh = (own: readonly Float64Array[]): number[] => {
    const isComplete = (_: number, row: number): boolean =>
      own.every((column) => !Number.isNaN(column[row] ?? Number.NaN));
    return stackWeights(own.map((column) => column.filter(isComplete)));
  };
  const together = weigh(columns);
  // For pairs that only one of them has read.
  const alone = columns.flatMap((column) => weigh([column]));
  return {
    together,
    weightsFor(margins) {
      const readBy = margins.filter((margin) => !Number.isNaN(margin)).length;
      const weights = readBy === 1 ? alone : together;
      return margins.map((margin, k) => (Number.isNaN(margin) ? 0 : (weights[k] ?? 0)));
    },
  };
}

/** The weighted sum of margins; NaN if nobody has read the pair. */
export function stackedMargin(stack: Stack, margins: readonly number[]): number {
  if (margins.every((margin) => Number.isNaN(margin))) return Number.NaN;
  const weights = stack.weightsFor(margins);
  return margins.reduce((sum, margin, k) => sum + (Number.isNaN(margin) ? 0 : (weights[k] ?? 0) * margin), 0);
}

/**
 * The built-in scorer with encoders beside it: the weighted sum of their margins, in log-odds. It takes the place of the
 * built-in scorer in an ensemble, and has its reasons.
 */
export function stackedMember(members: readonly Member[], pairs: PairIdentities): Member {
  const stack = stackOf(marginColumns(members, pairs));
  const marginsOn = (identity: Identity): readonly number[] =>
    members.map((member) => member.account(identity)?.margin ?? Number.NaN);
  return {
    kind: 'consistency',
    name: members.map(({ name }) => name).join(' + '),
    get about() {
      const weights = members.map(({ name }, k) => `${name} ${(stack.together[k] ?? 0).toFixed(2)}`);
      return [
        t(
          'Each was fitted on the labels of this file, out of fold, and counts as much as it helps to predict them: {0}.',
          weights.join(t(', ')),
        ),
      ];
    },
    parts: members,
    account(identity) {
      const margin = stackedMargin(stack, marginsOn(identity));
      return Number.isNaN(margin) ? undefined : { margin, flags: 0, time: 0, provider: 0 };
    },
    refusal: (identity) =>
      members.map((member) => member.refusal(identity)).find((reason) => reason !== undefined),
    explain(pair, record, max, file) {
      const weights = stack.weightsFor(marginsOn(identify(pair)));
      return members.flatMap((member, k) => {
        const weight = weights[k] ?? 0;
        const reasons = weight === 0 ? [] : (member.explain?.(pair, record, max, file) ?? []);
        return reasons.map((reason) => ({ ...reason, weight: weight * reason.weight }));
      });
    },
  };
}
