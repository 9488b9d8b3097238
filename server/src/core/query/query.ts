// A query as conditions on facts and on the texts and fields of records.
import { ALL_RULES } from '../checks/table.ts';
import { closest } from '../config/closest.ts';
import type { FieldRef } from '../mapping/field.ts';
import { parseFieldRef } from '../mapping/field.ts';
import type { Json } from '../model/json.ts';
import { isList } from '../model/json.ts';
import type { ByteNeed } from './bytes.ts';
import { anyNeed, bestNeed } from './bytes.ts';
import type { KnownFacts, TestPair, TextPart } from './facts.ts';
import { isTextPart, NAMED_FACTS, NUMBER_FACTS, RESERVED } from './facts.ts';
import {
  contains,
  equalsLoosely,
  expressionOf,
  numberOf,
  ORDERINGS,
  piecesOf,
  plainWords,
} from './patterns.ts';
import type { RatingRef } from './ratings.ts';
import { ratingRef } from './ratings.ts';
import type { Fault, Name, Operator, Syntax, Term, Value } from './syntax.ts';
import { parseQuery, QueryError } from './syntax.ts';

/** A condition that needs the text of a pair. */
export interface TextLeaf {
  readonly part: TextPart;
  readonly test: (text: string) => boolean;
  /** It looks for words, which must stand within one string of the record. */
  readonly isWords: boolean;
}

/** A condition that needs a field of the record. */
export interface FieldLeaf {
  readonly field: FieldRef;
  readonly test: (value: Json | undefined) => boolean;
}

/** A condition that needs a rating of the pair. */
export interface RatingLeaf {
  readonly rating: RatingRef;
  readonly test: (value: number) => boolean;
}

export type Leaf = TextLeaf | FieldLeaf | RatingLeaf;

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'fact'; readonly bind: (known: KnownFacts) => TestPair }
  /** Number of a leaf. */
  | { readonly kind: 'leaf'; readonly leaf: number };

export interface Query {
  readonly condition: Condition;
  /** At most MAX_LEAVES. */
  readonly leaves: readonly Leaf[];
  /** What the bytes of a record must hold so that the query can be true of it; undefined: nothing. */
  readonly need: ByteNeed | undefined;
  /** Names of the facts that it reads; `is:tie` for a state. */
  readonly facts: ReadonlySet<string>;
  /** True for a rule that the query names. */
  readonly namesRule: (rule: string) => boolean;
  /** It has regular expressions, which may take any time. */
  readonly hasExpression: boolean;
}

/** Conditions on texts and fields in one query: each is a bit of a number, and one bit is kept free. */
export const MAX_LEAVES = 31;

interface Made {
  readonly condition: Condition;
  readonly need: ByteNeed | undefined;
}

/** What is collected while the terms are read. */
interface Collected {
  readonly leaves: Leaf[];
  readonly facts: Set<string>;
  readonly ruleTests: ((rule: string) => boolean)[];
  hasExpression: boolean;
}

const words = (list: readonly string[]): string => list.map((one) => `\`${one}\``).join(', ');

/** "Did you mean `margin`? ", or nothing. */
function didYouMean(word: string, known: readonly string[]): string {
  // Two letters are near to every short name.
  const near = word.length > 2 ? closest(word, known) : undefined;
  return near === undefined ? '' : `Did you mean \`${near}\`? `;
}

/** A test for a word among known ones: the same in any letter case, with `*`, or a regular expression. */
function wordTest(operator: Operator, value: Value): (word: string) => boolean {
  if (value.kind === 'expression') {
    const expression = expressionOf(value);
    return (word) => expression.test(word);
  }
  return operator === ':' ? equalsLoosely(value) : (word) => word === value.text;
}

function namedCondition(name: Name, { operator, value }: Term, collected: Collected): Condition {
  const fact = NAMED_FACTS[name.text];
  if (!fact) throw new Error(`query: no fact ${name.text}`);
  if (ORDERINGS[operator])
    throw new QueryError(
      `\`${name.text}\` has no order. Write \`${name.text}:${value.text}\`.`,
      name.start,
      value.end,
    );
  const known =
    name.text === 'rule' ? ALL_RULES.map(({ id }) => id) : fact.values && Object.keys(fact.values);
  const test = wordTest(operator === '!=' ? '=' : operator, value);
  if (known && value.kind !== 'expression' && !known.some(test)) {
    const all =
      name.text === 'rule'
        ? 'Complete the name, or see `preflens explain` for all rules.'
        : `Write one of ${words(known)}.`;
    throw new QueryError(
      `\`${value.text}\` is no ${name.text === 'is' ? 'state' : name.text}. ${didYouMean(value.text, known)}${all}`,
      value.start,
      value.end,
    );
  }
  collected.facts.add(name.text);
  if (name.text === 'is') for (const state of known?.filter(test) ?? []) collected.facts.add(`is:${state}`);
  if (name.text === 'rule') collected.ruleTests.push(test);
  const condition: Condition = { kind: 'fact', bind: (facts) => fact.of(facts, test) };
  return operator === '!=' ? { kind: 'not', part: condition } : condition;
}

/** A test of a number; NaN stands for none. */
function numberTest(name: Name, { operator, value }: Term): (number: number) => boolean {
  const isAny = operator === ':' && value.kind === 'word' && value.text === '*';
  const wanted = value.kind === 'expression' ? Number.NaN : numberOf(value.text);
  if (!isAny && Number.isNaN(wanted))
    throw new QueryError(
      `\`${name.text}\` is a number: compare it with one, such as \`${name.text}>0\`. A field of the record that has this name is \`.${name.text}\`.`,
      value.start,
      value.end,
    );
  const order = ORDERINGS[operator];
  if (isAny) return (number) => !Number.isNaN(number);
  if (operator === '!=') return (number) => number !== wanted;
  return order ? (number) => order(number - wanted) : (number) => number === wanted;
}

function numberCondition(name: Name, term: Term, collected: Collected): Condition {
  const fact = NUMBER_FACTS[name.text];
  if (!fact) throw new Error(`query: no fact ${name.text}`);
  const test = numberTest(name, term);
  collected.facts.add(name.text);
  return {
    kind: 'fact',
    bind: (known) => {
      const of = fact.of(known);
      return (record, pair) => test(of(record, pair));
    },
  };
}

function leafCondition(leaf: Leaf, collected: Collected, { start, end }: Value): Condition {
  if (collected.leaves.length === MAX_LEAVES)
    throw new QueryError(
      `This query has more than ${MAX_LEAVES} conditions on texts and fields. Join words in one regular expression: \`/one|two/i\`.`,
      start,
      end,
    );
  collected.leaves.push(leaf);
  return { kind: 'leaf', leaf: collected.leaves.length - 1 };
}

function textTerm(part: TextPart, { operator, value, name }: Term, collected: Collected): Made {
  const at = [name?.start ?? value.start, value.end] as const;
  if (ORDERINGS[operator]) {
    const length = part === 'chosen' || part === 'rejected' ? `${part}_length` : 'length';
    throw new QueryError(
      `\`${part}\` is a text. Search it with \`${part}:word\`, or compare its length: \`${length}${operator}${value.text}\`.`,
      ...at,
    );
  }
  if (value.kind === 'expression') {
    const expression = expressionOf(value);
    const plain = plainWords(value);
    collected.hasExpression = true;
    const leaf = { part, test: (text: string) => expression.test(text), isWords: plain !== undefined };
    const condition = leafCondition(leaf, collected, value);
    if (operator === '!=') return { condition: { kind: 'not', part: condition }, need: undefined };
    return { condition, need: plain?.map((text) => ({ text, isCaseless: value.flags.includes('i') })) };
  }
  if (operator === ':') {
    const pieces = piecesOf(value);
    const leaf = { part, test: contains(value), isWords: pieces.length > 0 };
    return { condition: leafCondition(leaf, collected, value), need: longest(pieces) };
  }
  const leaf = { part, test: (text: string) => text === value.text, isWords: false };
  const condition = leafCondition(leaf, collected, value);
  return { condition: operator === '!=' ? { kind: 'not', part: condition } : condition, need: undefined };
}

/** What a text must hold to hold all pieces, in any letter case. */
function longest(pieces: readonly string[]): ByteNeed | undefined {
  const [text] = [...pieces].sort((a, b) => b.length - a.length);
  return text === undefined ? undefined : [{ text, isCaseless: true }];
}

/** The texts, numbers and booleans of a value: itself, or those of a list. */
function scalarsOf(value: Json | undefined): readonly (string | number | boolean)[] {
  if (isList(value)) return value.flatMap(scalarsOf);
  return value === undefined || value === null || typeof value === 'object' ? [] : [value];
}

/** Text by code unit, numbers as numbers; NaN if the two cannot be compared. */
function orderOf(one: string | number | boolean, wanted: string, number: number): number {
  if (!Number.isNaN(number)) return (typeof one === 'string' ? numberOf(one) : Number(one)) - number;
  return typeof one !== 'string' ? Number.NaN : one < wanted ? -1 : one > wanted ? 1 : 0;
}

function fieldTest(operator: Operator, value: Value): FieldLeaf['test'] {
  const { kind, text } = value;
  const order = ORDERINGS[operator];
  const number = kind === 'expression' ? Number.NaN : numberOf(text);
  if (kind === 'expression') {
    const expression = expressionOf(value);
    return (found) => scalarsOf(found).some((one) => expression.test(String(one)));
  }
  if (order) return (found) => scalarsOf(found).some((one) => order(orderOf(one, text, number)));
  if (kind === 'word' && text === 'null') return (found) => found === null;
  if (kind === 'word' && text === '*' && operator === ':')
    return (found) => found !== undefined && found !== null;
  const isEqual = operator === ':' ? equalsLoosely(value) : (one: string) => one === text;
  return (found) =>
    scalarsOf(found).some((one) => (typeof one === 'number' && one === number) || isEqual(String(one)));
}

/** What the bytes of a record must hold so that its field can have a value. */
function fieldNeed(name: string, operator: Operator, { kind, text }: Value): ByteNeed | undefined {
  const isText =
    kind !== 'expression' &&
    !ORDERINGS[operator] &&
    Number.isNaN(numberOf(text)) &&
    !/^(?:true|false|null|)$/i.test(text) &&
    !(kind === 'word' && text.includes('*'));
  if (isText) return [{ text, isCaseless: operator === ':' }];
  const names = (parseFieldRef(name) ?? []).map((path) => path.findLast((step) => typeof step === 'string'));
  return names.length === 0 || names.some((one) => one === undefined || one === '')
    ? undefined
    : names.flatMap((one) => (typeof one === 'string' ? { text: one, isCaseless: false } : []));
}

function fieldTerm(name: Name, { operator, value }: Term, collected: Collected): Made {
  if (!parseFieldRef(name.text))
    throw new QueryError(
      'This is no name of a field. Join nested names with dots, and put a name with other characters in quotes: `"a b".c:value`.',
      name.start,
      name.end,
    );
  const isNot = operator === '!=';
  const test = fieldTest(isNot ? '=' : operator, value);
  collected.hasExpression ||= value.kind === 'expression';
  const condition = leafCondition({ field: name.text, test }, collected, value);
  if (isNot) return { condition: { kind: 'not', part: condition }, need: undefined };
  return { condition, need: fieldNeed(name.text, operator, value) };
}

function ratingTerm(
  name: Name,
  rating: RatingRef,
  term: Term,
  fields: readonly string[] | undefined,
  collected: Collected,
): Made {
  const isSame = (one: string): boolean => {
    const other = ratingRef(one);
    return other?.name === rating.name && other.of === rating.of;
  };
  if (fields && !fields.some(isSame))
    throw new QueryError(
      `No record has a rating \`${name.text}\`. ${didYouMean(name.text, fields)}See the columns of the file for all ratings.`,
      name.start,
      name.end,
    );
  const condition = leafCondition({ rating, test: numberTest(name, term) }, collected, term.value);
  // Names of ratings are made of words in the names of fields, in any letter case.
  const need = term.operator === '!=' ? undefined : longest(rating.name.match(/[A-Za-z]{3,}/g) ?? []);
  return { condition, need };
}

/** The first step of a field's name. */
function firstStep(name: string): string {
  return String(parseFieldRef(name)?.[0]?.[0] ?? name);
}

function assertKnown(name: Name, fields: readonly string[] | undefined): void {
  if (name.isOwn || !fields) return;
  const tops = new Set(fields.map(firstStep));
  if (tops.has(firstStep(name.text)) || fields.includes(name.text)) return;
  throw new QueryError(
    `No record has a field \`${name.text}\`. ${didYouMean(name.text, [...RESERVED, ...fields])}To search for the text, put it in quotes; \`.${name.text}\` looks for a rare field.`,
    name.start,
    name.end,
  );
}

function termOf(term: Term, fields: readonly string[] | undefined, collected: Collected): Made {
  const { name } = term;
  if (!name) return textTerm('text', term, collected);
  if (!name.isOwn && Object.hasOwn(NUMBER_FACTS, name.text))
    return { condition: numberCondition(name, term, collected), need: undefined };
  if (!name.isOwn && Object.hasOwn(NAMED_FACTS, name.text))
    return { condition: namedCondition(name, term, collected), need: undefined };
  if (!name.isOwn && isTextPart(name.text)) return textTerm(name.text, term, collected);
  const rating = name.isOwn ? undefined : ratingRef(name.text);
  if (rating) return ratingTerm(name, rating, term, fields, collected);
  assertKnown(name, fields);
  return fieldTerm(name, term, collected);
}

function build(syntax: Syntax, fields: readonly string[] | undefined, collected: Collected): Made {
  switch (syntax.kind) {
    case 'all':
      return { condition: { kind: 'and', parts: [] }, need: undefined };
    case 'term':
      return termOf(syntax, fields, collected);
    case 'not':
      return {
        condition: { kind: 'not', part: build(syntax.part, fields, collected).condition },
        need: undefined,
      };
    case 'and':
    case 'or': {
      const made = syntax.parts.map((part) => build(part, fields, collected));
      const needs = made.map(({ need }) => need);
      return {
        condition: { kind: syntax.kind, parts: made.map(({ condition }) => condition) },
        need: syntax.kind === 'and' ? bestNeed(needs) : anyNeed(needs),
      };
    }
  }
}

/**
 * Reads a query.
 * @param fields of the records, as far as known: another name is then a fault, unless it begins with a dot
 */
export function readQuery(text: string, fields?: readonly string[]): Query | { readonly fault: Fault } {
  const collected: Collected = { leaves: [], facts: new Set(), ruleTests: [], hasExpression: false };
  try {
    const { condition, need } = build(parseQuery(text), fields, collected);
    const { leaves, facts, ruleTests, hasExpression } = collected;
    const namesRule = (rule: string): boolean => ruleTests.some((test) => test(rule));
    return { condition, leaves, need, facts, namesRule, hasExpression };
  } catch (error) {
    if (error instanceof QueryError) return { fault: error.fault };
    throw error;
  }
}

/** What a condition says of a pair. */
export const NO = 0;
export const YES = 1;
/** The texts or fields of the record decide. */
export const UNKNOWN = 2;
export type Answer = typeof NO | typeof YES | typeof UNKNOWN;

/**
 * @param mask a bit for each leaf that is true of the pair
 * @param isRead false if the record was not searched yet: its leaves are unknown
 */
export type Decide = (record: number, pair: number, mask: number, isRead: boolean) => Answer;

/** Connects a condition with the facts of a file. Call it again when they changed. */
export function decider(condition: Condition, known: KnownFacts): Decide {
  switch (condition.kind) {
    case 'fact': {
      const test = condition.bind(known);
      return (record, pair) => (test(record, pair) ? YES : NO);
    }
    case 'leaf': {
      const { leaf } = condition;
      return (_record, _pair, mask, isRead) => (isRead ? (((mask >>> leaf) & 1) as Answer) : UNKNOWN);
    }
    case 'not': {
      const part = decider(condition.part, known);
      return (record, pair, mask, isRead) => {
        const answer = part(record, pair, mask, isRead);
        return answer === UNKNOWN ? UNKNOWN : answer === YES ? NO : YES;
      };
    }
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => decider(part, known));
      const [only] = parts;
      if (only && parts.length === 1) return only;
      const [decisive, other] = condition.kind === 'and' ? [NO, YES] : [YES, NO];
      return (record, pair, mask, isRead) => {
        let answer: Answer = other as Answer;
        for (const part of parts) {
          const own = part(record, pair, mask, isRead);
          if (own === decisive) return own;
          if (own === UNKNOWN) answer = UNKNOWN;
        }
        return answer;
      };
    }
  }
}
