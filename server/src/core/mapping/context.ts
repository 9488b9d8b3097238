// Finds parts of a pair outside the mapped fields: tools and pictures, a prompt in an unmapped field, pictures of
// one answer. They are part of the pair's identity, so that pairs that differ only in them are not duplicates.
import { isNothing } from '../model/canonical.ts';
import type { FieldKind } from '../model/fieldNames.ts';
import { isOwnPrompt, isPartKind, kindOfField } from '../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Pair, Side, Turn } from '../model/pair.ts';
import type { FieldRef } from './field.ts';
import { findField, forkOf, pathsOf, valueAt } from './field.ts';
import type { Mapping } from './mapping.ts';
import { readMessage } from './message.ts';
import type { NamedSide, SideWords } from './sides.ts';
import { differingWords, partnerOf, sideOfField } from './sides.ts';

/** The names that a mapping reads, level by level; `true` if it reads the whole value. */
export type ReadNames = Map<string, ReadNames | true>;

export function namesOf(paths: readonly Path[]): ReadNames {
  const root: ReadNames = new Map();
  for (const path of paths) {
    let level = root;
    for (const [i, step] of path.entries()) {
      const name = String(step);
      const known = level.get(name);
      if (known === true) break;
      // A list position: the whole list is read.
      if (i === path.length - 1 || typeof path[i + 1] === 'number') {
        level.set(name, true);
        break;
      }
      const next = known ?? new Map<string, ReadNames | true>();
      level.set(name, next);
      level = next;
    }
  }
  return root;
}

export function readNames(refs: Iterable<FieldRef>): ReadNames {
  return namesOf([...refs].flatMap(pathsOf));
}

interface UnreadField {
  /** Its name, preceded by the names above it. */
  readonly name: string;
  readonly fullName: string;
  readonly value: Json;
}

/** Pictures and tools inside a metadata field. */
function partsInside(value: JsonObject, above: string): UnreadField[] {
  return Object.entries(value).flatMap(([name, own = null]) => {
    const kind = kindOfField(name);
    const isPart = (kind === 'media' || kind === 'tools') && !isNothing(own);
    return isPart ? [{ name, fullName: above + name, value: own }] : [];
  });
}

function unreadFields(record: JsonObject, read: ReadNames, above = ''): UnreadField[] {
  const fields: UnreadField[] = [];
  for (const name of Object.keys(record)) {
    const value = record[name];
    if (value === undefined || isNothing(value)) continue;
    const known = read.get(name);
    if (known === undefined) {
      fields.push({ name, fullName: above + name, value });
      // Metadata may hold the pictures and tools of the prompt.
      if (above === '' && isObject(value) && kindOfField(name) === 'about')
        fields.push(...partsInside(value, `${name}.`));
    } else if (known !== true && isObject(value))
      fields.push(...unreadFields(value, known, `${above}${name}.`));
  }
  return fields;
}

function fieldsAt(record: JsonObject, paths: readonly Path[]): UnreadField[] {
  return paths.map((path) => ({
    name: String(path.at(-1)),
    fullName: path.join('.'),
    value: valueAt(record, path) ?? null,
  }));
}

/** Longer lists of texts are kept as they are. */
const MAX_TEXTS = 200;

/** The texts of a value that could be a prompt: a string, messages, or a list of either. */
function textsOf(value: Json): readonly Turn[] {
  if (typeof value === 'string') return [{ role: '', text: value }];
  const message = readMessage(value);
  if (message) return [message];
  return isList(value) ? value.slice(0, MAX_TEXTS).flatMap(textsOf) : [];
}

const MARKER = /\n\n(?:Human|Assistant|System|User):/;

/** True if a field only repeats what the mapping reads. */
function isRepeated(value: Json, read: readonly string[]): boolean {
  const turns = textsOf(value);
  return (
    turns.length > 0 &&
    turns.length < MAX_TEXTS &&
    turns.every(
      ({ text, more }) =>
        !more &&
        text.split(MARKER).every((part) => {
          const words = part.trim();
          return words === '' || read.some((one) => one.includes(words));
        }),
    )
  );
}

/** True for a text that could be a question. A single word is rather a source or a class. */
function isSentence(value: Json): boolean {
  return textsOf(value).some(({ text }) => /\S\s+\S/.test(text.trim()));
}

/** Longer strings are not file addresses. */
const MAX_ADDRESS = 2048;
const MEDIA_FILE =
  /\.(?:png|jpe?g|webp|gif|bmp|tiff?|svg|mp4|webm|mov|avi|mkv|wav|mp3|flac|ogg|m4a)(?:\?.*)?$/i;

/** True for the name or address of a picture, video or sound, or for a data URL. */
function isMediaFile(value: Json): boolean {
  if (typeof value !== 'string') return false;
  return (
    (value.length <= MAX_ADDRESS && MEDIA_FILE.test(value)) || /^data:(?:image|video|audio)\//.test(value)
  );
}

/** Classes and source names are shorter than this; texts to ask about are longer. */
const MIN_SOURCE_TEXT = 80;

/** True for a field with text that the mapping should have read as the prompt. */
function isPromptText(kind: FieldKind, value: Json, hasPrompt: boolean): boolean {
  if (kind === 'prompt') return isText(value);
  if (kind === 'source')
    return typeof value === 'string' && value.length >= MIN_SOURCE_TEXT && isSentence(value);
  // Without a prompt, everything that could be one counts as part of the pair.
  return kind === 'other' && !hasPrompt && isText(value);
}

/** Numbers and booleans are no prompt, whatever the field's name. */
function isText(value: Json): boolean {
  if (isList(value)) return value.some((item) => isObject(item) || typeof item === 'string');
  return isObject(value) || textsOf(value).length > 0;
}

function wordsRead({ prompt, chosen, rejected }: Pair): string[] {
  return [...prompt.map(({ text }) => text), chosen.text, rejected.text];
}

interface SideNames {
  readonly words: SideWords;
  /** Cached by name: all records of a file have the same names. */
  readonly sides: Map<string, NamedSide | undefined>;
}

/** Limit for the cache: names come from files and may be hostile. */
const MAX_NAMES = 10_000;

const knownNames = new Map<string, SideNames | undefined>();

/** The words in which the names of the two answers differ; undefined if the answers are not in two fields. */
function sideNames({ answers }: Mapping, record: JsonObject): SideNames | undefined {
  if (answers.kind !== 'pair' && answers.kind !== 'choice') return undefined;
  const [first, second] =
    answers.kind === 'pair' ? [answers.chosen, answers.rejected] : [answers.first, answers.second];
  const [own = [], other = []] = [findField(record, first.at)?.path, findField(record, second.at)?.path];
  const fork = forkOf(own, other);
  const [a, b] = [own[fork], other[fork]];
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  const mark = answers.kind === 'pair' ? answers.mark : undefined;
  const key = `${a}\u0000${b}\u0000${mark ?? ''}`;
  // Needs no limit: these names come from mappings.
  if (!knownNames.has(key)) {
    const words = mark === undefined ? differingWords(a, b) : (['', mark] as const);
    knownNames.set(key, words && { words, sides: new Map() });
  }
  return knownNames.get(key);
}

function sideOf({ words, sides }: SideNames, name: string, record: JsonObject): NamedSide | undefined {
  if (!sides.has(name)) {
    if (sides.size >= MAX_NAMES) sides.clear();
    sides.set(name, sideOfField(name, words));
  }
  const side = sides.get(name);
  const isFirst = !side && words[0] === '' && Object.hasOwn(record, partnerOf(name, words));
  return isFirst ? { side: 'first', rest: name } : side;
}

export interface ContextParts {
  /** Part of the prompt. */
  readonly prompt?: JsonObject;
  /** Parts of the answers, in the mapping's order. */
  readonly first?: JsonObject;
  readonly second?: JsonObject;
  /** Fields that look like the prompt but are not read. */
  readonly unread: readonly string[];
}

function contextOf(
  mapping: Mapping,
  record: JsonObject,
  fields: readonly UnreadField[],
  pair: Pair,
): ContextParts {
  const parts: Record<'prompt' | 'first' | 'second', Record<string, Json>> = {
    prompt: {},
    first: {},
    second: {},
  };
  const unread: string[] = [];
  const sides = sideNames(mapping, record);
  const hasPrompt = pair.prompt.some(({ text, more }) => more !== undefined || text.trim() !== '');
  let read: string[] | undefined;
  for (const { name, fullName, value } of fields) {
    const own = sides && sideOf(sides, name, record);
    const kind = kindOfField(own ? own.rest : name);
    // The label may name a picture; counting it would make a flipped pair a different pair.
    if (kind === 'label') continue;
    const isMedia = kind === 'media' || isMediaFile(value);
    if (own) {
      if (isMedia || isPartKind(kind) || (isOwnPrompt(own.rest) && isText(value)))
        parts[own.side][own.rest] = value;
    } else if (isMedia || kind === 'tools') {
      parts.prompt[fullName] = value;
    } else if (isPromptText(kind, value, hasPrompt)) {
      if (isRepeated(value, (read ??= wordsRead(pair)))) continue;
      parts.prompt[fullName] = value;
      // A single word is more often a class than a question.
      if (isSentence(value) || (kind === 'prompt' && (!hasPrompt || typeof value !== 'string')))
        unread.push(fullName);
    }
  }
  const filled = (part: JsonObject): JsonObject | undefined =>
    Object.keys(part).length > 0 ? part : undefined;
  const [prompt, first, second] = [filled(parts.prompt), filled(parts.first), filled(parts.second)];
  return { ...(prompt && { prompt }), ...(first && { first }), ...(second && { second }), unread };
}

function withMore(side: Side, more: JsonObject | undefined): Side {
  return more ? { ...side, more: { ...side.more, ...more } } : side;
}

/** Adds to pairs what the record holds outside the mapped fields, and lists unread prompt fields. */
export function addContext(
  mapping: Mapping,
  record: JsonObject,
  { read, passedOver }: { readonly read: ReadNames; readonly passedOver: readonly Path[] },
  pairs: readonly Pair[],
): { readonly pairs: readonly Pair[]; readonly unread: readonly string[] } {
  const [pair] = pairs;
  const fields = pair ? [...unreadFields(record, read), ...fieldsAt(record, passedOver)] : [];
  if (!pair || fields.length === 0) return { pairs, unread: [] };
  const { prompt, first, second, unread } = contextOf(mapping, record, fields, pair);
  if (!prompt && !first && !second) return { pairs, unread };
  const changed = pairs.map((one): Pair => {
    const isChosenFirst = one.candidates[0] < one.candidates[1];
    return {
      ...one,
      ...(prompt && { context: prompt }),
      chosen: withMore(one.chosen, isChosenFirst ? first : second),
      rejected: withMore(one.rejected, isChosenFirst ? second : first),
    };
  });
  return { pairs: changed, unread };
}

/** A list candidate's other fields that belong to the answer. */
export function partsOfCandidate(item: Json): JsonObject | undefined {
  if (!isObject(item)) return undefined;
  const parts = Object.entries(item).flatMap(([name, value = null]): [string, Json][] => {
    const kind = kindOfField(name);
    return isPartKind(kind) && !isNothing(value) ? [[name, value]] : [];
  });
  return parts.length > 0 ? Object.fromEntries(parts) : undefined;
}
