// Reads and extends the text of a preflens.json. Comments and trailing commas are allowed, as in VS Code's own
// settings, and an added entry leaves every other byte as it is.
import stripJsonComments from 'strip-json-comments';

import { locateAll } from '../json/scan.ts';
import { canonical } from '../model/canonical.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';

const MARK = '\ufeff';

/** Valid JSON of the same length: comments and trailing commas become blanks. */
function withoutComments(text: string): string {
  const plain = text.startsWith(MARK) ? ` ${text.slice(MARK.length)}` : text;
  return stripJsonComments(plain, { trailingCommas: true });
}

/** Throws a SyntaxError for a text that is no JSON, whatever its comments. */
export function parseConfigText(text: string): unknown {
  return JSON.parse(withoutComments(text)) as unknown;
}

/** JSON on one line, with blanks as people write them. */
export function spacedJson(value: Json): string {
  if (isList(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).flatMap(([name, own]) =>
    own === undefined ? [] : [`${JSON.stringify(name)}: ${spacedJson(own)}`],
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

type Path = readonly (string | number)[];

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value at a path in a valid text, in UTF-16 units. */
function spanOf(plain: string, path: Path): Span | undefined {
  const bytes = new TextEncoder().encode(plain);
  const [span] = locateAll(bytes, [path]);
  const unitsBefore = (offset: number): number => new TextDecoder().decode(bytes.subarray(0, offset)).length;
  return span && { start: unitsBefore(span.valueStart), end: unitsBefore(span.valueEnd) };
}

function insert(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

/** True if nothing but a comment follows on the line. */
function isLineEnd(text: string, at: number): boolean {
  return /^[^\S\n]*(?:\/\/[^\n]*)?\r?\n/.test(text.slice(at));
}

/** A preflens.json that is about to be changed. */
interface Opened {
  readonly text: string;
  /** Of the same length, without comments. */
  readonly plain: string;
  readonly value: JsonObject;
  readonly newline: string;
  readonly indent: string;
}

/** Undefined if the text is not an object. An empty text becomes a new file. */
function opened(given: string): Opened | undefined {
  const text = given.trim() === '' ? '{}\n' : given;
  const plain = withoutComments(text);
  let value: Json;
  try {
    value = JSON.parse(plain) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const indent = /^([^\S\r\n]+)"/m.exec(plain)?.[1] ?? '  ';
  return { text, plain, value, newline: text.includes('\r\n') ? '\r\n' : '\n', indent };
}

/** Adds an item or property behind the bracket that opens a list or an object. */
function withFirst({ text, newline, indent }: Opened, at: number, item: string, isEmpty: boolean): string {
  const line = `${newline}${indent}${indent}${item}`;
  if (isEmpty) return insert(text, at, isLineEnd(text, at) ? line : `${line}${newline}${indent}`);
  return insert(text, at, isLineEnd(text, at) ? `${line},` : `${item}, `);
}

/** Adds a property of the whole file, a list or an object of one item. */
function withProperty(
  { text, plain, value, newline, indent }: Opened,
  name: string,
  [open, item, close]: readonly [string, string, string],
): string | undefined {
  const property = `${newline}${indent}${JSON.stringify(name)}: ${open}${newline}${indent}${indent}${item}${newline}${indent}${close}`;
  const [first] = Object.keys(value);
  const schema = first === '$schema' ? spanOf(plain, [first]) : undefined;
  if (schema) return insert(text, schema.end, `,${property}`);
  const whole = spanOf(plain, []);
  if (!whole) return undefined;
  const at = whole.start + 1;
  const gap = isLineEnd(text, at) ? '' : newline;
  return insert(text, at, property + (first === undefined ? gap : `,${gap}`));
}

/** The made text, if it says what it should: an unusual text, such as one that repeats a name, may not. */
function checked(made: string | undefined, wanted: JsonObject): string | undefined {
  return made !== undefined && isSame(made, wanted) ? made : undefined;
}

/**
 * The text of a preflens.json with one more entry at the start of a list, where it precedes the others. Undefined
 * if the text is not an object, or the list is something else. An empty text becomes a new file.
 */
export function withEntry(text: string, list: 'mappings' | 'scorers', entry: JsonObject): string | undefined {
  const old = opened(text);
  if (!old) return undefined;
  const item = spacedJson(entry);
  const before = old.value[list];
  const wanted = { ...old.value, [list]: [entry, ...(isList(before) ? before : [])] };
  if (before === undefined) return checked(withProperty(old, list, ['[', item, ']']), wanted);
  const span = spanOf(old.plain, [list]);
  if (!isList(before) || !span) return undefined;
  return checked(withFirst(old, span.start + 1, item, before.length === 0), wanted);
}

const OFF = '"off"';

/** Turns a rule off in an object of rules. The options of the rule stay. */
function withRuleOffIn(old: Opened, path: Path, rules: JsonObject, rule: string): string | undefined {
  const before = rules[rule];
  const span = spanOf(
    old.plain,
    before === undefined ? path : [...path, rule, ...(isList(before) ? [0] : [])],
  );
  if (!span) return undefined;
  if (before !== undefined) return old.text.slice(0, span.start) + OFF + old.text.slice(span.end);
  return withFirst(old, span.start + 1, `${JSON.stringify(rule)}: ${OFF}`, Object.keys(rules).length === 0);
}

function ruleOff(rules: JsonObject, rule: string): JsonObject {
  const before = rules[rule];
  return { ...rules, [rule]: isList(before) ? ['off', ...before.slice(1)] : 'off' };
}

/**
 * The text of a preflens.json that turns a rule off: for all files, or for those of a pattern, after all other
 * overrides. Undefined where `withEntry` is.
 */
export function withRuleOff(text: string, rule: string, files?: string): string | undefined {
  const old = opened(text);
  if (!old) return undefined;
  if (files === undefined) {
    const { rules } = old.value;
    const wanted = { ...old.value, rules: ruleOff(isObject(rules) ? rules : {}, rule) };
    if (rules === undefined)
      return checked(withProperty(old, 'rules', ['{', `${JSON.stringify(rule)}: ${OFF}`, '}']), wanted);
    return isObject(rules) ? checked(withRuleOffIn(old, ['rules'], rules, rule), wanted) : undefined;
  }
  const { overrides = [] } = old.value;
  if (!isList(overrides)) return undefined;
  const [last, end] = [overrides.at(-1), overrides.length - 1];
  if (isObject(last) && last['files'] === files && isObject(last['rules'])) {
    const own = { ...last, rules: ruleOff(last['rules'], rule) };
    const made = withRuleOffIn(old, ['overrides', end, 'rules'], last['rules'], rule);
    return checked(made, { ...old.value, overrides: [...overrides.slice(0, -1), own] });
  }
  const entry = { files, rules: { [rule]: 'off' } };
  const item = spacedJson(entry);
  const wanted = { ...old.value, overrides: [...overrides, entry] };
  if (old.value['overrides'] === undefined)
    return checked(withProperty(old, 'overrides', ['[', item, ']']), wanted);
  const span = spanOf(old.plain, ['overrides', ...(end < 0 ? [] : [end])]);
  if (!span) return undefined;
  if (end < 0) return checked(withFirst(old, span.start + 1, item, true), wanted);
  const line = `,${old.newline}${old.indent}${old.indent}${item}`;
  return checked(insert(old.text, span.end, line), wanted);
}

function isSame(text: string, wanted: Json): boolean {
  try {
    return canonical(parseConfigText(text) as Json) === canonical(wanted);
  } catch {
    return false;
  }
}
