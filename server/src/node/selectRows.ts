// The rows of a file that a query, a sort and a sample select, once everything is read. The editor, which shows rows
// while they are found, has session/selection.
import type { Recognition } from '#core/mapping/recognise.ts';
import { UserError } from '#core/messages.ts';
import type { RowKey } from '#core/query/arrange.ts';
import { arrange } from '#core/query/arrange.ts';
import type { Column, ColumnPart } from '#core/query/column.ts';
import { columnOf } from '#core/query/column.ts';
import type { KnownFacts } from '#core/query/facts.ts';
import type { Picked, PlacedPair, Rows } from '#core/query/pick.ts';
import { pickRows } from '#core/query/pick.ts';
import type { Query } from '#core/query/query.ts';
import { readQuery } from '#core/query/query.ts';
import { fieldsRead, sortKeyOf } from '#core/query/sortKey.ts';
import type { Fault } from '#core/query/syntax.ts';

import type { DataFile } from './dataFile.ts';
import { RecordMasks } from './recordMasks.ts';
import type { SearchedText } from './searchFile.ts';
import { searchParts, workOnParts } from './searchFile.ts';
import type { RangeRunner } from './threads.ts';

/** Characters of a query that a message repeats. */
const MAX_QUOTED = 40;

export interface RowChoice {
  readonly query: string;
  readonly sort?: { readonly field: string; readonly isDescending: boolean } | undefined;
  readonly sample?:
    { readonly count: number; readonly seed: number; readonly by?: string | undefined } | undefined;
}

export interface RowReader {
  readonly text: SearchedText;
  readonly recognition: Recognition | undefined;
  readonly ranges: RangeRunner;
  /** Share of what is read, 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** The text of a file as it is on disk. */
export function storedText(file: DataFile): SearchedText {
  const { path, container, codec, maxRecordBytes } = file;
  const isText = (container.kind === 'lines' || container.kind === 'document') && !codec.decode;
  return {
    name: path,
    from: isText ? { kind: 'path', path } : { kind: 'file', file },
    edited: new Map(),
    maxRecordBytes,
    assertSame: async () => file.assertSame(),
  };
}

/** A fault of a query, with its place. */
export function faultText(query: string, { message, start, end }: Fault): string {
  const at = query.slice(start, Math.min(end, start + MAX_QUOTED));
  return `The query is wrong at character ${start + 1}${at === '' ? '' : `, ${at}`}: ${message}`;
}

async function readColumn(field: string, known: KnownFacts, reader: RowReader): Promise<Column> {
  const { text, ranges, onProgress, signal } = reader;
  const { recordCount } = known.facts;
  const all = new Uint32Array(recordCount);
  for (let i = 0; i < recordCount; i++) all[i] = i;
  const parts: ColumnPart[] = [];
  await workOnParts(
    'column',
    await searchParts(text, known.facts, all, fieldsRead(readQuery(`.${field}:*`))),
    text,
    ranges,
    (wanted) => ({ ...wanted, field }),
    (_, result, done) => {
      if ('numbers' in result) parts.push(result);
      onProgress(done);
    },
    signal,
  );
  return columnOf(parts, recordCount);
}

async function keyOf(name: string, known: KnownFacts, reader: RowReader): Promise<RowKey> {
  const key = sortKeyOf(name);
  if (key.kind === 'fault') throw new UserError(key.message);
  return { key, column: key.kind === 'field' ? await readColumn(key.field, known, reader) : undefined };
}

/** Throws a user error for a query with a fault. */
export function queryOf(text: string, fields?: readonly string[]): Query {
  const query = readQuery(text, fields);
  if ('fault' in query) throw new UserError(faultText(text, query.fault));
  return query;
}

/** What a query selects: of all records one pair each, or of some places. Reads the texts and fields that it asks for. */
async function pickRead(
  text: string,
  query: Query,
  known: KnownFacts,
  reader: RowReader,
  places?: Iterable<PlacedPair>,
): Promise<Picked> {
  const { facts } = known;
  const masks = new RecordMasks(facts.recordCount);
  const { open } = pickRows(query, known, masks, places);
  if (open.length > 0)
    await workOnParts(
      'search',
      await searchParts(reader.text, facts, open, fieldsRead(query)),
      reader.text,
      reader.ranges,
      (wanted, beat) => ({ ...wanted, query: text, recognition: reader.recognition, beat }),
      (part, result, done) => {
        if ('masks' in result) masks.take(part.records, result);
        reader.onProgress(done);
      },
      reader.signal,
    );
  return pickRows(query, known, masks, places);
}

/** All places of a file: each pair, and each record without one. Can be read several times. */
function placesOf({ facts }: KnownFacts): Iterable<PlacedPair> {
  return {
    *[Symbol.iterator]() {
      for (let record = 0; record < facts.recordCount; record++) {
        const [from, to] = facts.pairsOf(record);
        for (let pair = 0; pair < Math.max(1, to - from); pair++) yield { record, pair };
      }
    },
  };
}

/** Every pair that a query selects, and every such record without pairs, in file order. */
export async function selectPairs(
  text: string,
  query: Query,
  known: KnownFacts,
  reader: RowReader,
): Promise<Rows> {
  return pickRead(text, query, known, reader, placesOf(known));
}

/** The selected pairs, one of each record, in the order of the rows. */
export async function selectRows(
  { query: text, sort, sample }: RowChoice,
  query: Query,
  known: KnownFacts,
  reader: RowReader,
): Promise<readonly PlacedPair[]> {
  const picked = await pickRead(text, query, known, reader);
  const by = sort && (await keyOf(sort.field, known, reader));
  const group = sample?.by === undefined ? undefined : await keyOf(sample.by, known, reader);
  const rows = arrange(picked, known, {
    sort: sort && by && { by, isDescending: sort.isDescending },
    sample: sample && { ...sample, by: group },
  });
  const count = rows?.length ?? picked.records.length;
  return Array.from({ length: count }, (_, i) => {
    const row = rows ? (rows[i] ?? 0) : i;
    return { record: picked.records[row] ?? 0, pair: picked.pairs[row] ?? 0 };
  });
}
