// Joins scorers that were fitted on the labels of this file: their margins are one kind of evidence each, and a
// second fit of one weight for each says what they are worth together.
import type { Identity } from '../model/identity.ts';
import type { Member, PairIdentities } from './ensemble.ts';
import type { Account } from './reading.ts';

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

/** One scorer from several: the weighted sum of their margins, in log-odds. */
export function stackedMember(members: readonly Member[], pairs: PairIdentities): Member {
  const rows: number[][] = [];
  for (let pair = 0; pair < pairs.pairCount; pair++) {
    if (pairs.isTie(pair)) continue;
    rows.push(marginsOf(members, pairs.identity(pair)));
  }
  const complete = rows.filter((row) => row.every((margin) => !Number.isNaN(margin)));
  const column = (from: readonly number[][], k: number): Float64Array =>
    Float64Array.from(from, (row) => row[k] ?? 0);
  const together = stackWeights(members.map((_, k) => column(complete, k)));
  // For pairs that only one of them has read.
  const alone = members.map((_, k) => {
    const own = rows.filter((row) => !Number.isNaN(row[k]));
    return stackWeights([column(own, k)])[0] ?? 0;
  });
  const accountOf = (identity: Identity): Account | undefined => {
    const own = marginsOf(members, identity);
    const known = own.flatMap((margin, k) => (Number.isNaN(margin) ? [] : [k]));
    if (known.length === 0) return undefined;
    const weights = known.length === 1 ? alone : together;
    const margin = known.reduce((sum, k) => sum + (weights[k] ?? 0) * (own[k] ?? 0), 0);
    return { margin, flags: 0, time: 0, provider: 0 };
  };
  return {
    name: members.map(({ name }) => name).join(' + '),
    about: [
      'Each was fitted on the labels of this file, out of fold, and counts as much as it helps to predict them: ' +
        `${members.map(({ name }, k) => `${name} ${(together[k] ?? 0).toFixed(2)}`).join(', ')}.`,
    ],
    parts: members,
    account: accountOf,
    refusal: (identity) =>
      members.map((member) => member.refusal(identity)).find((reason) => reason !== undefined),
  };
}

function marginsOf(members: readonly Member[], identity: Identity): number[] {
  return members.map((member) => member.account(identity)?.margin ?? Number.NaN);
}
