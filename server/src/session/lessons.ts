// What reviewers taught about the pairs of an open file that nobody judged. It is learned again after every few judgements, not
// after each: the order of a queue should not move under the person's hands.
import type { Facts } from '#core/facts/facts.ts';
import { formatKey } from '#core/hash.ts';
import { judgementsOf } from '#core/learning/judgements.ts';
import type { Lesson } from '#core/learning/outlook.ts';
import { lessonOf, MIN_JUDGED } from '#core/learning/outlook.ts';
import { traitsOf } from '#core/learning/traits.ts';
import type { Verdicts } from '#core/memory/verdicts.ts';
import { opinionOf } from '#core/memory/verdicts.ts';
import type { Identity } from '#core/model/identity.ts';
import { pairKey } from '#core/model/identity.ts';

import type { Scores } from './scores.ts';

/** An open file, as learning sees it. */
export interface Reviewed {
  readonly survey: { readonly facts: Facts };
  /** With other margins after each scoring. */
  readonly scores: Pick<Scores, 'ranked'> | undefined;
  readonly verdicts: Verdicts;
}

/** Verdicts between two lessons. */
const LEARN_EVERY = 10;

/** Chance that the label of a pair is wrong, and how many labels were judged for it. */
export interface ReviewedChance {
  readonly chance: number;
  readonly judged: number;
}

export class Lessons {
  #lesson: Lesson | undefined;
  /** The margins that it was learned from, and the number of verdicts. */
  #ranked: Scores['ranked'] | undefined;
  #verdicts = 0;

  /** The latest lesson; undefined while too few labels are judged, and without scores. */
  of({ scores, verdicts, survey: { facts } }: Reviewed): Lesson | undefined {
    // Before anybody reviews, no pair is looked at.
    if (!scores || verdicts.count < MIN_JUDGED) return undefined;
    const isDue = Math.abs(verdicts.count - this.#verdicts) >= LEARN_EVERY;
    if (scores.ranked !== this.#ranked || isDue) {
      this.#ranked = scores.ranked;
      this.#verdicts = verdicts.count;
      const { judged, rest } = judgementsOf(facts, facts.margins, verdicts);
      this.#lesson = lessonOf(judged, rest);
    }
    return this.#lesson;
  }

  /** Undefined for a pair that reviewers judged, or that has no margin. */
  chanceOf(dataset: Reviewed, pair: number): ReviewedChance | undefined {
    const lesson = this.of(dataset);
    const { facts } = dataset.survey;
    const margin = facts.margin(pair);
    if (!lesson || Number.isNaN(margin) || isJudged(dataset, facts.identity(pair))) return undefined;
    return { chance: lesson.chance({ margin, traits: traitsOf(facts, pair) }), judged: lesson.judged };
  }
}

function isJudged({ verdicts }: Reviewed, identity: Identity): boolean {
  return verdicts.all(formatKey(pairKey(identity))).some((verdict) => opinionOf(verdict) !== undefined);
}
