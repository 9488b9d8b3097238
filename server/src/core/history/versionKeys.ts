// One version of a dataset as keys: what each record says, as fixed-width numbers, without its texts. Two versions are
// compared by these columns alone, so a million records take about 85 MB.
import { Columns } from '../facts/columns.ts';
import type { Key } from '../hash.ts';
import { compareKeys, formatKey, hashKey, NO_KEY } from '../hash.ts';
import { parseRecord } from '../json/parseRecord.ts';
import type { Judgement, Reading } from '../mapping/forms/form.ts';
import { readRecord } from '../mapping/read.ts';
import type { Recognition } from '../mapping/recognise.ts';
import { canonical } from '../model/canonical.ts';
import type { Identity } from '../model/identity.ts';
import { answerSpelling, identify, pairKey, promptSpelling } from '../model/identity.ts';
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

const joined = (keys: readonly Key[]): Key => hashKey([...keys].sort(compareKeys).map(formatKey).join(' '));

/** A pair with its direction; a tie has none. */
function directedKey({ isTie }: Pair, identity: Identity): Key {
  const { chosenKey, rejectedKey } = identity;
  if (isTie) return hashKey('tie', pairKey(identity));
  return hashKey(`${formatKey(chosenKey)} ${formatKey(rejectedKey)}`);
}

/** Pairs of one record share their prompt. */
function identitiesOf(
  pairs: readonly Pair[],
): readonly { readonly pair: Pair; readonly identity: Identity }[] {
  let before: { readonly prompt: Pair['prompt']; readonly key: Key } | undefined;
  return pairs.map((pair) => {
    const identity = identify(pair, before?.prompt === pair.prompt ? before.key : undefined);
    before = { prompt: pair.prompt, key: identity.promptKey };
    return { pair, identity };
  });
}

const answerKey = (side: Side): Key => hashKey(answerSpelling(side));

function judgedKey({ prompt, response }: Judgement): Key {
  return hashKey(answerSpelling(response), hashKey(promptSpelling({ prompt })));
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
  const identities = identitiesOf(pairs);
  const judged = judgements.map(judgedKey);
  return {
    said: joined([
      ...identities.map(({ pair: own, identity }) => directedKey(own, identity)),
      ...judgements.map(({ verdict }, i) => hashKey(String(verdict), judged[i])),
    ]),
    answers: joined([...identities.map(({ identity }) => pairKey(identity)), ...judged]),
    prompt: first.prompt.length === 0 ? NO_KEY : hashKey(promptSpelling(first)),
    chosen:
      isPair && pair
        ? answerKey(pair.chosen)
        : isAnswer && judgement
          ? answerKey(judgement.response)
          : NO_KEY,
    rejected: isPair && pair ? answerKey(pair.rejected) : NO_KEY,
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
