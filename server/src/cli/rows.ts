// `rows`: the records of a file that a query selects, as rows for people and programs, or byte for byte.
import { readRaw } from '#core/dataset/survey.ts';
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import { messages } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import { jsonText } from '#core/model/json.ts';
import type { CutRecord } from '#core/model/record.ts';
import type { PlacedPair } from '#core/query/pick.ts';
import type { Query } from '#core/query/query.ts';
import { columnValue } from '#core/query/ratings.ts';
import { formatMargin, plural } from '#core/words/numbers.ts';
import { writtenCodecOf } from '#node/codec.ts';
import { writeTo } from '#node/convertFile.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openDataset } from '#node/files.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import { queryOf, selectRows } from '#node/selectRows.ts';
import { isSamePlace } from '#node/write.ts';

import type { RowFormat } from './choices.ts';
import type { Command } from './command.ts';
import { writeToOutput } from './convert.ts';
import { changesSince } from './diff.ts';
import type { KnownFile } from './known.ts';
import { fieldNames, knownFacts, searched } from './known.ts';

export interface RowsOptions {
  readonly where?: string;
  readonly sort?: string;
  readonly descending: boolean;
  readonly sample?: number;
  readonly by?: string;
  readonly seed: number;
  readonly columns: readonly string[];
  readonly limit?: number;
  readonly count: boolean;
  readonly format: RowFormat;
  readonly out?: string;
  /** An earlier version, for queries about changes. */
  readonly against?: string;
  readonly groupBy?: string;
  readonly model?: string;
}

/** The only file of a path. */
async function onlyFile(path: string, memoryMb: number): Promise<DataFile> {
  const { files, failed } = await openDataset(path, recordBytesFor(memoryMb));
  const [file, second] = files;
  const [error] = failed;
  if (error) throw error.error;
  if (!file) throw messages.noDataFiles(path);
  if (second) throw messages.severalFiles(path, files.length, file.path);
  return file;
}

interface Row {
  readonly place: PlacedPair;
  readonly raw: CutRecord;
}

/** The records of rows. Those in another order than the file's are held in memory. */
async function* rowsOf(
  file: DataFile,
  places: readonly PlacedPair[],
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const wanted = new Map(places.map((place) => [place.record, place]));
  const isInOrder = places.every((place, i) => i === 0 || (places[i - 1]?.record ?? 0) < place.record);
  const held = new Map<number, CutRecord>();
  for await (const raw of file.records((record) => wanted.has(record))) {
    signal.throwIfAborted();
    const place = wanted.get(raw.record);
    if (!place) continue;
    if (isInOrder) yield { place, raw };
    else held.set(raw.record, { ...raw, bytes: raw.bytes.slice() });
  }
  if (isInOrder) return;
  for (const place of places) {
    const raw = held.get(place.record);
    if (raw) yield { place, raw };
  }
}

const [LF, CRLF] = [new Uint8Array([0x0a]), new Uint8Array([0x0d, 0x0a])];
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** The bytes of the records, each with its own line end; those of a JSON document as a list. */
async function* recordBytes(rows: AsyncIterable<Row>, isDocument: boolean): AsyncGenerator<Uint8Array> {
  let before = isDocument ? text('[\n') : undefined;
  let isFirst = true;
  for await (const { raw } of rows) {
    if (before) yield before;
    yield raw.bytes.slice();
    before = isDocument ? text(',\n') : undefined;
    isFirst = false;
    if (!isDocument) yield raw.lineEnd - raw.byteEnd > 1 ? CRLF : LF;
  }
  if (isDocument) yield text(isFirst ? '[]\n' : '\n]\n');
}

/** How a value begins, on one line. */
function short(value: Json | undefined, length: number): string {
  const whole = typeof value === 'string' ? value : value === undefined ? '' : jsonText(value);
  const line = whole
    .slice(0, 2 * length)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

interface RowValues {
  readonly line: number;
  readonly margin: number | undefined;
  readonly rules: readonly string[];
  readonly values: Readonly<Record<string, Json | undefined>>;
}

function valuesOf(
  { facts, recognition }: KnownFile,
  { place, raw }: Row,
  columns: readonly string[],
): RowValues {
  const read = recognition && readRaw(raw, recognition);
  const value = read?.value ?? objectsOf(parseRecord(raw))[0];
  const pair = read?.pairs[place.pair];
  const [from, to] = facts.facts.pairsOf(place.record);
  const margin = from + place.pair < to ? facts.facts.margin(from + place.pair) : Number.NaN;
  const texts = {
    prompt: pair?.prompt.at(-1)?.text,
    chosen: pair?.chosen.text,
    rejected: pair?.rejected.text,
  };
  const isDefault = columns.length === 0;
  const values = isDefault
    ? pair
      ? texts
      : { record: value }
    : Object.fromEntries(columns.map((name) => [name, columnValue(value, pair, name)]));
  const rules = facts.findings
    .filter((one) => one.record === place.record && (one.pair ?? place.pair) === place.pair)
    .map(({ rule }) => rule);
  return { line: raw.line + 1, margin: Number.isNaN(margin) ? undefined : margin, rules, values };
}

function rowJson({ place }: Row, { line, margin, rules, values }: RowValues): object {
  return {
    record: place.record,
    pair: place.pair,
    line,
    ...(margin !== undefined && { margin: Number(margin.toFixed(6)) }),
    ...(rules.length > 0 && { rules }),
    ...values,
  };
}

/** Characters of one column in a terminal. */
const WIDTH = 48;

function rowLine({ file }: KnownFile, { line, margin, rules, values }: RowValues): string {
  const cells = [
    ...(margin === undefined ? [] : [formatMargin(margin)]),
    ...(rules.length === 0 ? [] : [rules.join(', ')]),
    ...Object.values(values).map((value) => short(value, WIDTH)),
  ];
  return `${file.path}:${line}  ${cells.join('  |  ')}`;
}

async function* jsonBytes(
  known: KnownFile,
  rows: AsyncIterable<Row>,
  options: RowsOptions,
): AsyncGenerator<Uint8Array> {
  const isList = options.format === 'json';
  let before = isList ? '[\n' : '';
  for await (const row of rows) {
    const line = JSON.stringify(rowJson(row, valuesOf(known, row, options.columns)));
    yield text(isList ? before + line : `${line}\n`);
    before = ',\n';
  }
  if (isList) yield text(before === ',\n' ? '\n]\n' : '[]\n');
}

function bytesOf(
  known: KnownFile,
  rows: AsyncIterable<Row>,
  options: RowsOptions,
): AsyncIterable<Uint8Array> {
  if (options.format !== 'records') return jsonBytes(known, rows, options);
  return recordBytes(rows, known.file.container.kind === 'document');
}

/** Facts that the rows need: those of the query, the sort and the groups. */
function factsNeeded({ facts }: Query, { sort, by }: RowsOptions): ReadonlySet<string> {
  return new Set([...facts, ...[sort, by].flatMap((name) => name ?? [])]);
}

export async function rows(command: Command, path: string, options: RowsOptions): Promise<void> {
  const { where = '', sort, descending, sample, by, seed, limit = Infinity, out, against } = options;
  const file = await onlyFile(path, command.memoryMb);
  if (out !== undefined && out !== '-') {
    if (writtenCodecOf(out).isTable) throw messages.rowsNotTable(out);
    if (await isSamePlace(file.path, out)) throw messages.outputIsInput(out);
  }
  const { obstacle } = await file.inspect();
  if (obstacle) throw messages.obstacle(file.path, obstacle);
  const query = queryOf(where, await fieldNames(file));
  const alone = await knownFacts(command, file, factsNeeded(query, options), options);
  const changes = against === undefined ? undefined : await changesSince(command, against, file);
  const known: KnownFile = { ...alone, facts: { ...alone.facts, changes } };
  const choice = {
    query: where,
    sort: sort === undefined ? undefined : { field: sort, isDescending: descending },
    sample: sample === undefined ? undefined : { count: sample, seed, by },
  };
  const all = await searched(command, query, known, async (reader) =>
    selectRows(choice, query, known.facts, reader),
  );
  if (options.count) {
    command.print(String(all.length));
    return;
  }
  const places = all.slice(0, limit);
  const found = rowsOf(known.file, places, command.signal);
  if (options.format === 'text' && out === undefined)
    for await (const row of found) command.print(rowLine(known, valuesOf(known, row, options.columns)));
  else {
    const format = options.format === 'text' ? 'records' : options.format;
    const write = out === undefined || out === '-' ? writeToOutput(command) : writeTo(out, command.signal);
    await write(bytesOf(known, found, { ...options, format }), async () => known.file.assertSame());
  }
  const { recordCount } = known.facts.facts;
  command.note(
    `${known.file.path}: ${plural(all.length, 'row')} of ${plural(recordCount, 'record')}${places.length < all.length ? `, the first ${places.length.toLocaleString('en')} are shown (--limit)` : ''}.`,
  );
}
