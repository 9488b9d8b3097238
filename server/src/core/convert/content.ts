// Splits a record into the conversation that a mapping reads and the fields beside it, and finds what the reading
// misses.
import type { ReadNames } from '../mapping/context.ts';
import { namesOf } from '../mapping/context.ts';
import { findField, valueAt } from '../mapping/field.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { readMessage, ROLE_NAMES, TEXT_NAMES, TEXT_TYPES } from '../mapping/message.ts';
import { isNothing } from '../model/canonical.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject, jsonText } from '../model/json.ts';
import type { Pair, Turn } from '../model/pair.ts';
import { speakerOf } from '../model/speaker.ts';
import { scanJson } from './exactNumbers.ts';

/** Paths of the prompt and the answers. The label is not included. */
function contentPaths({ prompt, answers }: Mapping, record: JsonObject): Path[] {
  const at = (ref: string, base?: Json, path?: Path): Path[] => {
    const found = findField(base ?? record, ref, path);
    return found ? [found.path] : [];
  };
  // A picture beside the question is a record field, not a message.
  const paths = prompt.filter(({ as }) => as !== 'image').flatMap((part) => at(part.at));
  switch (answers.kind) {
    case 'pair':
      return [...paths, ...at(answers.chosen.at), ...at(answers.rejected.at)];
    case 'choice':
      return [...paths, ...at(answers.first.at), ...at(answers.second.at)];
    case 'lists':
      return [...paths, ...at(answers.chosen), ...at(answers.rejected)];
    case 'unpaired':
      return [...paths, ...at(answers.response.at)];
    case 'candidates': {
      const { from, text } = answers;
      if (from.kind !== 'fields') return [...paths, ...at(from.at)];
      const items = from.at.flatMap((ref) => findField(record, ref) ?? []);
      return [...paths, ...items.flatMap(({ value, path }) => at(text.at, value, path))];
    }
    case 'steps':
    case 'none':
      return paths;
  }
}

/** The record's fields outside the conversation, including the rest of objects that hold part of it. */
export function fieldsBeside(record: JsonObject, names: ReadNames): readonly (readonly [string, Json])[] {
  return Object.entries(record).flatMap(([name, value]): [string, Json][] => {
    const known = names.get(name);
    if (known === true || value === undefined) return [];
    if (known === undefined || !isObject(value)) return [[name, value]];
    const rest = fieldsBeside(value, known);
    return rest.length === 0 ? [] : [[name, Object.fromEntries(rest)]];
  });
}

export function contentNames(mapping: Mapping, record: JsonObject): ReadNames {
  return namesOf(contentPaths(mapping, record));
}

/** Everything in some conversations, indexed for lookup. */
export interface Said {
  readonly texts: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  /** Values of the messages' other fields, by name. */
  readonly values: ReadonlySet<string>;
}

function valueKey(name: string, value: Json): string {
  return `${name}\u0000${JSON.stringify(value)}`;
}

interface Leaf {
  readonly value: string | number | boolean;
  /** Name of the field that holds the leaf, or holds its list. */
  readonly name: string;
  /** Names from the record down, with `[]` for a list item. */
  readonly path: readonly string[];
  /** The leaf is in a part of a message's content. */
  readonly isPart: boolean;
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(TEXT_NAMES);

/** Every non-empty value that is not a list or object. Not recursive: hostile values nest deep. */
function* leavesOf(root: Json, rootPath: readonly string[]): Generator<Leaf> {
  const open: { value: Json; name: string; path: readonly string[]; isPart: boolean }[] = [
    { value: root, name: rootPath.at(-1) ?? '', path: rootPath, isPart: false },
  ];
  for (let step = open.pop(); step; step = open.pop()) {
    const { value, name, path, isPart } = step;
    if (isNothing(value)) continue;
    if (isList(value)) {
      const below = [...path, '[]'];
      const ofPart = isPart || TEXT_FIELDS.has(name);
      // A list of token numbers is a text, not values.
      if (value.every((item) => typeof item === 'number'))
        yield { value: jsonText(value), name, path, isPart };
      else
        for (const item of [...value].reverse())
          open.push({ value: item, name, path: below, isPart: ofPart });
    } else if (isObject(value)) {
      for (const [own, item = null] of Object.entries(value).reverse())
        open.push({ value: item, name: own, path: [...path, own], isPart });
    } else if (value !== null) {
      yield { value, name, path, isPart };
    }
  }
}

/** Indexes these messages. */
export function saidBy(turns: readonly Turn[]): Said {
  const texts = new Set<string>();
  const roles = new Set<string>();
  const values = new Set<string>();
  for (const { role, text, more } of turns) {
    texts.add(text);
    roles.add(role);
    for (const { name, value } of more ? leavesOf(more, []) : []) values.add(valueKey(name, value));
  }
  return { texts, roles, values };
}

export function turnsOfPair({ prompt, chosen, rejected }: Pair): readonly Turn[] {
  return [...prompt, ...chosen.turns, ...rejected.turns];
}

const ROLE_FIELDS: ReadonlySet<string> = new Set(ROLE_NAMES);

/** Names that may hold text, beyond those of messages: the last names of the mapping's references. */
function textNamesOf(paths: readonly Path[], { answers }: Mapping): ReadonlySet<string> {
  const names = new Set([...TEXT_NAMES, 'input', 'output']);
  for (const path of paths) for (const step of path) if (typeof step === 'string') names.add(step);
  if (answers.kind === 'candidates') for (const name of answers.text.at.split(/[.|]/)) names.add(name);
  return names;
}

/** Longer paths are shortened in the middle: a file can have any number of levels. */
const MAX_STEPS = 6;

/** Longest field name in a report, in UTF-16 units. */
const LONGEST_NAME = 80;

export function fieldLabel(path: readonly string[]): string {
  const steps = path.length > MAX_STEPS ? [...path.slice(0, 3), '…', path.at(-1) ?? ''] : path;
  const name = steps.join('.').replaceAll('.[]', '[]');
  return `"${name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name}"`;
}

/** Parses a string of messages as JSON. */
function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The text only begins like JSON.
    return undefined;
  }
}

/** Whether a text of the record is in the messages that were read. */
type Look = (text: string, isPart: boolean) => 'said' | 'trimmed' | 'unsaid';

const TRANSCRIPT = /\n\n(?:Human|Assistant):/;

function lookIn({ texts }: Said, isOneOfMany: boolean): Look {
  let all: string | undefined;
  const isIn = (text: string): boolean => (all ??= [...texts].join('\n')).includes(text);
  return (text, isPart) => {
    if (texts.has(text)) return 'said';
    // One of several candidates may be the beginning of another.
    if ((isPart || !isOneOfMany) && isIn(text)) return 'said';
    const parts = text.split(TRANSCRIPT);
    // A blank after a role marker belongs to the marker.
    const isSaid = (part: string): boolean => part === '' || texts.has(part) || isIn(part);
    if (parts.every((part) => isSaid(part.replace(/^ /, '')) || isIn(part))) return 'said';
    return parts.every((part) => isSaid(part.trim())) ? 'trimmed' : 'unsaid';
  };
}

/**
 * What the reading missed in the conversation, one sentence each: other fields of candidates and messages, and texts that are
 * in no pair.
 */
export function unsaid(mapping: Mapping, record: JsonObject, said: Said): ReadonlySet<string> {
  const paths = contentPaths(mapping, record);
  const textNames = textNamesOf(paths, mapping);
  const { kind } = mapping.answers;
  const look = lookIn(said, kind === 'candidates' || kind === 'lists');
  const found = new Set<string>();
  const walk = (value: Json, from: readonly string[], isInner: boolean): void => {
    for (const { value: leaf, name, path, isPart } of leavesOf(value, from)) {
      if (said.values.has(valueKey(name, leaf))) continue;
      if (typeof leaf === 'string') {
        if (leaf.trim() === '') continue;
        if (ROLE_FIELDS.has(name) && (said.roles.has(leaf) || speakerOf(leaf) !== undefined)) continue;
        if (name === 'type' && TEXT_TYPES.has(leaf)) continue;
        const seen = textNames.has(name) ? look(leaf, isPart) : 'unsaid';
        if (seen === 'trimmed') found.add('blanks around a message are left out');
        if (seen !== 'unsaid') continue;
        const inner = isInner || !textNames.has(name) ? undefined : parsed(leaf);
        if (inner !== undefined) {
          if (scanJson(leaf).marked !== undefined)
            found.add('numbers in messages stored as JSON text are written as doubles');
          walk(inner, path, true);
          continue;
        }
      }
      found.add(`the field ${fieldLabel(path)} is left out`);
    }
  };
  const tops = new Map<string, Path>();
  for (const path of paths) {
    const cut = path.findIndex((step) => typeof step === 'number');
    const whole = cut < 0 ? path : path.slice(0, cut);
    tops.set(JSON.stringify(whole), whole);
  }
  for (const path of tops.values()) {
    const value = valueAt(record, path);
    if (value !== undefined) walk(value, path.map(String), false);
  }
  return found;
}

/** True if a message holds a list of texts, which is read as one text. */
export function hasTextParts(mapping: Mapping, record: JsonObject): boolean {
  return contentPaths(mapping, record).some((path) => {
    const value = valueAt(record, path);
    const list = isList(value) ? value : [value];
    return list.some((item) => {
      const read = readMessage(item);
      return (
        read !== undefined &&
        isObject(item) &&
        TEXT_NAMES.some((name) => isList(item[name]) && !read.more?.[name])
      );
    });
  });
}
