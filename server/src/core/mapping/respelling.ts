// Records whose fields have known names in another spelling ("Chosen Response", "userPrompt"), stand in an object of
// their own (`data.prompt`), or have a prompt under another name. Such records are recognised by the known names, and read
// by their own.
import { isNothing } from '../model/canonical.ts';
import { wordsOf } from '../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { FieldRef } from './field.ts';
import { pathsOf, refOf, valueAt } from './field.ts';
import type { Answers, CandidateSource, Label, Mapping, Order } from './mapping.ts';
import { isMessage } from './message.ts';
import { MAX_RECORDS, MIN_SHARE, promptCandidates } from './promptCandidates.ts';
import { ANSWER_NAMES, LABEL_NAMES, PROMPT_FIELDS, SIDE_NAMES } from './vocabulary.ts';

/** The place of each field by its known name. */
export type Respelling = ReadonlyMap<string, Path>;

/** Objects in objects that are looked into. */
const MAX_DEPTH = 2;

/** An object with more fields is data, not a part of the record. */
const MAX_FIELDS = 24;

/** Names of an answer's text in an object with more about the answer. */
const TEXT_NAMES: ReadonlySet<string> = new Set([...ANSWER_NAMES, 'content', 'message', 'value', 'body']);

const ENDS = /^(?:[a-d]|[0-4])$/;
const SIDES: ReadonlySet<string> = new Set(SIDE_NAMES.flat());
const PROMPTS: ReadonlySet<string> = new Set(pathsOf(PROMPT_FIELDS).map(String));
const NAMED: ReadonlySet<string> = new Set([...SIDES, ...PROMPTS, ...LABEL_NAMES]);

/** "Chosen Response", "chosenResponse" and "chosen-response" are "chosen_response". Names of other alphabets stay. */
function plainName(name: string): string {
  return /^[\w .-]+$/.test(name) && /[a-z]/i.test(name) ? wordsOf(name).join('_') : name;
}

const singular = (name: string): string => name.replace(/s$/, '');

/** True for "response_a" and "a". */
const isOfSide = (name: string): boolean =>
  SIDES.has(name) || ENDS.test(name) || (ENDS.test(wordsOf(name).at(-1) ?? '') && wordsOf(name).length === 2);

/** The known name of a field in an object, by the names of both. */
function innerName(above: string, name: string): string {
  const [end = ''] = wordsOf(name).slice(-1);
  const of = ANSWER_NAMES.find((one) => one === singular(above));
  // { "responses": { "a": …, "b": … } }
  if (of !== undefined && ENDS.test(end)) return `${of}_${end}`;
  // { "response_a": { "text": … } }
  if (isOfSide(above) && TEXT_NAMES.has(name)) return ENDS.test(above) ? `response_${above}` : above;
  return name;
}

/** Objects with facts about the record: a "prompt" in them may be the name of a template. */
const ABOUT = /^(?:meta|metadata|info|extra|config|params|parameters|stats|settings)$/i;

interface Field {
  readonly name: string;
  readonly path: Path;
  readonly value: Json;
}

function fieldsIn(object: JsonObject, base: Path, above: string): Field[] {
  return Object.entries(object).flatMap(([key, value = null]): Field[] => {
    const path = [...base, key];
    const name = innerName(above, plainName(key));
    const isInside =
      isObject(value) && !isMessage(value) && !ABOUT.test(key) && Object.keys(value).length <= MAX_FIELDS;
    if (isInside && path.length <= MAX_DEPTH) return fieldsIn(value, path, name);
    return [{ name, path, value }];
  });
}

/** The known names of a file's fields; undefined if all have them already. */
export function respellingOf(
  sample: readonly JsonObject[],
  taken: ReadonlySet<string>,
): Respelling | undefined {
  const records = sample.slice(0, MAX_RECORDS);
  const places = new Map<string, { path: Path; count: number; name: string }>();
  for (const record of records) {
    for (const { name, path, value } of fieldsIn(record, [], '')) {
      if (isNothing(value)) continue;
      const key = refOf(path);
      const known = places.get(key);
      places.set(key, { path, name, count: (known?.count ?? 0) + 1 });
    }
  }
  const byName = new Map<string, Path[]>();
  for (const { name, path, count } of places.values())
    if (count >= MIN_SHARE * records.length) byName.set(name, [...(byName.get(name) ?? []), path]);
  const found = new Map<string, Path>();
  for (const [name, paths] of byName) {
    const [only, ...others] = paths;
    // Two prompts, or two places of one side: which one counts?
    if (others.length > 0 && NAMED.has(name)) return undefined;
    if (only && others.length === 0) found.set(name, only);
  }
  if (![...found.keys()].some((name) => PROMPTS.has(name))) {
    const flat = records.map((record) => respelled(record, found));
    const [only, ...others] = promptCandidates(flat, taken);
    const path = only?.isClear && others.length === 0 ? found.get(only.name) : undefined;
    if (only && path) {
      found.delete(only.name);
      found.set('prompt', path);
    }
  }
  const isOwn = [...found].every(([name, path]) => path.length === 1 && path[0] === name);
  return isOwn ? undefined : found;
}

/** A record with the known names. */
export function respelled(record: JsonObject, respelling: Respelling): JsonObject {
  return Object.fromEntries(
    [...respelling].flatMap(([name, path]): [string, Json][] => {
      const value = valueAt(record, path);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

type Rename = (ref: FieldRef) => FieldRef;

function renamedLabel(label: Label, rename: Rename): Label | undefined {
  switch (label.kind) {
    case 'value':
    case 'strength':
    case 'between':
      return { ...label, at: rename(label.at) };
    case 'named':
      return { ...label, at: rename(label.at), first: rename(label.first), second: rename(label.second) };
    case 'scores':
      return { ...label, first: rename(label.first), second: rename(label.second) };
    case 'one-hot':
      return { ...label, first: rename(label.first), second: rename(label.second), tie: rename(label.tie) };
    case 'votes':
      return undefined;
  }
}

function renamedSource(from: CandidateSource, rename: Rename): CandidateSource {
  if (from.kind !== 'fields') return { ...from, at: rename(from.at) };
  return { ...from, at: from.at.map(rename), ...(from.more && { more: from.more.map(rename) }) };
}

function renamedOrder(order: Order, rename: Rename): Order | undefined {
  if (order.kind === 'list' || order.kind === 'index' || order.kind === 'letters' || order.kind === 'named')
    return { ...order, at: rename(order.at) };
  return order.kind === 'rankings' ? undefined : order;
}

function renamedAnswers(answers: Answers, rename: Rename): Answers | undefined {
  const field = <F extends { readonly at: FieldRef }>(one: F): F => ({ ...one, at: rename(one.at) });
  switch (answers.kind) {
    case 'pair': {
      const { ties, also, margin, mark } = answers;
      // These rows know more about their fields than where they stand.
      if (ties || also || margin !== undefined || mark !== undefined) return undefined;
      return { ...answers, chosen: field(answers.chosen), rejected: field(answers.rejected) };
    }
    case 'choice': {
      const label = renamedLabel(answers.label, rename);
      if (!label || answers.axes) return undefined;
      return { ...answers, first: field(answers.first), second: field(answers.second), label };
    }
    case 'candidates': {
      const order = renamedOrder(answers.order, rename);
      return order && { ...answers, from: renamedSource(answers.from, rename), order };
    }
    case 'lists':
      return { ...answers, chosen: rename(answers.chosen), rejected: rename(answers.rejected) };
    case 'unpaired':
      return { ...answers, response: field(answers.response), verdict: field(answers.verdict) };
    case 'steps':
    case 'none':
      return undefined;
  }
}

/** A mapping of the known names with the places that a file has for them; undefined for a kind that needs its own names. */
export function inOwnNames(mapping: Mapping, respelling: Respelling): Mapping | undefined {
  const rename: Rename = (ref) => {
    const paths = pathsOf(ref);
    const own = paths.flatMap((path) => {
      const place = respelling.get(String(path[0]));
      return place ? [refOf([...place, ...path.slice(1)])] : [];
    });
    return own.length > 0 ? own.join('|') : ref;
  };
  const answers = renamedAnswers(mapping.answers, rename);
  if (!answers) return undefined;
  return {
    ...mapping,
    prompt: mapping.prompt.map((part) => ({
      ...part,
      at: rename(part.at),
      ...(part.replies !== undefined && { replies: rename(part.replies) }),
    })),
    answers,
    ...(mapping.marks && { marks: mapping.marks.map(rename) }),
    ...(mapping.unless && { unless: mapping.unless.map(rename) }),
  };
}
