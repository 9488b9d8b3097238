// The judgements of reviewers about the pairs of a file, as learning takes them.
import type { Facts } from '../facts/facts.ts';
import { labelOf, pairKeyAt } from '../memory/keys.ts';
import type { Preference, Verdicts } from '../memory/verdicts.ts';
import { opinionOf } from '../memory/verdicts.ts';
import type { Candidate, Judged } from './learn.ts';
import { flippedTraits, traitsOf } from './traits.ts';

export interface Judgements {
  readonly judged: readonly Judged[];
  /** Pairs that nobody judged, the lowest margin first. */
  readonly rest: readonly Candidate[];
}

/** A label that reviewers judged, if they agree: as it was then, for it may have been flipped since. */
function judgementOf(verdicts: Verdicts, key: string): { label: Preference; isWrong: boolean } | undefined {
  const opinions = verdicts.all(key).flatMap((verdict) => {
    const opinion = opinionOf(verdict);
    return opinion === 'a' || opinion === 'b' ? [{ label: verdict.label, opinion }] : [];
  });
  const [first] = opinions;
  if (!first || first.label === 'tie' || opinions.some(({ opinion }) => opinion !== first.opinion))
    return undefined;
  return { label: first.label, isWrong: first.opinion !== first.label };
}

/** @param margins by pair number, NaN without a score */
export function judgementsOf(facts: Facts, margins: ArrayLike<number>, verdicts: Verdicts): Judgements {
  const known = new Set(verdicts.keys);
  const judged: Judged[] = [];
  const rest: Candidate[] = [];
  for (let pair = 0; pair < facts.pairCount; pair++) {
    const margin = margins[pair] ?? Number.NaN;
    if (facts.isTie(pair) || Number.isNaN(margin)) continue;
    const traits = traitsOf(facts, pair);
    const key = pairKeyAt(facts, pair);
    if (!known.has(key)) {
      rest.push({ margin, traits });
      continue;
    }
    const judgement = judgementOf(verdicts, key);
    if (!judgement) continue;
    const { label, isWrong } = judgement;
    const isSame = labelOf(facts, pair) === label;
    judged.push(
      isSame ? { margin, traits, isWrong } : { margin: -margin, traits: flippedTraits(traits), isWrong },
    );
  }
  rest.sort((a, b) => a.margin - b.margin);
  return { judged, rest };
}
