// Votes of people, or of judges, whom the records name.
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { NamedVote, Pair } from '../model/pair.ts';
import { findField } from './field.ts';
import type { Preferred } from './forms/label.ts';
import { castVotes } from './forms/label.ts';
import type { Mapping } from './mapping.ts';
import { partFor, strengthOf } from './read.ts';
import { sideScores } from './sideScores.ts';

const NAMES = ['annotator', 'evaluator', 'rater', 'labeler', 'labeller', 'worker', 'judge']
  .flatMap((name) => [name, `${name}_id`])
  .join('|');

/** Of the item of a list of votes, where it cannot be the user who asked. */
const NAMES_OF_ITEM = `${NAMES}|user_id|user|name`;

/** A longer text is no name. */
const MAX_NAME = 80;

function nameIn(value: Json | undefined, fields: string): string | undefined {
  const name = isObject(value) ? findField(value, fields)?.value : undefined;
  if (typeof name === 'number') return String(name);
  return typeof name === 'string' && name !== '' && name.length <= MAX_NAME ? name : undefined;
}

/**
 * The votes on a record's pair: a field for each annotator, a list of their votes, or the label itself beside the
 * annotator's name. Empty where the record says how much better the answer is: that counts then.
 */
export function namedVotes(whole: Mapping, record: JsonObject, pair: Pair): readonly NamedVote[] {
  const mapping = partFor(whole, record);
  const { answers } = mapping;
  if (sideScores(record, pair)) return [];
  if (answers.kind === 'choice' && answers.label.kind === 'votes') {
    const [chosen] = pair.candidates;
    const saidOf = (verdict: Preferred): NamedVote['said'] =>
      verdict === 'tie' ? 'tie' : (verdict === 'first') === (chosen === 0) ? 'chosen' : 'rejected';
    return castVotes(answers.label, record).flatMap(({ path, item, verdict }) => {
      const by = item === undefined ? String(path.at(-1)) : nameIn(item, NAMES_OF_ITEM);
      return by === undefined ? [] : [{ by, said: saidOf(verdict) }];
    });
  }
  if (strengthOf(mapping, record, pair) !== undefined) return [];
  const by = nameIn(record, NAMES);
  return by === undefined ? [] : [{ by, said: pair.isTie ? 'tie' : 'chosen' }];
}
