// How good the ranking of an ensemble is on its dataset.
import type { Ensemble } from '#core/reward/ensemble.ts';
import { lengthRung, rung } from '#core/score/ladder.ts';
import type { SelfTest, Trust } from '#core/score/quality.ts';
import { plantedTest, trustOf } from '#core/score/quality.ts';

import type { Scored } from './fit.ts';
import { SELF_TEST_SHARE } from './fit.ts';

export interface Quality {
  readonly trust: Trust;
  /** Undefined if none was wanted, or too few pairs have a margin. */
  readonly selfTest: SelfTest | undefined;
}

/**
 * Beside stored scores alone, the agreement is that of the built-in scorer: such scores made the labels, so how far they agree
 * with them says nothing.
 * @param fitted of the built-in scorer, if it is a member: it brings the self-test of all
 * @param lengths chosen minus rejected, by pair
 * @param seed without it, there is no self-test
 */
export function ensembleQuality(
  { agreement, members }: Ensemble,
  fitted: Scored | undefined,
  margins: Float32Array,
  lengths: Float64Array,
  seed: number | undefined,
): Quality {
  // Alone, if no other scorer could be opened.
  const isAlone = members.length === 1 && !members[0]?.parts;
  const trust = fitted && (agreement || isAlone) ? fitted.result.trust : trustOf(margins, lengths);
  if (fitted) return { trust, selfTest: fitted.selfTest };
  const planted = seed === undefined ? undefined : plantedTest(margins, lengths, seed + 1, SELF_TEST_SHARE);
  if (!planted) return { trust, selfTest: undefined };
  const names = members.map(({ name }) => name);
  return { trust, selfTest: { ...planted, ladder: [lengthRung(planted), rung('models', planted, names)] } };
}
