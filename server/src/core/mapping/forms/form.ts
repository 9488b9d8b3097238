// What every kind of answers can do. One implementation of each stands beside this file, in `forms.ts` the table of them.
import type { Json, JsonObject, Path } from '../../model/json.ts';
import type { Pair, Side, Turn } from '../../model/pair.ts';
import type { FieldRef } from '../field.ts';
import { findField, nameOf, pathsOf, valueAt } from '../field.ts';
import type { Field } from '../mapping.ts';
import type { Shape } from '../shape.ts';
import { hasShape, SHAPE_WORDS } from '../shape.ts';

/** A change to a record, by paths. `core/edits` turns it into bytes. */
export type PathChange =
  /** Exchange two values as they stand. */
  | { readonly kind: 'swap'; readonly a: Path; readonly b: Path }
  /** Write the value of one place over that of another. */
  | { readonly kind: 'copy'; readonly from: Path; readonly to: Path }
  /** Write a value over the one that is there, or as a new field of the record where there is none. */
  | { readonly kind: 'set'; readonly path: Path; readonly to: Json }
  /** Turn the sign of a number. */
  | { readonly kind: 'negate'; readonly path: Path };

/** A field that a mapping cannot do without. */
export interface Need {
  readonly at: FieldRef;
  /** What it should hold, after "to be". */
  readonly words: string;
  /** Whether a value speaks for this mapping. */
  readonly fits: (value: Json) => boolean;
  /** Whether a value can be read; as `fits` where absent. */
  readonly reads?: (value: Json) => boolean;
}

/** One answer with its own verdict: what an unpaired record gives. */
export interface Judgement {
  readonly prompt: readonly Turn[];
  readonly response: Side;
  /** True for good, false for bad, a number for a rating; undefined where the record says nothing. */
  readonly verdict: boolean | number | undefined;
}

/** Why a record gives nothing under its file's mapping, and where. */
export interface Problem {
  readonly kind: 'missing-field' | 'wrong-type';
  readonly path: Path;
  readonly expected: string;
}

export interface Reading {
  readonly pairs: readonly Pair[];
  readonly judgements: readonly Judgement[];
  /** Fields that look like the prompt and that the mapping does not read. */
  readonly unread?: readonly string[];
}

export type EditOutcome = Reading | { readonly problem: Problem };

/** A record, its prompt read. */
export interface FormContext {
  readonly record: JsonObject;
  readonly prompt: readonly Turn[];
}

/** What a flip, a tie or a margin is about: the candidates of a pair, or none for a judgement. */
export type EditTarget = readonly [chosen: number, rejected: number] | undefined;

/**
 * The meaning of one kind of answers. The edits give ways to make them, the best first, each undoing itself when made
 * twice if it is a flip; none when the schema has no way to say it.
 */
export interface Form<A> {
  needs(answers: A): readonly Need[];
  /** Every field that it may read, of the record or of one of its candidates. */
  fields(answers: A): readonly FieldRef[];
  read(answers: A, context: FormContext): EditOutcome;
  /** Where the label is written: the place that findings about the label point at. */
  labelAt(answers: A): FieldRef;
  flip(answers: A, record: JsonObject, target: EditTarget): readonly (readonly PathChange[])[];
  tie(answers: A, record: JsonObject, target: EditTarget): readonly PathChange[] | undefined;
  margin(answers: A, record: JsonObject, margin: number): readonly PathChange[] | undefined;
  /** How much better the record says the chosen answer is, in its own units; absent where the kind has no way to say it. */
  strength?(answers: A, record: JsonObject, target: EditTarget): number | undefined;
}

export const NO_ANSWERS: Reading = { pairs: [], judgements: [] };

/** Shapes that are still read when they are not quite what the rest of the file holds. */
const TOLERATED: Partial<Record<Shape, (value: Json) => boolean>> = {
  transcript: (value) => typeof value === 'string',
  messages: (value) => Array.isArray(value) && value.length === 0,
  // axolotl takes an answer of several messages as a list.
  message: (value) => hasShape(value, 'messages'),
};

export function fieldNeed({ at, as }: Field): Need {
  const fits = (value: Json): boolean => hasShape(value, as);
  return {
    at,
    words: SHAPE_WORDS[as],
    fits,
    reads: (value) => fits(value) || (TOLERATED[as]?.(value) ?? false),
  };
}

/** A field that only has to hold something. */
export function presence(at: FieldRef): Need {
  return { at, words: 'there', fits: () => true };
}

export function listNeed(at: FieldRef, min: number, fits: (item: Json) => boolean, words: string): Need {
  return {
    at,
    words,
    fits: (value) => Array.isArray(value) && value.length >= min && value.some((item: Json) => fits(item)),
  };
}

/** The first need that a record does not meet. */
export function findProblem(needs: readonly Need[], record: JsonObject): Problem | undefined {
  for (const need of needs) {
    const found = findField(record, need.at);
    if (!found) {
      // A null that stands there is the place; else the record is.
      const path = pathsOf(need.at).find((one) => valueAt(record, one) === null) ?? [];
      return { kind: 'missing-field', path, expected: nameOf(need.at) };
    }
    if (!(need.reads ?? need.fits)(found.value)) {
      return { kind: 'wrong-type', path: found.path, expected: `${nameOf(need.at)} to be ${need.words}` };
    }
  }
  return undefined;
}
