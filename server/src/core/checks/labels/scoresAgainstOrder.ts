import type { Rating } from '../../mapping/attributes.ts';
import { advantageBy, ratingsOf } from '../../mapping/attributes.ts';
import { pathsOf } from '../../mapping/field.ts';
import type { Order } from '../../mapping/mapping.ts';
import type { Path } from '../../model/json.ts';
import { plural } from '../../words/numbers.ts';
import type { RecordCheck } from '../check.ts';
import { numberOption } from '../check.ts';

/** How two orders of the same answers agree, pair by pair. */
export interface OrderCounts {
  readonly same: number;
  readonly opposite: number;
  /** Tied in the first order alone, and in the second alone. */
  readonly firstTies: number;
  readonly secondTies: number;
}

/**
 * Kendall's τ-b of two orders with ties (M. G. Kendall, The treatment of ties in ranking problems, Biometrika 33, 1945): 1 is the
 * same order, −1 the opposite one. NaN if one of them ties everything.
 */
export function kendallTau({ same, opposite, firstTies, secondTies }: OrderCounts): number {
  const strict = same + opposite;
  return (same - opposite) / Math.sqrt((strict + firstTies) * (strict + secondTies));
}

/** True for a rating that the order of the answers is made of. */
function isOfOrder(order: Order, { path }: Rating): boolean {
  const named = [order.at].flat().flatMap((at) => pathsOf(at));
  const isIn = (part: Path, from: number): boolean => part.every((step, i) => path[from + i] === step);
  return order.kind === 'list'
    ? named.some((list) => isIn(list, 0))
    : named.some((field) => field.length > 0 && isIn(field, path.length - field.length));
}

export const scoresAgainstOrder: RecordCheck = {
  id: 'scores-against-order',
  needsPolarity: true,
  severity: 'information',
  title: 'The scores of ranked answers go against their order',
  why: 'The record ranks its answers, or names the best one, and also has scores of them that the order is not made from. More pairs of answers have the opposite order by their scores than the same one (Kendall’s τ-b below 0). Ranks that count from the wrong end look like this, as do scores of another list.',
  example:
    '{"prompt": "Hi", "responses": [{"text": "Hello!", "rank": 1, "score": 2}, {"text": "Hi.", "rank": 2, "score": 5}, {"text": "What?", "rank": 3, "score": 9}]}',
  remedy: 'Check which end of the ranks is the best one, and whether scores and answers have the same order.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  options: {
    below: {
      default: 0,
      schema: {
        type: 'number',
        minimum: -1,
        maximum: 1,
        description: 'Records with a lower τ-b are reported.',
      },
    },
  },
  source: 'RankList; M. G. Kendall (1945)',
  precision: {
    right: 98,
    of: 103,
    on: '500 WildBench tasks with three to six answers, ranked by one judge and scored by another, in which the ranks of every fifth counted from the other end: 98 of these 100, and 5 in which the judges disagree',
  },
  checkRecord: ({ pairs }, context) => {
    const { answers } = context.mapping;
    if (answers.kind !== 'candidates') return [];
    const found = new Map<
      string,
      { counts: { -readonly [name in keyof OrderCounts]: number }; path: Path }
    >();
    for (const pair of pairs) {
      for (const rating of ratingsOf(context.record, pair)) {
        const better = advantageBy(rating);
        if (better === undefined || isOfOrder(answers.order, rating)) continue;
        const { counts } = found.get(rating.name) ?? {
          counts: { same: 0, opposite: 0, firstTies: 0, secondTies: 0 },
        };
        if (!found.has(rating.name)) found.set(rating.name, { counts, path: rating.path });
        if (pair.isTie) counts.firstTies += better === 0 ? 0 : 1;
        else if (better === 0) counts.secondTies++;
        else if (better > 0) counts.same++;
        else counts.opposite++;
      }
    }
    return [...found].flatMap(([name, { counts, path }]) => {
      const tau = kendallTau(counts);
      if (!(tau < numberOption(context, 'below'))) return [];
      const message = `By "${name}", ${plural(counts.opposite, 'pair')} of answers have the opposite order and ${counts.same} the same one (τ-b ${tau.toFixed(2)}).`;
      return [{ place: { path, part: 'value' as const }, message }];
    });
  },
};
