// Overlap of both answers with a reference answer that the record holds.
import { chrF, comparedWords, MAX_CHARACTERS, MAX_WORDS, rougeL } from '../compare/overlap.ts';
import { findField } from '../mapping/field.ts';
import { keyFields } from '../mapping/said/answerKey.ts';
import { concreteShape, turnsOf } from '../mapping/shape.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import type { English } from '../words/translate.ts';
import { english, t } from '../words/translate.ts';
import type { OverlapRule } from './scorerRule.ts';

/** More references than this are not compared. */
export const MAX_REFERENCES = 16;

interface Measure {
  readonly title: string;
  /** What it counts. */
  readonly about: English;
  /** The overlaps of some texts with a reference, each 0 to 1; undefined if a text is too long. */
  readonly of: (answers: readonly string[], reference: string) => readonly number[] | undefined;
  readonly tooLong: string;
}

export const MEASURES: Readonly<Record<NonNullable<OverlapRule['measure']>, Measure>> = {
  'rouge-l': {
    title: 'ROUGE-L',
    about: english('The share of words that an answer has in the order of the reference.'),
    of(answers, reference) {
      const [right, ...own] = [reference, ...answers].map(comparedWords) as [string[], ...string[][]];
      if (right.length > MAX_WORDS || own.some(({ length }) => length > MAX_WORDS)) return undefined;
      return own.map((words) => rougeL(words, right));
    },
    tooLong: `a text has more than ${MAX_WORDS.toLocaleString('en')} words`,
  },
  chrf: {
    title: 'chrF',
    about: english(
      'The share of runs of one to six characters that an answer has in common with the reference.',
    ),
    of(answers, reference) {
      if ([reference, ...answers].some(({ length }) => length > MAX_CHARACTERS)) return undefined;
      return answers.map((answer) => chrF(answer, reference));
    },
    tooLong: `a text has more than ${MAX_CHARACTERS.toLocaleString('en')} characters`,
  },
};

export const measureOf = ({ measure = 'rouge-l' }: OverlapRule): Measure => MEASURES[measure];

/** The texts of a field: a list of texts holds several references, a conversation one, its last message. */
function textsIn(value: Json): readonly string[] {
  if (isList(value) && value.every((one) => typeof one === 'string')) return value;
  if (typeof value === 'number') return [String(value)];
  const turns = turnsOf(value, concreteShape(value, 'any'), 'assistant');
  return turns.slice(-1).map(({ text }) => text);
}

/** A shorter text under a known name is a result, such as a number, and says little about words. */
const MIN_WORDS = 3;

/** A reference answer and where it stands. */
export interface References {
  readonly field: string;
  readonly texts: readonly string[];
}

/**
 * The references of a record: in the field of the rule, or in the first with a name that says that it holds what is right.
 * @param read names that the mapping reads: they are prompt, answers or label
 */
export function referencesIn(
  { field }: OverlapRule,
  record: JsonObject,
  read: ReadonlySet<string>,
): References | undefined {
  const named = field === undefined ? undefined : findField(record, field);
  const fields = named ? [named] : field === undefined ? keyFields(record, read) : [];
  for (const { path, value } of fields) {
    const least = named ? 1 : MIN_WORDS;
    const texts = textsIn(value).filter((text) => comparedWords(text).length >= least);
    if (texts.length > 0) return { field: path.join('.'), texts };
  }
  return undefined;
}

export interface Overlaps {
  /** Where the reference stands. */
  readonly field: string;
  readonly chosen: number;
  readonly rejected: number;
}

/** The overlap of each answer with the reference that it is nearest to, or why there is none. */
export function overlapsOf(
  rule: OverlapRule,
  { chosen, rejected }: Pair,
  record: JsonObject,
  read: ReadonlySet<string>,
): Overlaps | { readonly why: string } {
  const found = referencesIn(rule, record, read);
  if (!found) {
    const where = rule.field === undefined ? 'a field that is known to hold one' : `"${rule.field}"`;
    return { why: `the record has no reference in ${where}` };
  }
  const { field, texts } = found;
  if (texts.length > MAX_REFERENCES)
    return { why: `it has ${texts.length} references, and at most ${MAX_REFERENCES} are compared` };
  const measure = measureOf(rule);
  let best: readonly number[] = [0, 0];
  for (const text of texts) {
    const own = measure.of([chosen.text, rejected.text], text);
    if (!own) return { why: measure.tooLong };
    best = best.map((before, side) => Math.max(before, own[side] ?? 0));
  }
  const [ofChosen = 0, ofRejected = 0] = best;
  return { field, chosen: ofChosen, rejected: ofRejected };
}

/** What hovers say of a pair, plain text. */
export function overlapLine(rule: OverlapRule, { field, chosen, rejected }: Overlaps): string {
  return t(
    '{0} with “{1}”: {2} for the chosen answer, {3} for the rejected one',
    measureOf(rule).title,
    field,
    chosen.toFixed(3),
    rejected.toFixed(3),
  );
}
