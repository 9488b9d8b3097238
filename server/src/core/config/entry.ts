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

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value at a path in a valid text, in UTF-16 units. */
function spanOf(plain: string, path: readonly (string | number)[]): Span | undefined {
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

/**
 * The text of a preflens.json with one more entry at the start of a list, where it precedes the others. Undefined
 * if the text is not an object, or the list is something else. An empty text becomes a new file.
 */
export function withEntry(text: string, list: 'mappings' | 'scorers', entry: JsonObject): string | undefined {
  const old = text.trim() === '' ? '{}\n' : text;
  const plain = withoutComments(old);
  let value: Json;
  try {
    value = JSON.parse(plain) as Json;
  } catch {
    return undefined;
  }
  const whole = spanOf(plain, []);
  if (!isObject(value) || !whole) return undefined;
  const newline = old.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^([^\S\r\n]+)"/m.exec(plain)?.[1] ?? '  ';
  const item = spacedJson(entry);
  const before = value[list];
  const made = ((): string | undefined => {
    if (before !== undefined) {
      const span = spanOf(plain, [list]);
      if (!isList(before) || !span) return undefined;
      const at = span.start + 1;
      const line = `${newline}${indent}${indent}${item}`;
      if (before.length === 0)
        return insert(old, at, isLineEnd(old, at) ? line : `${line}${newline}${indent}`);
      return insert(old, at, isLineEnd(old, at) ? `${line},` : `${item}, `);
    }
    const property = `${newline}${indent}${JSON.stringify(list)}: [${newline}${indent}${indent}${item}${newline}${indent}]`;
    const [first] = Object.keys(value);
    const schema = first === '$schema' ? spanOf(plain, [first]) : undefined;
    if (schema) return insert(old, schema.end, `,${property}`);
    const at = whole.start + 1;
    const gap = isLineEnd(old, at) ? '' : newline;
    return insert(old, at, property + (first === undefined ? gap : `,${gap}`));
  })();
  if (made === undefined) return undefined;
  // An unusual text, such as one that repeats a name, could have taken the entry elsewhere.
  const wanted = { ...value, [list]: [entry, ...(isList(before) ? before : [])] };
  return isSame(made, wanted) ? made : undefined;
}

function isSame(text: string, wanted: Json): boolean {
  try {
    return canonical(parseConfigText(text) as Json) === canonical(wanted);
  } catch {
    return false;
  }
}
