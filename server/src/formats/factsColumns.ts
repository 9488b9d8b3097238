// Facts as columns, for tables on disk: one row per pair, and one per record without a pair.
import { Facts, keyAt, pairColumns, recordColumns } from '#core/facts/facts.ts';
import { joinKeys } from '#core/hash.ts';

/** `pair` of a record without pairs. */
const NO_PAIR = -1;

const KEYS = ['promptKey', 'chosenKey', 'rejectedKey', 'pairKey'] as const;

/** The record and the pair of each row. */
interface Rows {
  readonly record: Int32Array;
  /** Among all pairs of the file; −1 for none. */
  readonly pair: Int32Array;
  /** In the record. */
  readonly number: Int32Array;
}

function rowsOf(facts: Facts): Rows {
  const { recordCount, pairCount } = facts;
  let count = pairCount;
  for (let record = 0; record < recordCount; record++)
    if (facts.firstPairOf(record) === facts.firstPairOf(record + 1)) count++;
  const [record, pair, number] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  let row = 0;
  for (let own = 0; own < recordCount; own++) {
    const [from, to] = [facts.firstPairOf(own), facts.firstPairOf(own + 1)];
    for (let at = from; at < Math.max(to, from + 1); at++, row++) {
      record[row] = own;
      pair[row] = at < to ? at : NO_PAIR;
      number[row] = at < to ? at - from : NO_PAIR;
    }
  }
  return { record, pair, number };
}

type Numbers = Int32Array | Uint32Array | Float64Array | Uint8Array;

/** True if the places are 0, 1, 2 and so on: places never go back. */
function areAll(places: Int32Array): boolean {
  return places.length === 0 || (places[0] === 0 && places.at(-1) === places.length - 1);
}

/** The values at these places; 0 for a place below 0. `width` numbers make one value. */
function taken<Column extends Numbers>(values: Column, places: Int32Array, width = 1): Column {
  if (areAll(places)) return values.subarray(0, width * places.length) as Column;
  const to = new (values.constructor as new (length: number) => Column)(width * places.length);
  for (let row = 0; row < places.length; row++) {
    const place = places[row] ?? NO_PAIR;
    if (place < 0) continue;
    for (let i = 0; i < width; i++) to[width * row + i] = values[width * place + i] ?? 0;
  }
  return to;
}

/** The keys of whole pairs, made of those of their answers. */
function pairKeys({ pairs, pairCount }: Facts): Uint32Array {
  const keys = new Uint32Array(2 * pairCount);
  for (let pair = 0; pair < pairCount; pair++) {
    const [low, high] = joinKeys(keyAt(pairs.chosenKey, pair), keyAt(pairs.rejectedKey, pair));
    keys[2 * pair] = low;
    keys[2 * pair + 1] = high;
  }
  return keys;
}

/** A column of a table of facts: keys have 64 bits. */
export type FactsColumn = Numbers | BigUint64Array<ArrayBuffer>;

/**
 * Lengths in UTF-16 units; `line` and all numbers from 0; keys of 64 bits; `flags` bit 1: a tie, bit 2: the chosen
 * answer comes first; `style` and `origins`: marks and the code of the origin of the chosen answer, and from bit 16
 * those of the rejected one; `pair` −1: none. Without a copy where each record has a pair: the language server answers
 * nobody meanwhile.
 */
export function columnsOfFacts(facts: Facts): Readonly<Record<string, FactsColumn>> {
  const { records, pairs } = facts;
  const { record, pair, number } = rowsOf(facts);
  const { promptKey, chosenKey, rejectedKey } = pairs;
  const keys: Record<(typeof KEYS)[number], Uint32Array> = {
    ...{ promptKey, chosenKey, rejectedKey },
    pairKey: pairKeys(facts),
  };
  const wide = KEYS.map((name) => {
    const { buffer, byteOffset } = taken(keys[name], pair, 2);
    return [name, new BigUint64Array(buffer as ArrayBuffer, byteOffset, pair.length)] as const;
  });
  return {
    record,
    line: taken(records.line, record),
    byteStart: taken(records.byteStart, record),
    byteEnd: taken(records.byteEnd, record),
    judgements: taken(records.judgements, record),
    good: taken(records.good, record),
    bad: taken(records.bad, record),
    pair: number,
    promptLength: taken(pairs.promptLength, pair),
    chosenLength: taken(pairs.chosenLength, pair),
    rejectedLength: taken(pairs.rejectedLength, pair),
    flags: taken(pairs.flags, pair),
    style: taken(pairs.style, pair),
    origins: taken(pairs.origins, pair),
    ...Object.fromEntries(wide),
  };
}

/** Inverse of `columnsOfFacts`. Throws if the columns contradict each other. */
export function factsOfColumns(rows: number, column: (name: string) => unknown): Facts {
  const read = (name: string): Int32Array => column(name) as Int32Array;
  const [record, line, pair, judgements] = ['record', 'line', 'pair', 'judgements'].map(read) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const [byteStart, byteEnd] = [column('byteStart') as Float64Array, column('byteEnd') as Float64Array];
  const promptLength = read('promptLength');
  const [chosenLength, rejectedLength] = [read('chosenLength'), read('rejectedLength')];
  const [good, bad] = [read('good'), read('bad')];
  const flags = column('flags') as Uint8Array;
  const style = column('style') as Uint32Array;
  const origins = column('origins') as Uint32Array;
  const keys = KEYS.map((name) => {
    const wide = column(name) as BigUint64Array;
    return new Uint32Array(wide.buffer, wide.byteOffset, 2 * rows);
  });
  const recordCount = rows === 0 ? 0 : (record[rows - 1] ?? 0) + 1;
  if (recordCount > rows) throw new Error('facts: more records than rows');
  let pairCount = 0;
  for (let row = 0; row < rows; row++) pairCount += Number(pair[row] !== NO_PAIR);
  const [records, pairs] = [recordColumns(recordCount), pairColumns(pairCount)];
  const ownKeys = [pairs.promptKey, pairs.chosenKey, pairs.rejectedKey];
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const own = record[row] ?? 0;
    if (row === 0 || own !== record[row - 1]) {
      records.line[own] = line[row] ?? 0;
      records.byteStart[own] = byteStart[row] ?? 0;
      records.byteEnd[own] = byteEnd[row] ?? 0;
      records.judgements[own] = judgements[row] ?? 0;
      records.good[own] = good[row] ?? 0;
      records.bad[own] = bad[row] ?? 0;
      records.firstPair[own] = at;
    }
    if (pair[row] === NO_PAIR) continue;
    pairs.record[at] = own;
    pairs.promptLength[at] = promptLength[row] ?? 0;
    pairs.chosenLength[at] = chosenLength[row] ?? 0;
    pairs.rejectedLength[at] = rejectedLength[row] ?? 0;
    pairs.flags[at] = flags[row] ?? 0;
    pairs.style[at] = style[row] ?? 0;
    pairs.origins[at] = origins[row] ?? 0;
    for (let key = 0; key < 3; key++) {
      const [from, to] = [keys[key] as Uint32Array, ownKeys[key] as Uint32Array];
      to[2 * at] = from[2 * row] as number;
      to[2 * at + 1] = from[2 * row + 1] as number;
    }
    at++;
  }
  const facts = new Facts();
  facts.load(records, recordCount, pairs, pairCount);
  return facts;
}
