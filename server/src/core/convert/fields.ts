// The fields beside a record's conversation: which ones a trainer reads, and the names under which they are kept.
import type { ReadValue } from '../dataset/survey.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { namesRead, readRecord } from '../mapping/read.ts';
import { recognise } from '../mapping/recognise.ts';
import { MAPPINGS } from '../mapping/table.ts';
import { canonical, isNothing } from '../model/canonical.ts';
import { kindOfField } from '../model/fieldNames.ts';
import { answerSpelling, promptSpelling } from '../model/identity.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList } from '../model/json.ts';
import type { Pair, Side } from '../model/pair.ts';
import { contentNames, fieldLabel, fieldsBeside } from './content.ts';
import { parseExact, spellExact } from './exactNumbers.ts';
import type { ConvertTarget } from './targets.ts';
import { RESERVED } from './targets.ts';

/** Reports something that a record loses, as a sentence without its full stop. */
export type Lose = (message: string) => void;

export type Named = readonly [name: string, value: Json];

/** The trainer's column for a field: the same name, or the plural for a single picture. */
function columnOf(target: ConvertTarget, name: string): string | undefined {
  if (target.columns.includes(name)) return name;
  const plural = `${name}s`;
  return target.columns.includes(plural) && kindOfField(name) === 'media' ? plural : undefined;
}

/** Converts a value for its column. */
function columnValue(target: ConvertTarget, column: string, value: Json): Json {
  if (column === 'tools') {
    if (typeof value !== 'string') return target.tools === 'text' ? spellExact(value) : value;
    const parsed = target.tools === 'list' ? parseExact(value) : undefined;
    return isList(parsed) ? parsed : value;
  }
  return kindOfField(column) === 'media' && !isList(value) ? [value] : value;
}

/** Fields beside the conversation, as stored in a target record. */
class Kept {
  readonly #renamed: ReadonlySet<string>;
  readonly #fields = new Map<string, Json>();
  /** The new name of each field. */
  readonly places = new Map<string, string>();
  readonly #lose: Lose;
  readonly #target: ConvertTarget;
  readonly #taken: JsonObject;

  constructor(target: ConvertTarget, made: JsonObject, renamed: ReadonlySet<string>, lose: Lose) {
    this.#renamed = renamed;
    this.#target = target;
    this.#taken = made;
    this.#lose = lose;
  }

  #freeName(name: string): string {
    const isTaken = (one: string): boolean =>
      RESERVED.has(one) || this.#renamed.has(one) || Object.hasOwn(this.#taken, one) || this.#fields.has(one);
    if (!isTaken(name)) return name;
    let free = `kept_${name}`;
    while (isTaken(free)) free = `kept_${free}`;
    return free;
  }

  add(name: string, value: Json): void {
    const { id } = this.#target;
    const column = columnOf(this.#target, name);
    if (column !== undefined && !isNothing(value)) {
      this.#addColumn(name, column, value);
      return;
    }
    const free = this.#freeName(name);
    this.places.set(name, free);
    this.#fields.set(free, value);
    if (free !== name && !isNothing(value))
      this.#lose(
        `the field ${fieldLabel([name])} is kept as ${fieldLabel([free])}: ` +
          (this.#renamed.has(name)
            ? 'its name would make the record look like another format'
            : `${id} uses this name for something else`),
      );
  }

  #addColumn(name: string, column: string, value: Json): void {
    const written = columnValue(this.#target, column, value);
    const own = this.#taken[column] ?? this.#fields.get(column);
    this.places.set(name, column);
    if (own === undefined) this.#fields.set(column, written);
    else if (isList(own) && isList(written)) this.#fields.set(column, [...written, ...own]);
    else {
      const free = this.#freeName(name);
      this.places.set(name, free);
      this.#fields.set(free, value);
      this.#lose(
        `the field ${fieldLabel([name])} is kept under another name: the record already has "${column}"`,
      );
      return;
    }
    if (column !== name) this.#lose(`the field ${fieldLabel([name])} is written as "${column}", a list`);
    else if (typeof written !== typeof value)
      this.#lose(
        `the field ${fieldLabel([name])} is written as ${isList(written) ? 'a list' : 'JSON text'}, which ${this.#target.id} reads`,
      );
  }

  record(): JsonObject {
    return Object.fromEntries([...Object.entries(this.#taken), ...this.#fields]);
  }
}

/** The fields beside the conversation, including tools and pictures from objects that hold part of it. */
export function fieldsOf(target: ConvertTarget, mapping: Mapping, value: JsonObject): readonly Named[] {
  const names = contentNames(mapping, value);
  return fieldsBeside(value, names).flatMap(([name, field]): Named[] => {
    if (!names.has(name) || typeof field !== 'object' || field === null || isList(field))
      return [[name, field]];
    const inner = Object.entries(field).flatMap(([own, one]) =>
      one === undefined ? [] : [[own, one] as const],
    );
    const columns = inner.filter(([own]) => target.columns.includes(own));
    const rest = inner.filter(([own]) => !target.columns.includes(own));
    return [...columns, ...(rest.length > 0 ? [[name, Object.fromEntries(rest)] as const] : [])];
  });
}

/** Reports fields of the prompt and the answers that the trainer does not read. */
export function tellUnreadFields(
  target: ConvertTarget,
  mapping: Mapping,
  read: ReadValue,
  pair: Pair,
  lose: Lose,
): void {
  const { id } = target;
  for (const name of Object.keys(pair.context ?? {})) {
    if (read.unread?.includes(name))
      lose(
        `the field ${fieldLabel([name])} looks like part of the prompt but is not read; it is kept as a field, not in the prompt`,
      );
    else if (columnOf(target, name.split('.').at(-1) ?? name) === undefined && isContext(name))
      lose(`${id} has no place for ${fieldLabel([name])}: it is kept as a field, not in the prompt`);
  }
  if (mapping.answers.kind !== 'pair' && mapping.answers.kind !== 'choice') return;
  const ofAnswers = [...Object.keys(pair.chosen.more ?? {}), ...Object.keys(pair.rejected.more ?? {})];
  for (const name of new Set(ofAnswers))
    lose(
      `${id} has no place for what belongs to one answer (${fieldLabel([name])}): it is kept as a field, not in the answer`,
    );
  for (const { at, as } of mapping.prompt) {
    if (as !== 'image') continue;
    const name = at.split('|').find((one) => !isNothing(read.value[one]));
    if (name !== undefined && columnOf(target, name) === undefined)
      lose(`${id} has no place for ${fieldLabel([name])}: it is kept as a field, not in the prompt`);
  }
}

function isContext(name: string): boolean {
  const kind = kindOfField(name);
  return kind === 'media' || kind === 'tools';
}

/** Compares the fields of a written record with the originals. */
function compareFields(
  target: ConvertTarget,
  fields: readonly Named[],
  places: ReadonlyMap<string, string>,
  made: JsonObject,
  lose: Lose,
): void {
  for (const [name, value] of fields) {
    const place = places.get(name);
    const written = place === undefined ? undefined : made[place];
    if (isNothing(value) || (written !== undefined && canonical(written) === canonical(value))) continue;
    const wanted = columnOf(target, name) === place ? columnValue(target, place ?? '', value) : undefined;
    const isKept =
      written !== undefined &&
      wanted !== undefined &&
      (canonical(written) === canonical(wanted) ||
        (isList(written) && isList(wanted) && holdsAll(written, wanted)));
    if (!isKept) lose(`the field ${fieldLabel([name])} is left out`);
  }
}

function holdsAll(list: readonly Json[], items: readonly Json[]): boolean {
  const held = new Set(list.map(canonical));
  return items.every((item) => held.has(canonical(item)));
}

function pairSpelling(mapping: Mapping, made: JsonObject): string | undefined {
  const outcome = readRecord(mapping, made);
  if ('problem' in outcome) return undefined;
  // Fields are kept wherever they are read, so compare only the conversation.
  const answer = ({ text, path, textStart, turns }: Side): string =>
    answerSpelling({ text, path, textStart, turns });
  const pairs = outcome.pairs.map(({ prompt, chosen, rejected, isTie }) =>
    [promptSpelling({ prompt }), answer(chosen), answer(rejected), isTie].join('\u0004'),
  );
  const judgements = outcome.judgements.map(({ prompt, response, verdict }) =>
    [promptSpelling({ prompt }), answerSpelling(response), verdict].join('\u0004'),
  );
  return [...pairs, ...judgements].join('\u0003');
}

/**
 * Kept fields whose names would make the next reader take the record for another format and read a different pair.
 */
function misleadingNames(target: ConvertTarget, bare: JsonObject, made: JsonObject): ReadonlySet<string> {
  const look = recognise([made])?.mapping;
  const own = MAPPINGS.find(({ id }) => id === target.readBy);
  if (!look || !own || look === own || pairSpelling(look, made) === pairSpelling(own, made)) return new Set();
  return new Set(
    [...namesRead(look)].filter((name) => Object.hasOwn(made, name) && !Object.hasOwn(bare, name)),
  );
}

/** Adds the fields beside the conversation to a written record. */
export function withFields(
  target: ConvertTarget,
  bare: JsonObject,
  fields: readonly Named[],
  lose: Lose,
): JsonObject {
  const fill = (
    renamed: ReadonlySet<string>,
    onLoss: Lose,
  ): { made: JsonObject; places: ReadonlyMap<string, string> } => {
    const kept = new Kept(target, bare, renamed, onLoss);
    for (const [name, value] of fields) kept.add(name, value);
    return { made: kept.record(), places: kept.places };
  };
  if (fields.length === 0) return bare;
  const asIs = fill(new Set(), () => undefined);
  const { made, places } = fill(misleadingNames(target, bare, asIs.made), lose);
  compareFields(target, fields, places, made, lose);
  return made;
}
