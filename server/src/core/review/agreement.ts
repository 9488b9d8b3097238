// How far reviewers agree: with each other, and with the label when they did not see it.
import type { Estimate } from '../checks/dataset/effects.ts';
import { wilson } from '../checks/dataset/effects.ts';
import type { Opinion, Verdicts } from '../memory/verdicts.ts';
import { opinionOf } from '../memory/verdicts.ts';
import type { Agreement } from '../portrait/agreement.ts';
import { agreementOf } from '../portrait/agreement.ts';

const OPINIONS: readonly Opinion[] = ['a', 'b', 'tie', 'drop'];

/** Agreement of two reviewers on the pairs that both reviewed, before they settled any. */
export interface ReviewerAgreement extends Agreement {
  readonly reviewers: readonly [string, string];
}

/**
 * Agreement of each two reviewers who share pairs.
 * @param keys the pairs that count; default: all
 */
export function reviewerAgreement(
  verdicts: Verdicts,
  keys: Iterable<string> = verdicts.keys,
): readonly ReviewerAgreement[] {
  const all = [...keys];
  const { reviewers } = verdicts;
  return reviewers.flatMap((first, i) =>
    reviewers.slice(i + 1).flatMap((second) => {
      const table = OPINIONS.map(() => OPINIONS.map(() => 0));
      let count = 0;
      for (const key of all) {
        const [one, other] = [first, second].map((by) => {
          const verdict = verdicts.independent(key, by);
          const opinion = verdict && opinionOf(verdict);
          return opinion === undefined ? -1 : OPINIONS.indexOf(opinion);
        }) as [number, number];
        const row = table[one];
        if (!row || other < 0) continue;
        row[other] = (row[other] ?? 0) + 1;
        count++;
      }
      return count === 0 ? [] : [{ reviewers: [first, second] as const, ...agreementOf(table) }];
    }),
  );
}

/** How often a reviewer who did not see the label agreed with it. */
export interface LabelAgreement {
  readonly count: number;
  readonly same: Estimate;
}

export function labelAgreement(
  verdicts: Verdicts,
  by: string,
  keys: Iterable<string> = verdicts.keys,
): LabelAgreement {
  let [count, same] = [0, 0];
  for (const key of keys) {
    const verdict = verdicts.blind(key, by);
    const opinion = verdict && opinionOf(verdict);
    if (!verdict || opinion === undefined) continue;
    count++;
    if (opinion === verdict.label) same++;
  }
  return { count, same: wilson(same, count) };
}

/** Pairs about which reviewers disagree. */
export function conflictsAmong(
  verdicts: Verdicts,
  keys: Iterable<string> = verdicts.keys,
): readonly string[] {
  return [...keys].filter((key) => verdicts.isConflict(key));
}
