// The judgements of reviewers about the pairs of a file, as learning takes them.
import type { Facts } from '../facts/facts.ts';
import { formatKey, parseKey } from '../hash.ts';
import { labelOf } from '../memory/keys.ts';
import type { Preference, Verdicts } from '../memory/verdicts.ts';
import { opinionOf } from '../memory/verdicts.ts';
import { pairKey } from '../model/identity.ts';
import { sortedOrder } from '../sortedOrder.ts';
import type { Candidate, Candidates, Judged } from './learn.ts';
import { flippedTraits, traitsOf } from './traits.ts';

export interface Judgements {
  readonly judged: readonly Judged[];
  /** Pairs that nobody judged, the lowest margin first. */
  readonly rest: Ranked;
}

/** Pairs in the order of their margins, without traits until somebody asks: there may be a million. */
export interface Ranked extends Candidates {
  /** In the same order. */
  readonly margins: Float32Array;
  at(index: number): Candidate;
}

function rankedOf(facts: Facts, pairs: readonly number[], margins: Float32Array): Ranked {
  const order = sortedOrder(Float64Array.from(margins), false);
  return {
    length: order.length,
    margins: Float32Array.from(order, (at) => margins[at] as number),
    at(index) {
      const at = order[index] ?? 0;
      return { margin: margins[at] ?? 0, traits: traitsOf(facts, pairs[at] ?? 0) };
    },
  };
}

/** The rankings of several files as one. */
export function joinRanked(all: readonly Ranked[]): Ranked {
  const [only] = all;
  if (only && all.length === 1) return only;
  const margins = Float32Array.from(all.flatMap((one) => [...one.margins]));
  const places = all.flatMap((one) => Array.from({ length: one.length }, (_, i) => [one, i] as const));
  const order = sortedOrder(Float64Array.from(margins), false);
  return {
    length: order.length,
    margins: Float32Array.from(order, (at) => margins[at] as number),
    at(index) {
      const place = places[order[index] ?? 0];
      if (!place) throw new RangeError(`joinRanked: no pair ${index}`);
      return place[0].at(place[1]);
    },
  };
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
  // A number is compared before a text is made.
  const lows = new Set([...known].map((key) => parseKey(key)?.[0]));
  const judged: Judged[] = [];
  const rest: number[] = [];
  for (let pair = 0; pair < facts.pairCount; pair++) {
    const margin = margins[pair] ?? Number.NaN;
    if (facts.isTie(pair) || Number.isNaN(margin)) continue;
    const own = pairKey(facts.identity(pair));
    const key = lows.has(own[0]) ? formatKey(own) : '';
    if (!known.has(key)) {
      rest.push(pair);
      continue;
    }
    const judgement = judgementOf(verdicts, key);
    if (!judgement) continue;
    const { label, isWrong } = judgement;
    const traits = traitsOf(facts, pair);
    const isSame = labelOf(facts, pair) === label;
    judged.push(
      isSame ? { margin, traits, isWrong } : { margin: -margin, traits: flippedTraits(traits), isWrong },
    );
  }
  const own = Float32Array.from(rest, (pair) => margins[pair] ?? Number.NaN);
  return { judged, rest: rankedOf(facts, rest, own) };
}
