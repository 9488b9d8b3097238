// Work of a thread for a query: which of the wanted records meet its conditions on texts and fields, and the values of
// a field to sort or group by.
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { candidates } from '#core/query/bytes.ts';
import type { ColumnPart } from '#core/query/column.ts';
import { fieldOf } from '#core/query/fields.ts';
import { readQuery } from '#core/query/query.ts';
import { masksOf } from '#core/query/readRecord.ts';

import type { OnBytes } from './containers/container.ts';
import type { Wanted } from './wanted.ts';
import { takeWanted } from './wanted.ts';

export interface SearchTask extends Wanted {
  readonly query: string;
  readonly recognition: Recognition | undefined;
  /** Shared with the thread: one more than the record that it looks at, 0 between records. */
  readonly beat?: Int32Array;
}

/** The bits of `masksOf` for the records of which a condition is true. */
export interface SearchResult {
  readonly records: Uint32Array;
  /** Of all pairs of the record; of the first one, if they differ. */
  readonly masks: Uint32Array;
  readonly differing: readonly (readonly [record: number, masks: readonly number[]])[];
}

export async function searchRange(task: SearchTask, onBytes?: OnBytes): Promise<SearchResult> {
  const { recognition, beat } = task;
  const query = readQuery(task.query);
  if ('fault' in query) throw new Error(`search: ${query.fault.message}`);
  const { leaves, need, hasExpression } = query;
  const records: number[] = [];
  const masks: number[] = [];
  const differing: (readonly [number, readonly number[]])[] = [];
  const watch = (record: number): void => {
    if (beat && hasExpression) Atomics.store(beat, 0, record);
  };
  await takeWanted(
    task,
    candidates(need),
    (raw) => {
      watch(raw.record + 1);
      const own = masksOf(raw, recognition, leaves);
      const [first = 0] = own;
      if (own.some((mask) => mask !== first)) differing.push([raw.record, own]);
      else if (first === 0) return;
      records.push(raw.record);
      masks.push(first);
    },
    (bytes) => {
      watch(0);
      onBytes?.(bytes);
    },
  );
  watch(0);
  return { records: Uint32Array.from(records), masks: Uint32Array.from(masks), differing };
}

export interface ColumnTask extends Wanted {
  readonly field: string;
}

export interface JoinTask {
  /** Of the file, or its name in messages. */
  readonly path: string;
  readonly parts: readonly ColumnPart[];
  readonly recordCount: number;
}

/** Texts that differ only after so many UTF-16 units are equal in a column. */
const MAX_WORD = 64;

export async function columnRange(task: ColumnTask, onBytes?: OnBytes): Promise<ColumnPart> {
  const query = readQuery(`.${task.field}:*`);
  const known = 'fault' in query ? undefined : candidates(query.need);
  const [records, numbers, texts]: [number[], number[], number[]] = [[], [], []];
  const words = new Map<string, number>();
  await takeWanted(
    task,
    known,
    (raw) => {
      const [record] = objectsOf(parseRecord(raw));
      const value = record && fieldOf(record, task.field);
      if (value === undefined || value === null || typeof value === 'object') return;
      records.push(raw.record);
      numbers.push(typeof value === 'string' ? Number.NaN : Number(value));
      const word = typeof value === 'string' ? value.slice(0, MAX_WORD) : '';
      const at = words.get(word) ?? words.size;
      if (at === words.size) words.set(word, at);
      texts.push(at);
    },
    onBytes,
  );
  return {
    records: Uint32Array.from(records),
    numbers: Float64Array.from(numbers),
    texts: Uint32Array.from(texts),
    words: [...words.keys()],
  };
}
