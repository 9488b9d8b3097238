// Finds the pair that an edit names, and applies the edit to its record. Editor, command line and page share this.
import { formatKey } from '../hash.ts';
import type { Reading } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { identify, pairKey } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { plural } from '../words/numbers.ts';
import type { ByteEdit } from './bytes.ts';
import { applyEdits } from './bytes.ts';
import type { Edit } from './edit.ts';
import { planEdit } from './edit.ts';

/** How an edit names a pair of its record. If both are absent, the first pair. */
export interface PairName {
  /** Number of the pair in its record, from 0, before other edits. */
  readonly pair?: number;
  /** Its key in findings and scores. */
  readonly pairKey?: string;
}

/** The pair, undefined for a record of judgements; or why there is no such pair. */
export type NamedPair = { readonly pair: Pair | undefined } | { readonly refused: string };

/** The key of a pair in findings, scores and edits. */
export function keyOfPair(pair: Pair): string {
  return formatKey(pairKey(identify(pair)));
}

export function pairNamed(
  { pairs, judgements }: Reading,
  { pair: number, pairKey: key }: PairName,
): NamedPair {
  if (key !== undefined && number === undefined) {
    const [first, ...others] = pairs.filter((pair) => keyOfPair(pair) === key);
    if (!first) return { refused: `The pair here is not ${key}.` };
    return others.length > 0
      ? {
          refused: `${others.length + 1} pairs of this record have the key ${key}. Add "pair" to choose one.`,
        }
      : { pair: first };
  }
  if (pairs.length === 0 && judgements.length > 0 && key === undefined) return { pair: undefined };
  const pair = pairs[number ?? 0];
  if (key !== undefined && (!pair || keyOfPair(pair) !== key))
    return { refused: `The pair here is not ${key}.` };
  return pair
    ? { pair }
    : { refused: `There is no such pair: the record has ${plural(pairs.length, 'pair')}.` };
}

function isSameSet<T>([a, b]: readonly [T, T], [c, d]: readonly [T, T]): boolean {
  return (a === c && b === d) || (a === d && b === c);
}

/**
 * The pair's number after edits to its record. A flip may have swapped ranked candidates in the list of pairs, or texts in the
 * list of candidates. −1 if the two answers are no longer a pair.
 */
export function pairAgain(pairs: readonly Pair[], { prompt, chosen, rejected, candidates }: Pair): number {
  const hasTexts = (one: Pair): boolean =>
    isSameSet([one.chosen.text, one.rejected.text], [chosen.text, rejected.text]);
  const sameAnswers = pairs.findIndex((one) => isSameSet(one.candidates, candidates) && hasTexts(one));
  if (sameAnswers >= 0) return sameAnswers;
  const before = JSON.stringify(prompt);
  return pairs.findIndex((one) => hasTexts(one) && JSON.stringify(one.prompt) === before);
}

export type PairPlan =
  | { readonly kind: 'edits'; readonly edits: readonly ByteEdit[]; readonly bytes: Uint8Array }
  | { readonly kind: 'drop' }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param pair from an earlier reading of the record; undefined for a record of judgements */
export function planPairEdit(
  mapping: Mapping,
  bytes: Uint8Array,
  { value, pairs }: Reading & { readonly value: JsonObject },
  pair: Pair | undefined,
  edit: Edit,
): PairPlan {
  const now = pair && pairs[pairAgain(pairs, pair)];
  if (pair && !now) return { kind: 'refused', reason: 'An earlier edit separated the two answers.' };
  const plan = planEdit(mapping, bytes, value, now?.candidates, edit);
  return plan.kind === 'edits' ? { ...plan, bytes: applyEdits(bytes, plan.edits) } : plan;
}
