// The scorers of one file, as a portrait looks at them.
import type { Facts } from '../facts/facts.ts';
import type { Ensemble } from '../reward/ensemble.ts';
import type { Ranking } from '../score/ranking.ts';
import { CONSISTENCY_LABEL } from '../score/ranking.ts';
import type { ScorerInput } from './portrait.ts';

/**
 * The ranking, then the members of an ensemble of several.
 * @param margins of the ranking, by pair; NaN if unscored
 */
export function scorerInputs(
  facts: Facts,
  margins: ArrayLike<number>,
  { scorer, cutoffs, percent }: Pick<Ranking, 'scorer' | 'cutoffs' | 'percent'>,
  ensemble: Ensemble | undefined,
): readonly ScorerInput[] {
  const members = ensemble && ensemble.members.length > 1 ? ensemble.members : [];
  return [
    {
      name: scorer,
      marginOf: (_, pair) => margins[pair] ?? Number.NaN,
      budget: { percent, worst: cutoffs.worst },
      // The other scorers have scales of their own.
      isCalibrated: scorer === CONSISTENCY_LABEL || ensemble?.agreement !== undefined,
    },
    ...members.map((member) => ({
      name: member.name,
      marginOf: (_: number, pair: number) =>
        facts.isTie(pair) ? Number.NaN : (member.account(facts.identity(pair))?.margin ?? Number.NaN),
    })),
  ];
}
