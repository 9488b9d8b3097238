// All answers of a record to one prompt, as columns of a page: the pair that is shown is two of them.
import { valueAt } from '#core/mapping/field.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import type { Pair, Side } from '#core/model/pair.ts';
import { promptText } from '#core/model/pair.ts';
import type { CandidateView, FieldView } from '#protocol/editor/views.ts';

import type { ReadRecord } from '../dataset.ts';
import { otherFields } from './fields.ts';
import { answerParts } from './parts.ts';

/** Fields of a candidate that fit above its text. */
const MAX_ABOUT = 8;

/** Longer values are in the list of other fields. */
const MAX_SHORT = 80;

interface Known {
  readonly side: Side;
  better: number;
  equal: number;
  compared: number;
}

/** The short fields of the object that holds an answer. */
function aboutOf(record: JsonObject, { path, text }: Side): readonly FieldView[] {
  // A candidate that is a field of the record has no fields of its own.
  if (path.length < 2) return [];
  const own: Json | undefined = valueAt(record, path.slice(0, -1));
  if (!isObject(own)) return [];
  const isShort = ({ children, image, text: words }: FieldView): boolean =>
    !children && image === undefined && words.length <= MAX_SHORT;
  return otherFields(own, [text]).filter(isShort).slice(0, MAX_ABOUT);
}

/** The candidates with the prompt of a pair, by their numbers, with how many are better and equal. */
function knownIn(pairs: readonly Pair[], shown: Pair): ReadonlyMap<number, Known> {
  const known = new Map<number, Known>();
  const add = (number: number, side: Side): Known => {
    const own = known.get(number) ?? { side, better: 0, equal: 0, compared: 0 };
    own.compared++;
    known.set(number, own);
    return own;
  };
  const prompt = promptText(shown);
  for (const pair of pairs) {
    if (pair !== shown && promptText(pair) !== prompt) continue;
    const [better, worse] = [add(pair.candidates[0], pair.chosen), add(pair.candidates[1], pair.rejected)];
    if (pair.isTie) {
      better.equal++;
      worse.equal++;
    } else worse.better++;
  }
  return known;
}

/** The candidates of the pair with this number, best first; undefined if there are only its two. */
export function candidatesOf(
  { pairs, value }: Pick<ReadRecord, 'pairs' | 'value'>,
  index: number,
): readonly CandidateView[] | undefined {
  const shown = pairs[index];
  if (!shown || pairs.length < 2) return undefined;
  const known = knownIn(pairs, shown);
  if (known.size < 3) return undefined;
  const [chosen, rejected] = shown.candidates;
  return [...known]
    .map(([number, { side, better, equal, compared }]): CandidateView => {
      const parts = answerParts(side);
      return {
        number,
        better,
        equal,
        ...(compared < known.size - 1 && { isUnranked: true as const }),
        text: side.text,
        ...(parts.length > 0 && { parts }),
        ...(number === chosen && { side: 'chosen' }),
        ...(number === rejected && { side: 'rejected' }),
        about: aboutOf(value, side),
      };
    })
    .sort((a, b) => a.better - b.better || a.number - b.number);
}
