// What the leaves of a query say of one record.
import { readRaw } from '../dataset/survey.ts';
import { parseRecord } from '../json/parseRecord.ts';
import type { Judgement, Reading } from '../mapping/forms/form.ts';
import type { Recognition } from '../mapping/recognise.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Pair, Side, Turn } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import type { TextPart } from './facts.ts';
import { fieldOf } from './fields.ts';
import type { Leaf, RatingLeaf, TextLeaf } from './query.ts';
import { ratingOf } from './ratings.ts';

/** A string that may hold JSON. */
const MAY_BE_JSON = /^\s*[[{]/;

/** Strings nested more deeply are not looked at. */
const MAX_DEPTH = 64;

function parsedText(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** All strings of a value, and those of JSON that a string holds. */
function* stringsIn(value: Json | undefined, depth = 0): Generator<string> {
  if (typeof value === 'string') {
    yield value;
    const inside = MAY_BE_JSON.test(value) ? parsedText(value) : undefined;
    if (inside !== undefined && depth < MAX_DEPTH) yield* stringsIn(inside, depth + 1);
  } else if (depth < MAX_DEPTH && typeof value === 'object' && value !== null) {
    for (const item of isList(value) ? value : Object.values(value)) yield* stringsIn(item, depth + 1);
  }
}

/** The texts of a turn: what it says, its calls and its reasoning. */
function turnTexts({ text, more }: Turn): readonly string[] {
  return more ? [text, ...stringsIn(more)] : [text];
}

function sideTexts({ text, turns, more }: Side): readonly string[] {
  const beyond = turns.flatMap((turn) => (turn.more ? [...stringsIn(turn.more)] : []));
  return beyond.length === 0 && !more ? [text] : [text, ...beyond, ...(more ? stringsIn(more) : [])];
}

/** Texts of a pair, or of the answers of a record without pairs, by part. */
type Texts = Readonly<Record<Exclude<TextPart, 'text'>, readonly string[]>> & {
  /** Answers that are called neither good nor bad. */
  readonly other: readonly string[];
};

function textsOfPair({ prompt, chosen, rejected }: Pair): Texts {
  return {
    prompt: prompt.flatMap(turnTexts),
    chosen: sideTexts(chosen),
    rejected: sideTexts(rejected),
    other: [],
  };
}

function textsOfJudgements(judgements: readonly Judgement[]): Texts {
  const called = (isIt: (verdict: Judgement['verdict']) => boolean): readonly string[] =>
    judgements.filter(({ verdict }) => isIt(verdict)).flatMap(({ response }) => sideTexts(response));
  const prompts = new Set(judgements.map(({ prompt }) => prompt));
  return {
    prompt: [...prompts].flatMap((turns) => turns.flatMap(turnTexts)),
    chosen: called((verdict) => verdict === true),
    rejected: called((verdict) => verdict === false),
    other: called((verdict) => typeof verdict !== 'boolean'),
  };
}

function holds(leaf: TextLeaf, texts: Texts): boolean {
  const own = leaf.part === 'text' ? Object.values(texts) : [texts[leaf.part]];
  return own.some((list) => list.some(leaf.test));
}

/** A record as the leaves of a query see it. */
interface Seen {
  readonly value: JsonObject | undefined;
  readonly reading: Reading | undefined;
  /** All texts of a record without answers. */
  readonly raw: () => readonly string[];
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function see(raw: RawRecord, recognition: Recognition | undefined): Seen {
  const read = recognition && readRaw(raw, recognition);
  if (read && (read.pairs.length > 0 || read.judgements.length > 0))
    return { value: read.value, reading: read, raw: () => [] };
  const parsed = parseRecord(raw);
  if (!('value' in parsed))
    return { value: undefined, reading: undefined, raw: () => [decoder.decode(raw.bytes)] };
  const value = isObject(parsed.value) ? parsed.value : undefined;
  return { value, reading: undefined, raw: () => [...stringsIn(parsed.value)] };
}

function isRated(
  { rating, test }: RatingLeaf,
  record: JsonObject | undefined,
  pair: Pair | undefined,
): boolean {
  return test(record && pair ? ratingOf(record, pair, rating) : Number.NaN);
}

/** For each of a record's pairs, a bit for each leaf that is true of it; one number for a record without pairs. */
export function masksOf(
  raw: RawRecord,
  recognition: Recognition | undefined,
  leaves: readonly Leaf[],
): readonly number[] {
  const { value, reading, raw: rawTexts } = see(raw, recognition);
  let strings: readonly string[] | undefined;
  const inOneString = ({ test }: TextLeaf): boolean => (strings ??= [...stringsIn(value)]).some(test);
  const fields = leaves.map((leaf) => 'field' in leaf && leaf.test(value && fieldOf(value, leaf.field)));
  const maskOf = (isTrue: (leaf: TextLeaf) => boolean, pair?: Pair): number =>
    leaves.reduce((mask, leaf, i) => {
      const own = 'field' in leaf ? fields[i] : 'part' in leaf ? isTrue(leaf) : isRated(leaf, value, pair);
      return own ? mask | (1 << i) : mask;
    }, 0) >>> 0;
  if (!reading) {
    const all = rawTexts();
    return [maskOf((leaf) => leaf.part === 'text' && all.some(leaf.test))];
  }
  const { pairs, judgements } = reading;
  const texts = pairs.length > 0 ? pairs.map(textsOfPair) : [textsOfJudgements(judgements)];
  return texts.map((own, i) =>
    maskOf((leaf) => holds(leaf, own) && (!leaf.isWords || inOneString(leaf)), pairs[i]),
  );
}
