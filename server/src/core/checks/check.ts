// The kinds of checks, and what each rule declares about itself.
import { findField } from '../mapping/field.ts';
import type { Reading } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Hit, Place, Severity, TextReplacement } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Pair, Piece, Side, SideName, Turn } from '../model/pair.ts';
import type { TextView } from './view.ts';

/** A way to fix a finding. `title` is its menu label. */
export type Repair =
  /** A person reads the pair first. For `replace` and `separate`, the hit holds the text or the line ends. */
  | { readonly edit: 'flip' | 'drop' | 'tie' | 'replace'; readonly grade: 'review'; readonly title: string }
  /** The content of the record stays the same; `because` says why. */
  | {
      readonly edit: 'replace' | 'separate';
      readonly grade: 'safe';
      readonly title: string;
      readonly because: string;
    }
  /** Safe only if an identical record exists elsewhere in the file; if not, a person decides. */
  | { readonly edit: 'drop'; readonly grade: 'twin'; readonly title: string; readonly because: string };

/** A setting of a rule: a number, word or list. */
export interface Option {
  readonly default: Json;
  readonly schema: { readonly description: string; readonly [key: string]: Json };
}

/** Findings on real data that a person read, and how many were right. */
export interface Precision {
  readonly right: number;
  readonly of: number;
  /** The data, and what counted as right. */
  readonly on: string;
}

/** Metadata of a rule. Its documentation page is generated from this. */
export interface Rule {
  readonly id: string;
  /** Default severity. */
  readonly severity: Severity | 'off';
  /** The problem, in one line. */
  readonly title: string;
  readonly why: string;
  /** A record that the rule reports, or a description if one record can't show it. */
  readonly example: string;
  readonly remedy: string;
  readonly repairs?: readonly Repair[];
  readonly options?: Readonly<Record<string, Option>>;
  /** Issues or papers behind the rule. */
  readonly source?: string;
  /** It relies on which answer is better, so it is silent where that is unsure. */
  readonly needsPolarity?: true;
  /** Only for checks that read text. */
  readonly precision?: Precision;
}

/** Prompts of a benchmark as hashes of their word grams, 48 bits each. */
export interface Benchmark {
  readonly name: string;
  readonly grams: readonly number[];
}

/** Plain data, so that threads can receive it. Its JSON is part of the cache key. */
export interface RuleSettings {
  /** Only rules that are on. */
  readonly severities: Readonly<Record<string, Severity>>;
  /** Only rules that have options. */
  readonly options: Readonly<Record<string, Options>>;
  readonly benchmarks: readonly Benchmark[];
}

/** Context passed to every check. */
export interface CheckContext {
  readonly record: JsonObject;
  readonly mapping: Mapping;
  readonly options: Options;
  readonly benchmarks: readonly Benchmark[];
}

export type Options = Readonly<Record<string, Json>>;

/** An answer with its precomputed text view. */
export interface CheckedAnswer extends Side {
  /** '' for an unpaired answer. */
  readonly name: SideName | '';
  readonly view: TextView;
  readonly prompt: readonly Turn[];
}

/** A pair with precomputed views of its texts. */
export interface ViewedPair extends Pair {
  readonly chosen: CheckedAnswer;
  readonly rejected: CheckedAnswer;
}

export interface AnswerCheck extends Rule {
  readonly checkAnswer: (answer: CheckedAnswer, context: CheckContext) => readonly Hit[];
}

export interface PairCheck extends Rule {
  readonly checkPair: (pair: ViewedPair, context: CheckContext) => readonly Hit[];
}

export interface RecordCheck extends Rule {
  readonly checkRecord: (reading: Reading, context: CheckContext) => readonly Hit[];
}

/** The string value of an answer; the last one if there are several. */
export function sideValue({ path }: Side): Place {
  return { path, part: 'value' };
}

/** The piece of an answer that contains `start`, from there to the end of the piece. */
function pieceAt({ pieces = [] }: Side, start: number): Piece | undefined {
  return pieces.find((piece) => piece.start <= start && start < piece.end);
}

/**
 * A half-open range of an answer, in UTF-16 units from its start. If the answer spans several strings, only the
 * part in the first one.
 */
export function answerRange(side: Side, start: number, end: number): Place {
  const { path, textStart, pieces } = side;
  if (!pieces) return { path, part: 'value', within: [textStart + start, textStart + end] };
  const piece = pieceAt(side, start);
  if (!piece) return sideValue(side);
  const within = [start - piece.start, Math.min(end, piece.end) - piece.start] as const;
  return { path: piece.path, part: 'value', within };
}

/** Replaces a range of an answer. Empty if the range spans more than one string. */
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

/** The answer without the prompt that a transcript repeats before it. */
export function answerPlace(side: Side): Place {
  return side.textStart === 0 ? sideValue(side) : answerRange(side, 0, side.text.length);
}

/** The first prompt field that the record has; if none, the whole record. */
export function promptPlace({ record, mapping }: Pick<CheckContext, 'record' | 'mapping'>): Place {
  const found = mapping.prompt.map(({ at }) => findField(record, at)).find((one) => one !== undefined);
  return { path: found?.path ?? [], part: 'value' };
}

/** "The chosen response", or "The response" if it is unpaired. */
export function responseLabel({ name }: Pick<CheckedAnswer, 'name'>): string {
  return name === '' ? 'The response' : `The ${name} response`;
}

/** Validated when the settings were read. */
export function numberOption({ options }: Pick<CheckContext, 'options'>, name: string): number {
  return options[name] as number;
}
