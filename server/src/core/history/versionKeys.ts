// One version of a dataset as keys: what each record says, as fixed-width numbers, without its texts. Two versions are
// compared by these columns alone, so a million records take about 85 MB.
import { Columns } from '../facts/columns.ts';
import type { Key } from '../hash.ts';
import { compareKeys, formatKey, hashKey, joinKeys, NO_KEY } from '../hash.ts';
import { parseRecord } from '../json/parseRecord.ts';
import type { Reading } from '../mapping/forms/form.ts';
import { readRecord } from '../mapping/read.ts';
import type { Recognition } from '../mapping/recognise.ts';
import { canonical } from '../model/canonical.ts';
import { answerSpelling, promptSpelling } from '../model/identity.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair, Side } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';

/** Bits of `flags`: what a record holds. */
export const HAS_ONE_PAIR = 1;
export const IS_TIE = 2;
export const HAS_ONE_ANSWER = 4;
/** It can't be read as a pair or an answer with a verdict. */
export const IS_OPAQUE = 8;
/** The verdict of a single answer, if it is good or bad. */
export const IS_GOOD = 16;
export const IS_BAD = 32;

/** Words of the digest of a whole record. */
export const DIGEST_WORDS = 4;

/**
 * One row per record. A key is two numbers, low half first; both 0 for none. `whole` alone decides that two records are
 * equal, so it comes from a digest that nobody can make collide; the other keys only choose which records are compared.
 */
export interface VersionColumns {
  /** Digest of the record, whatever the order of its fields and the spaces between them. */
  whole: Uint32Array;
  /** All pairs with their direction. */
  said: Uint32Array;
  /** All pairs without it. */
  answers: Uint32Array;
  prompt: Uint32Array;
  /** Of a single pair, without its prompt; of a single answer, that answer. */
  chosen: Uint32Array;
  rejected: Uint32Array;
  /** The field that numbers the record. */
  id: Uint32Array;
  flags: Uint8Array;
  line: Int32Array;
  byteStart: Float64Array;
  byteEnd: Float64Array;
}

export type KeyColumn = 'said' | 'answers' | 'prompt' | 'chosen' | 'rejected' | 'id';

function versionColumns(rows: number): VersionColumns {
  return {
    whole: new Uint32Array(DIGEST_WORDS * rows),
    said: new Uint32Array(2 * rows),
    answers: new Uint32Array(2 * rows),
    prompt: new Uint32Array(2 * rows),
    chosen: new Uint32Array(2 * rows),
    rejected: new Uint32Array(2 * rows),
    id: new Uint32Array(2 * rows),
    flags: new Uint8Array(rows),
    line: new Int32Array(rows),
    byteStart: new Float64Array(rows),
    byteEnd: new Float64Array(rows),
  };
}

const WIDE: ReadonlySet<string> = new Set<KeyColumn>([
  'said',
  'answers',
  'prompt',
  'chosen',
  'rejected',
  'id',
]);

/** What the core can't compute itself: the first 128 bits of a cryptographic digest of a text. */
export type Digest = (text: string) => ArrayLike<number>;

/** How the records of both versions are read. */
export interface VersionReading {
  /** Undefined: records are compared as they are, without pairs. */
  readonly recognition: Recognition | undefined;
  /** Compare prompts, answers and labels alone: the versions have different schemas, so their other fields differ. */
  readonly pairsOnly: boolean;
}

/** Fields that name a record. Those that only number its place change whenever a record before it is removed. */
const ID_FIELDS = ['id', '_id', 'uid', 'uuid', 'guid', 'record_id', 'example_id', 'sample_id', 'pair_id'];

/** Doubles can't represent all digits of such numbers, so they are compared as they are spelled. */
const LONG_NUMBERS = /\d{16,}/g;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** One spelling of a record. */
function recordSpelling(value: Json, bytes: Uint8Array): string {
  const spelled = canonical(value);
  if (!/\d{16}/.test(spelled)) return spelled;
  return `${spelled}\u0000${(decoder.decode(bytes).match(LONG_NUMBERS) ?? []).sort().join(' ')}`;
}

function idKey(value: JsonObject): Key {
  for (const name of ID_FIELDS) {
    const id = value[name];
    if ((typeof id === 'string' && id !== '') || typeof id === 'number')
      return hashKey(`${name}\u0000${JSON.stringify(id)}`);
  }
  return NO_KEY;
}

/** One key of several, in whatever order. */
function joined(keys: readonly Key[]): Key {
  const [only] = keys;
  if (only && keys.length === 1) return only;
  return hashKey([...keys].sort(compareKeys).map(formatKey).join(' '));
}

/** One key of two whose order counts. */
const ordered = ([low, high]: Key, second: Key): Key => joinKeys([(low ^ 0x5bd1e995) >>> 0, high], second);

/** What a key is of: the same texts in another role give another key. */
const [PAIR, TIE, ANSWER]: readonly [Key, Key, Key] = [hashKey('pair'), hashKey('tie'), hashKey('answer')];

/** The keys of answers, each computed once: candidates stand in several pairs. */
function answerKeys(): (side: Side) => Key {
  const known = new Map<Side, Key>();
  return (side) => {
    const before = known.get(side);
    if (before) return before;
    const key = hashKey(answerSpelling(side));
    known.set(side, key);
    return key;
  };
}

/** The key of each prompt: the pairs of one record share theirs. */
function promptKeys(): (of: Pick<Pair, 'prompt' | 'context'>) => Key {
  let before: { readonly prompt: Pair['prompt']; readonly key: Key } | undefined;
  return (of) => {
    if (before?.prompt === of.prompt) return before.key;
    before = {
      prompt: of.prompt,
      key: of.prompt.length === 0 && !of.context ? NO_KEY : hashKey(promptSpelling(of)),
    };
    return before.key;
  };
}

interface RecordKeys {
  readonly said: Key;
  readonly answers: Key;
  readonly prompt: Key;
  readonly chosen: Key;
  readonly rejected: Key;
  readonly flags: number;
}

const OPAQUE: RecordKeys = {
  said: NO_KEY,
  answers: NO_KEY,
  prompt: NO_KEY,
  chosen: NO_KEY,
  rejected: NO_KEY,
  flags: IS_OPAQUE,
};

function keysOf({ pairs, judgements }: Reading): RecordKeys {
  const [pair] = pairs;
  const [judgement] = judgements;
  const first = pair ?? judgement;
  if (!first) return OPAQUE;
  const isPair = pairs.length === 1 && judgements.length === 0;
  const isAnswer = pairs.length === 0 && judgements.length === 1;
  const [keyOf, askedAs] = [answerKeys(), promptKeys()];
  const [said, answers]: [Key[], Key[]] = [[], []];
  for (const one of pairs) {
    const [asked, chosen, rejected] = [askedAs(one), keyOf(one.chosen), keyOf(one.rejected)];
    const both = ordered(PAIR, ordered(asked, joinKeys(chosen, rejected)));
    answers.push(both);
    // A tie has no direction.
    said.push(ordered(one.isTie ? TIE : chosen, both));
  }
  for (const { prompt, response, verdict } of judgements) {
    const own = ordered(ANSWER, ordered(askedAs({ prompt }), keyOf(response)));
    answers.push(own);
    said.push(hashKey(String(verdict), own));
  }
  return {
    said: joined(said),
    answers: joined(answers),
    prompt: askedAs(first),
    chosen: isPair && pair ? keyOf(pair.chosen) : isAnswer && judgement ? keyOf(judgement.response) : NO_KEY,
    rejected: isPair && pair ? keyOf(pair.rejected) : NO_KEY,
    flags:
      (isPair ? HAS_ONE_PAIR : 0) |
      (isPair && pair?.isTie ? IS_TIE : 0) |
      (isAnswer ? HAS_ONE_ANSWER : 0) |
      (isAnswer && judgement?.verdict === true ? IS_GOOD : 0) |
      (isAnswer && judgement?.verdict === false ? IS_BAD : 0),
  };
}

/** The keys of the records of one version, in order. */
export class Version {
  readonly #columns = new Columns(versionColumns);

  get count(): number {
    return this.#columns.count;
  }

  /** Only the first `count` rows are valid. */
  get columns(): Readonly<VersionColumns> {
    return this.#columns.all;
  }

  add(raw: RawRecord, reading: VersionReading, digest: Digest): void {
    const row = this.#columns.add();
    const c = this.#columns.all;
    c.line[row] = raw.line;
    c.byteStart[row] = raw.byteStart;
    c.byteEnd[row] = raw.byteEnd;
    this.#setKeys(row, raw, reading, digest);
  }

  /** Takes the record of a row as it is now. */
  replace(row: number, raw: RawRecord, reading: VersionReading, digest: Digest): void {
    this.#setKeys(row, raw, reading, digest);
  }

  #setKeys(row: number, raw: RawRecord, { recognition, pairsOnly }: VersionReading, digest: Digest): void {
    const parsed = parseRecord(raw);
    const value = 'value' in parsed && isObject(parsed.value) ? parsed.value : undefined;
    const read = value && recognition ? readRecord(recognition.mapping, value) : undefined;
    const keys = read && !('problem' in read) ? keysOf(read) : OPAQUE;
    const c = this.#columns.all;
    const set = (column: KeyColumn, key: Key): void => {
      c[column][2 * row] = key[0];
      c[column][2 * row + 1] = key[1];
    };
    set('said', keys.said);
    set('answers', keys.answers);
    set('prompt', keys.prompt);
    set('chosen', keys.chosen);
    set('rejected', keys.rejected);
    set('id', value ? idKey(value) : NO_KEY);
    c.flags[row] = keys.flags;
    const isPairs = pairsOnly && keys !== OPAQUE && read && !('problem' in read);
    const whole = digest(
      isPairs
        ? saidSpelling(read)
        : 'value' in parsed
          ? recordSpelling(parsed.value, raw.bytes)
          : `\u0000${decoder.decode(raw.bytes)}`,
    );
    for (let i = 0; i < DIGEST_WORDS; i++) c.whole[DIGEST_WORDS * row + i] = whole[i] ?? 0;
  }

  /** Appends the records of another part of the file, moved by lines and bytes. */
  append(other: VersionColumns, count: number, lines: number, bytes: number): void {
    const from = this.count;
    const c = this.#columns.addRows(other, count);
    for (let row = from; row < from + count; row++) {
      c.line[row] = (c.line[row] ?? 0) + lines;
      c.byteStart[row] = (c.byteStart[row] ?? 0) + bytes;
      c.byteEnd[row] = (c.byteEnd[row] ?? 0) + bytes;
    }
  }

  /** Takes rows of other columns to the places that `records` names. */
  put(other: VersionColumns, records: Uint32Array): void {
    const c = this.#columns.all;
    for (const name of Object.keys(other) as (keyof VersionColumns)[]) {
      const [to, from] = [c[name], other[name]];
      const width = name === 'whole' ? DIGEST_WORDS : WIDE.has(name) ? 2 : 1;
      records.forEach((record, row) => {
        for (let i = 0; i < width; i++) to[width * record + i] = from[width * row + i] ?? 0;
      });
    }
  }

  /** So many records without keys. */
  static ofSize(count: number): Version {
    const version = new Version();
    version.#columns.load(versionColumns(count), count, count);
    return version;
  }

  /** The same records in another order, some of them left out. */
  pick(rows: Int32Array): Version {
    const picked = new Version();
    picked.#columns.load(this.#columns.pick(rows), rows.length, rows.length);
    return picked;
  }
}

/** All that the pairs and verdicts of a record say, in one spelling. */
function saidSpelling({ pairs, judgements }: Reading): string {
  const spelled = [
    ...pairs.map((pair) => {
      const sides = [answerSpelling(pair.chosen), answerSpelling(pair.rejected)];
      return [promptSpelling(pair), pair.isTie ? 'tie' : 'pair', ...(pair.isTie ? sides.sort() : sides)];
    }),
    ...judgements.map(({ prompt, response, verdict }) => [
      promptSpelling({ prompt }),
      String(verdict),
      answerSpelling(response),
    ]),
  ];
  return JSON.stringify(spelled.map((one) => JSON.stringify(one)).sort());
}
