// What the reference model of an implicit reward says of a dataset by itself: the cache holds its likelihoods anyway.
import type { PairIdentities } from '#core/model/identity.ts';
import type { Member } from '#core/reward/ensemble.ts';
import type { Head } from '#core/reward/heads.ts';
import type { Rated } from '#core/reward/reading.ts';
import { accountOf, likelihoodOf } from '#core/reward/reading.ts';
import type { ReferenceSummary } from '#core/reward/reference.ts';
import { referenceLine, referenceNotes, summarise } from '#core/reward/reference.ts';

export interface ReferencePart extends Required<Pick<Member, 'details' | 'notes'>> {
  /** Summarises what is known of these pairs. */
  measure(pairs: PairIdentities): void;
}

/** Undefined for heads without a reference. */
export function referencePart(head: Head, rated: readonly Rated[]): ReferencePart | undefined {
  const [policy, reference] = rated;
  if (head.kind !== 'implicit' || !policy || !reference) return undefined;
  const { beta } = head;
  let summary: ReferenceSummary | undefined;
  return {
    measure(pairs) {
      const known = [];
      for (let number = 0; number < pairs.pairCount; number++) {
        if (pairs.isTie(number)) continue;
        const identity = pairs.identity(number);
        const [own, other] = [likelihoodOf(policy, identity), likelihoodOf(reference, identity)];
        if (own && other) known.push({ policy: own, reference: other });
      }
      summary = summarise(known, beta);
    },
    notes: () => referenceNotes(summary),
    details(identity) {
      const gap = accountOf(head, rated, identity)?.referenceGap;
      return gap ? [referenceLine(gap, beta, summary)] : [];
    },
  };
}
