// A reviewer who works through a ranking, with the truth at hand: some of the answers are wrong.
import type { Candidate, Judged } from '#core/learning/learn.ts';
import { expectFinds } from '#core/learning/outlook.ts';

export interface TruePair extends Candidate {
  readonly isWrong: boolean;
}

export interface ReviewResult {
  /** Wrong labels among the reviewed ones, whatever the reviewer said. */
  readonly finds: number;
  /** For each look ahead: whether the range held the true number, its width, and the error of the middle. */
  readonly looks: readonly { readonly isCovered: boolean; readonly width: number; readonly error: number }[];
}

export interface ReviewPlan {
  /** Pairs to review. */
  readonly reviews: number;
  /** Share of wrong answers. */
  readonly mistakes: number;
  /** The looks ahead, after so many answers, at so many pairs. */
  readonly looksAt: readonly number[];
  readonly ahead: number;
}

export const PLAN: ReviewPlan = {
  reviews: 200,
  mistakes: 0.05,
  looksAt: [50, 100, 150],
  ahead: 50,
};

/** @param pairs in any order; the lowest margins are reviewed first */
export function review(pairs: readonly TruePair[], plan: ReviewPlan, random: () => number): ReviewResult {
  let rest = pairs.toSorted((a, b) => a.margin - b.margin);
  const judged: Judged[] = [];
  const looks: { isCovered: boolean; width: number; error: number }[] = [];
  let finds = 0;
  for (let done = 0; done < plan.reviews; done++) {
    if (plan.looksAt.includes(done)) {
      const next = rest.slice(0, plan.ahead);
      const outlook = expectFinds(judged, next, plan.ahead);
      const truth = next.filter(({ isWrong }) => isWrong).length;
      if (outlook) {
        const { low, high, likely } = outlook.next;
        looks.push({ isCovered: low <= truth && truth <= high, width: high - low, error: likely - truth });
      }
    }
    const [pair] = rest;
    if (!pair) break;
    rest = rest.slice(1);
    finds += Number(pair.isWrong);
    const isMistaken = random() < plan.mistakes;
    judged.push({ ...pair, isWrong: pair.isWrong !== isMistaken });
  }
  return { finds, looks };
}
