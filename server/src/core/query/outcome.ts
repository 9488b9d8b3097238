// Whether a query selects pairs by what a portrait says of them: their label, or how a scorer or a rule judges it.
import { pathsOf } from '../mapping/field.ts';
import type { Query } from './query.ts';

/**
 * Facts that stay the same if the two answers change places, and that no scorer makes. A tie has no preferred answer, and scorers
 * leave it out.
 */
const BLIND: ReadonlySet<string> = new Set([
  'length',
  'prompt_length',
  'record',
  'line',
  'pairs',
  'schema',
  'is',
  'is:edited',
  'is:dropped',
  'is:tie',
  'is:scored',
  'is:unscored',
  'is:pair',
]);

/** Parts of a pair of which the same holds. */
const BLIND_PARTS: ReadonlySet<string> = new Set(['text', 'prompt']);

/** A field of one side, whatever else it says, is that of another answer after a flip. */
const OF_A_SIDE = /chosen|rejected/i;

/**
 * True if the query reads which answer is chosen, a margin, or a finding: shares of labels among what it selects say what it selects.
 * @param own top-level names of the fields that hold prompts, answers and labels. All of them count, since one field may hold several
 */
export function readsOutcome({ facts, leaves }: Query, own: ReadonlySet<string>): boolean {
  const isOfAnswers = (field: string): boolean =>
    pathsOf(field).some(([name]) => own.has(String(name)) || OF_A_SIDE.test(String(name)));
  return (
    [...facts].some((name) => !BLIND.has(name)) ||
    leaves.some((leaf) =>
      'part' in leaf ? !BLIND_PARTS.has(leaf.part) : 'rating' in leaf || isOfAnswers(leaf.field),
    )
  );
}
