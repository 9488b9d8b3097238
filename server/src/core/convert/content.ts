// What of a record is the conversation that a mapping reads, what stands beside it, and what of the first the reading leaves out.
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

/** Where the words of prompt and answers stand. What says which answer is better is no part of it. */
function contentPaths({ prompt, answers }: Mapping, record: JsonObject): Path[] {
  const at = (ref: string, base?: Json, path?: Path): Path[] => {
    const found = findField(base ?? record, ref, path);
    return found ? [found.path] : [];
  };
  // A picture beside the question is a field of the record, not a message.
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

/** The fields of a record that are no part of the conversation; of objects that hold some of it, the rest. */
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

/** All that some conversations say, for looking up what a record holds. */
export interface Said {
  readonly texts: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  /** Values of the other fields of messages, by name. */
  readonly values: ReadonlySet<string>;
}

function valueKey(name: string, value: Json): string {
  return `${name}\u0000${JSON.stringify(value)}`;
}

interface Leaf {
  readonly value: string | number | boolean;
  /** Of the field that holds it, or that holds its list. */
  readonly name: string;
  /** Names from the record on, `[]` for a place in a list. */
  readonly path: readonly string[];
  /** Of a part of a message's content. */
  readonly isPart: boolean;
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(TEXT_NAMES);

/** Every value that is no list or object, and not empty. Works without recursion: hostile values nest deep. */
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
      // Numbers of tokens are a text, not values.
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

/** All that these messages say. */
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

/** Names that may hold words, beside those of messages: what the mapping's references end in. */
function textNamesOf(paths: readonly Path[], { answers }: Mapping): ReadonlySet<string> {
  const names = new Set([...TEXT_NAMES, 'input', 'output']);
  for (const path of paths) for (const step of path) if (typeof step === 'string') names.add(step);
  if (answers.kind === 'candidates') for (const name of answers.text.at.split(/[.|]/)) names.add(name);
  return names;
}

/** Longer paths are cut in the middle: a tree has as many levels as its file likes. */
const MAX_STEPS = 6;

/** The longest name of a field in a report, in UTF-16 units. */
const LONGEST_NAME = 80;

export function fieldLabel(path: readonly string[]): string {
  const steps = path.length > MAX_STEPS ? [...path.slice(0, 3), '…', path.at(-1) ?? ''] : path;
  const name = steps.join('.').replaceAll('.[]', '[]');
  return `"${name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name}"`;
}

/** A string that holds messages as JSON. */
function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A text that only begins like JSON.
    return undefined;
  }
}

/** Whether a text of the record stands in what was read. */
type Look = (text: string, isPart: boolean) => 'said' | 'trimmed' | 'unsaid';

const TRANSCRIPT = /\n\n(?:Human|Assistant):/;

function lookIn({ texts }: Said, isOneOfMany: boolean): Look {
  let all: string | undefined;
  const isIn = (text: string): boolean => (all ??= [...texts].join('\n')).includes(text);
  return (text, isPart) => {
    if (texts.has(text)) return 'said';
    // Of several candidates one may be the beginning of another.
    if ((isPart || !isOneOfMany) && isIn(text)) return 'said';
    const parts = text.split(TRANSCRIPT);
    // The blank after a mark belongs to the mark.
    const isSaid = (part: string): boolean => part === '' || texts.has(part) || isIn(part);
    if (parts.every((part) => isSaid(part.replace(/^ /, '')) || isIn(part))) return 'said';
    return parts.every((part) => isSaid(part.trim())) ? 'trimmed' : 'unsaid';
  };
}

/**
 * What of the conversation in a record the reading did not take, a sentence each: what candidates and messages hold
 * beside what was read, and texts that stand in no pair.
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
            found.add('numbers in messages that stand as JSON in a text are written as a double holds them');
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

/** True when a message spells its words as a list of texts, which is read as one text. */
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
