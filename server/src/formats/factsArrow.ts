// Facts as an Arrow file: one row per pair, and one per record without a pair. pandas, polars and DuckDB read it
// directly, and so do we.
import type { Vector } from 'apache-arrow';
import { makeVector, Table, tableFromIPC, tableToIPC } from 'apache-arrow';

import { pairColumns, recordColumns } from '#core/facts/facts.ts';
import { Facts, keyAt } from '#core/facts/facts.ts';
import { pairKey } from '#core/model/identity.ts';

/** `pair` of a record without pairs. */
const NO_PAIR = -1;

function rowsOf(facts: Facts): number {
  let rows = facts.pairCount;
  for (let record = 0; record < facts.recordCount; record++) {
    const [from, to] = facts.pairsOf(record);
    if (from === to) rows++;
  }
  return rows;
}

interface Keys {
  readonly promptKey: Uint32Array;
  readonly chosenKey: Uint32Array;
  readonly rejectedKey: Uint32Array;
  readonly pairKey: Uint32Array;
}

const KEYS = ['promptKey', 'chosenKey', 'rejectedKey', 'pairKey'] as const satisfies (keyof Keys)[];

function toTable(facts: Facts) {
  const rows = rowsOf(facts);
  const columns = {
    record: new Int32Array(rows),
    line: new Int32Array(rows),
    byteStart: new Float64Array(rows),
    byteEnd: new Float64Array(rows),
    judgements: new Int32Array(rows),
    good: new Int32Array(rows),
    bad: new Int32Array(rows),
    pair: new Int32Array(rows).fill(NO_PAIR),
    promptLength: new Int32Array(rows),
    chosenLength: new Int32Array(rows),
    rejectedLength: new Int32Array(rows),
    flags: new Uint8Array(rows),
    style: new Uint32Array(rows),
    origins: new Uint32Array(rows),
  };
  const keys = Object.fromEntries(KEYS.map((name) => [name, new Uint32Array(2 * rows)])) as unknown as Keys;
  let row = 0;
  const addRecord = (record: number): void => {
    columns.record[row] = record;
    columns.line[row] = facts.records.line[record] ?? 0;
    columns.byteStart[row] = facts.records.byteStart[record] ?? 0;
    columns.byteEnd[row] = facts.records.byteEnd[record] ?? 0;
    columns.judgements[row] = facts.records.judgements[record] ?? 0;
    columns.good[row] = facts.records.good[record] ?? 0;
    columns.bad[row] = facts.records.bad[record] ?? 0;
  };
  for (let record = 0; record < facts.recordCount; record++) {
    const [from, to] = facts.pairsOf(record);
    if (from === to) {
      addRecord(record);
      row++;
    }
    for (let pair = from; pair < to; pair++, row++) {
      addRecord(record);
      columns.pair[row] = pair - from;
      columns.promptLength[row] = facts.pairs.promptLength[pair] ?? 0;
      columns.chosenLength[row] = facts.pairs.chosenLength[pair] ?? 0;
      columns.rejectedLength[row] = facts.pairs.rejectedLength[pair] ?? 0;
      columns.flags[row] = facts.pairs.flags[pair] ?? 0;
      columns.style[row] = facts.pairs.style[pair] ?? 0;
      columns.origins[row] = facts.pairs.origins[pair] ?? 0;
      const identity = { ...facts.identity(pair), pairKey: pairKey(facts.identity(pair)) };
      for (const name of KEYS) keys[name].set(identity[name], 2 * row);
    }
  }
  const numbers = Object.entries(columns).map(([name, values]) => [name, makeVector(values)] as const);
  const wide = KEYS.map((name) => [name, makeVector(new BigUint64Array(keys[name].buffer))] as const);
  return new Table(Object.fromEntries([...numbers, ...wide]) as Record<string, Vector>);
}

/**
 * Lengths in UTF-16 units; `line` and all numbers from 0; keys of 64 bits; `flags` bit 1: a tie, bit 2: the chosen
 * answer comes first; `style` and `origins`: marks and the code of the origin of the chosen answer, and from bit 16
 * those of the rejected one; `pair` −1: none.
 */
export function factsToArrow(facts: Facts): Uint8Array {
  return tableToIPC(toTable(facts), 'file');
}

function columnOf<T>(table: Table, name: string): T {
  const vector = table.getChild(name);
  const [data] = vector?.data ?? [];
  if (!vector || (table.numRows > 0 && vector.data.length !== 1)) throw new Error(`facts: no column ${name}`);
  return (data?.values ?? []) as T;
}

/** Inverse of `factsToArrow`. Throws if the bytes are no such file. */
export function factsFromArrow(bytes: Uint8Array): Facts {
  const table = tableFromIPC(bytes);
  const rows = table.numRows;
  const read = (name: string): Int32Array => columnOf<Int32Array>(table, name);
  const [record, line, pair, judgements] = ['record', 'line', 'pair', 'judgements'].map(read) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const [byteStart, byteEnd] = [
    columnOf<Float64Array>(table, 'byteStart'),
    columnOf<Float64Array>(table, 'byteEnd'),
  ];
  const promptLength = read('promptLength');
  const [chosenLength, rejectedLength] = [read('chosenLength'), read('rejectedLength')];
  const [good, bad] = [read('good'), read('bad')];
  const flags = columnOf<Uint8Array>(table, 'flags');
  const style = columnOf<Uint32Array>(table, 'style');
  const origins = columnOf<Uint32Array>(table, 'origins');
  const keys = KEYS.map((name) => {
    const wide = columnOf<BigUint64Array>(table, name);
    return new Uint32Array(wide.buffer, wide.byteOffset, 2 * rows);
  });
  const recordCount = rows === 0 ? 0 : (record[rows - 1] ?? 0) + 1;
  let pairCount = 0;
  for (let row = 0; row < rows; row++) pairCount += Number(pair[row] !== NO_PAIR);
  const [records, pairs] = [recordColumns(recordCount), pairColumns(pairCount)];
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
    [pairs.promptKey, pairs.chosenKey, pairs.rejectedKey].forEach((column, i) => {
      const key = keyAt(keys[i] ?? column, row);
      column.set(key, 2 * at);
    });
    at++;
  }
  const facts = new Facts();
  facts.load(records, recordCount, pairs, pairCount);
  return facts;
}
