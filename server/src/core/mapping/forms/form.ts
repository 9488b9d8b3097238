// The interface that each kind of answers implements. `forms.ts` maps kinds to implementations.
import type { Json, JsonObject, Path } from '../../model/json.ts';
import type { Pair, Side, Turn } from '../../model/pair.ts';
import type { FieldRef, Found } from '../field.ts';
import { findField, nameOf, pathsOf, valueAt } from '../field.ts';
import type { Field } from '../mapping.ts';
import type { Shape } from '../shape.ts';
import { hasShape, SHAPE_LABELS } from '../shape.ts';

/** A change to a record, by paths. `core/edits` turns it into bytes. */
export type PathChange =
  /** Swaps two values. */
  | { readonly kind: 'swap'; readonly a: Path; readonly b: Path }
  /** Swaps neighbouring items of one list with those of another. Both ends are included. */
  | { readonly kind: 'swap-items'; readonly a: ItemRange; readonly b: ItemRange }
  /** Overwrites one value with another. */
  | { readonly kind: 'copy'; readonly from: Path; readonly to: Path }
  /** Replaces a value, or adds a new field if there is none. */
  | { readonly kind: 'set'; readonly path: Path; readonly to: Json }
  /** Negates a number. */
  | { readonly kind: 'negate'; readonly path: Path }
  /** Replaces a decimal by `sum` minus its value, with as many digits. */
  | { readonly kind: 'mirror'; readonly path: Path; readonly sum: number };

export interface ItemRange {
  readonly first: Path;
  readonly last: Path;
}

/** A required field of a mapping. */
export interface Need {
  readonly at: FieldRef;
  /** Description of a valid value, after "to be". */
  readonly expected: string;
  /** Whether a value suggests this mapping. */
  readonly fits: (value: Json) => boolean;
  /** Whether a value can be read. Default: `fits`. */
  readonly reads?: (value: Json) => boolean;
}

/** One unpaired answer with its verdict. */
export interface Judgement {
  readonly prompt: readonly Turn[];
  readonly response: Side;
  /** True for good, false for bad, a number for a rating; undefined if the record does not say. */
  readonly verdict: boolean | number | undefined;
}

/** Why the mapping can't read a record, and where. */
export interface Problem {
  readonly kind: 'missing-field' | 'wrong-type';
  readonly path: Path;
  readonly expected: string;
}

export interface Reading {
  readonly pairs: readonly Pair[];
  readonly judgements: readonly Judgement[];
  /** Unmapped fields that look like the prompt. */
  readonly unread?: readonly string[];
}

export type EditOutcome = Reading | { readonly problem: Problem };

/** A candidate, or something else in a record, and where it stands. */
export interface Item {
  readonly path: Path;
  readonly value: Json;
}

/** A record with its parsed prompt. */
export interface FormContext {
  readonly record: JsonObject;
  readonly prompt: readonly Turn[];
}

/** The target of a flip, tie or margin: candidates of a pair, or undefined for a judgement. */
export type EditTarget = readonly [chosen: number, rejected: number] | undefined;

/** Ways to flip, best first; none if the schema can't express it. Or why this record can't be flipped. */
export type FlipWays = readonly (readonly PathChange[])[] | { readonly refused: string };

/**
 * The meaning of one kind of answers. Each edit returns ways to make it, best first; none if the schema can't
 * express it. Making a flip twice must restore the record.
 */
export interface Form<A> {
  needs(answers: A): readonly Need[];
  /** False if the fields of a record, together, show another schema. Absent if each need says enough. */
  fits?(answers: A, record: JsonObject): boolean;
  /** Every field that it may read, of the record or of one of its candidates. */
  fields(answers: A): readonly FieldRef[];
  read(answers: A, context: FormContext): EditOutcome;
  /** The field with the label. Findings about labels point there. */
  labelAt(answers: A): FieldRef;
  flip(answers: A, record: JsonObject, target: EditTarget): FlipWays;
  tie(answers: A, record: JsonObject, target: EditTarget): readonly PathChange[] | undefined;
  margin(answers: A, record: JsonObject, margin: number): readonly PathChange[] | undefined;
  /**
   * How much better the record says the chosen answer is, in its own units; absent if the kind has no strength.
   */
  strength?(answers: A, record: JsonObject, target: EditTarget): number | undefined;
}

export const NO_ANSWERS: Reading = { pairs: [], judgements: [] };

/** Shapes that can be read although they differ from the declared one. */
const TOLERATED: Partial<Record<Shape, (value: Json) => boolean>> = {
  // A single answer that is a list of messages in JSON or Python is an answer, where the others are texts.
  text: (value) => typeof value === 'string',
  any: (value) => typeof value === 'string',
  words: (value) => typeof value === 'string',
  transcript: (value) => typeof value === 'string',
  messages: (value) => Array.isArray(value) && value.length === 0,
  // axolotl takes an answer of several messages as a list.
  message: (value) => hasShape(value, 'messages'),
};

/** The value of a field with alternatives: the first that has the field's shape. */
export function findShaped(record: Json, { at, as }: Field, base?: Path): Found | undefined {
  return findField(record, at, base, (value) => hasShape(value, as));
}

export function fieldNeed({ at, as, contains }: Field): Need {
  const hasWord = (value: Json): boolean =>
    contains === undefined || (typeof value === 'string' && value.includes(contains));
  const fits = (value: Json): boolean => hasShape(value, as) && hasWord(value);
  return {
    at,
    expected: SHAPE_LABELS[as],
    fits,
    reads: (value) => fits(value) || (TOLERATED[as]?.(value) ?? false),
  };
}

/** A field that only needs to exist. */
export function presence(at: FieldRef): Need {
  return { at, expected: 'there', fits: () => true };
}

export function listNeed(at: FieldRef, min: number, fits: (item: Json) => boolean, expected: string): Need {
  return {
    at,
    expected,
    fits: (value) => Array.isArray(value) && value.length >= min && value.some((item: Json) => fits(item)),
  };
}

/** The first requirement that a record does not meet. */
export function findProblem(needs: readonly Need[], record: JsonObject): Problem | undefined {
  for (const need of needs) {
    const found = findField(record, need.at, [], need.fits);
    if (!found) {
      // If the field is null, point at it; if it is missing, at the record.
      const path = pathsOf(need.at).find((one) => valueAt(record, one) === null) ?? [];
      return { kind: 'missing-field', path, expected: nameOf(need.at) };
    }
    if (!(need.reads ?? need.fits)(found.value)) {
      return { kind: 'wrong-type', path: found.path, expected: `${nameOf(need.at)} to be ${need.expected}` };
    }
  }
  return undefined;
}
