// What a check is: what it says of itself, and the kinds of things that it looks at.
import { findField } from '../mapping/field.ts';
import type { Reading } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Hit, Place, Severity, TextReplacement } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Pair, Piece, Side, SideName, Turn } from '../model/pair.ts';
import type { Benchmark } from './relations/benchmarkOverlap.ts';
import type { TextView } from './view.ts';

/** What can be done about a finding. `title` names it in menus. */
export type Repair =
  /** A person reads the pair first. `replace`, `separate`: the hit says which text, and where lines end. */
  | { readonly edit: 'flip' | 'drop' | 'tie' | 'replace'; readonly grade: 'review'; readonly title: string }
  /** Nothing that the record says changes by it; `because` says why that is so. */
  | {
      readonly edit: 'replace' | 'separate';
      readonly grade: 'safe';
      readonly title: string;
      readonly because: string;
    }
  /** Safe where the same record stands elsewhere in the file, whole; a person decides where it does not. */
  | { readonly edit: 'drop'; readonly grade: 'twin'; readonly title: string; readonly because: string };

/** A number, word or list that users can set. */
export interface Option {
  readonly default: Json;
  /** Its JSON schema, with a description. */
  readonly schema: { readonly description: string; readonly [key: string]: Json };
}

/** What was seen by eye: of so many findings on real data, so many were right. */
export interface Precision {
  readonly right: number;
  readonly of: number;
  /** Which data, and what counted as right. */
  readonly on: string;
}

/** What every rule says of itself. The documentation page is made from it. */
export interface Rule {
  readonly id: string;
  /** Where nobody set another one. */
  readonly severity: Severity | 'off';
  /** One line: what is wrong. */
  readonly title: string;
  readonly why: string;
  /** A record that is reported, or words where one record does not show it. */
  readonly example: string;
  /** What to do. */
  readonly remedy: string;
  readonly repairs?: readonly Repair[];
  readonly options?: Readonly<Record<string, Option>>;
  /** Where the rule comes from. */
  readonly source?: string;
  /** Of checks that read text. */
  readonly precision?: Precision;
}

/** What a check is told beside what it looks at. */
export interface CheckContext {
  readonly record: JsonObject;
  readonly mapping: Mapping;
  /** The rule's own options. */
  readonly options: Options;
  readonly benchmarks: readonly Benchmark[];
}

export type Options = Readonly<Record<string, Json>>;

/** An answer with what one look at its text tells. */
export interface CheckedAnswer extends Side {
  /** '' for an answer that has no rival. */
  readonly name: SideName | '';
  readonly view: TextView;
  readonly prompt: readonly Turn[];
}

/** A pair with what one look at its texts tells. */
export interface ViewedPair extends Pair {
  readonly chosen: CheckedAnswer;
  readonly rejected: CheckedAnswer;
}

/** A rule that looks at each answer by itself. */
export interface AnswerCheck extends Rule {
  readonly checkAnswer: (answer: CheckedAnswer, context: CheckContext) => readonly Hit[];
}

/** A rule that looks at two answers. */
export interface PairCheck extends Rule {
  readonly checkPair: (pair: ViewedPair, context: CheckContext) => readonly Hit[];
}

/** A rule that looks at a record as a whole. */
export interface RecordCheck extends Rule {
  readonly checkRecord: (reading: Reading, context: CheckContext) => readonly Hit[];
}

/** The string value of an answer; of several, the last one. */
export function sideValue({ path }: Side): Place {
  return { path, part: 'value' };
}

/** The part of an answer that holds a position of its text, and from there on as far as the part goes. */
function pieceAt({ pieces = [] }: Side, start: number): Piece | undefined {
  return pieces.find((piece) => piece.start <= start && start < piece.end);
}

/**
 * A half-open range of an answer, in UTF-16 units from the answer's start. Where the answer stands in several strings,
 * the part of it in the first one.
 */
export function answerRange(side: Side, start: number, end: number): Place {
  const { path, textStart, pieces } = side;
  if (!pieces) return { path, part: 'value', within: [textStart + start, textStart + end] };
  const piece = pieceAt(side, start);
  if (!piece) return sideValue(side);
  const within = [start - piece.start, Math.min(end, piece.end) - piece.start] as const;
  return { path: piece.path, part: 'value', within };
}

/** Puts a text in the place of a range of an answer. Nothing where the range does not lie within one string. */
export function replaceRange(
  side: Side,
  start: number,
  end: number,
  text: string,
): { readonly replace?: readonly TextReplacement[] } {
  const piece = side.pieces && pieceAt(side, start);
  if (side.pieces && (!piece || end > piece.end)) return {};
  return { replace: [{ place: answerRange(side, start, end), text }] };
}

/** An answer without the prompt that a transcript repeats before it. */
export function answerPlace(side: Side): Place {
  return side.textStart === 0 ? sideValue(side) : answerRange(side, 0, side.text.length);
}

/** The first prompt field that the record has; the whole record where there is none. */
export function promptPlace({ record, mapping }: Pick<CheckContext, 'record' | 'mapping'>): Place {
  const found = mapping.prompt.map(({ at }) => findField(record, at)).find((one) => one !== undefined);
  return { path: found?.path ?? [], part: 'value' };
}

/** "The chosen response", or "The response" where it stands alone. */
export function responseLabel({ name }: Pick<CheckedAnswer, 'name'>): string {
  return name === '' ? 'The response' : `The ${name} response`;
}

/** An option that is a number; validated when it was read. */
export function numberOption({ options }: Pick<CheckContext, 'options'>, name: string): number {
  return options[name] as number;
}
