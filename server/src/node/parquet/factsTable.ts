// Facts of a file as a table of Parquet, for the checks across the records of many shards: no text of the data is in it.
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import type { RuleSettings } from '#core/checks/check.ts';
import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import type { FileFacts } from '#core/checks/relations/relation.ts';
import type { TextSketches } from '#core/checks/relations/textSketches.ts';
import { WORDS_BYTES } from '#core/checks/relations/wordSketch.ts';
import { formatKey, hashKey } from '#core/hash.ts';
import { messages } from '#core/messages.ts';
import { columnsOfFacts, factsOfColumns } from '#formats/factsColumns.ts';
import type { PlainColumn } from '#formats/parquet/columns.ts';
import { hasColumn, keyValueOf, readColumn, writeColumns } from '#formats/parquet/columns.ts';
import { ParquetError } from '#formats/parquet/schema.ts';

import { writeWhole } from '../write.ts';
import { packsZstd, pageCodecs } from './codecs.ts';
import type { OpenParquet } from './open.ts';
import { explainParquet, openParquet } from './open.ts';
import { TABLE_CODECS } from './write.ts';

/** Raised when old tables can't be read any more. */
const FORMAT = 1;

const ABOUT = 'preflens';
const END = '.facts.parquet';

/** What a table of facts says of its file. */
export interface AboutFacts extends Omit<FileFacts, 'facts' | 'whole'> {
  /** Name of the file in keys of findings. */
  readonly memoryName: string;
  readonly recordCount: number;
  readonly pairCount: number;
  /** Without benchmarks: checks across records need none. */
  readonly rules: Pick<RuleSettings, 'severities' | 'options'>;
}

/** Where the facts of a file go: files of one name in two folders stay apart, and one file by two paths is one. */
export function factsPath(folder: string, name: string): string {
  return join(folder, `${basename(name)}.${formatKey(hashKey(resolve(name))).slice(0, 8)}${END}`);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

type Plain = Pick<PlainColumn, 'type' | 'isUnsigned' | 'bytes'>;

function plainOf(values: ArrayBufferView): Plain {
  const bytes = bytesOf(values);
  if (values instanceof Int32Array) return { type: 'INT32', bytes };
  if (values instanceof Uint32Array) return { type: 'INT32', isUnsigned: true, bytes };
  if (values instanceof Float64Array) return { type: 'DOUBLE', bytes };
  if (values instanceof Float32Array) return { type: 'FLOAT', bytes };
  if (values instanceof BigUint64Array) return { type: 'INT64', isUnsigned: true, bytes };
  // Parquet has no numbers of one byte.
  return plainOf(Uint32Array.from(values as Uint8Array));
}

/** The values of pairs by rows of the table; zeros in the row of a record without pairs. */
function byRows(pair: Int32Array, values: Uint8Array, width: number): Uint8Array {
  const rows = new Uint8Array(width * pair.length);
  let at = 0;
  pair.forEach((number, row) => {
    if (number >= 0) rows.set(values.subarray(width * at, width * ++at), width * row);
  });
  return rows;
}

const rowsColumn = (name: string, pair: Int32Array, values: Uint8Array, width: number): PlainColumn => ({
  name,
  type: 'FIXED_LEN_BYTE_ARRAY',
  length: width,
  bytes: byRows(pair, values, width),
});

/**
 * Writes the facts of a file, and returns the path of the table.
 * @param sketches of all pairs
 */
export async function writeFacts(
  folder: string,
  { facts, ...about }: Omit<AboutFacts, 'recordCount' | 'pairCount'> & Pick<FileFacts, 'facts'>,
  { signatures, words }: TextSketches,
): Promise<string> {
  const columns = columnsOfFacts(facts);
  const { recordCount, pairCount } = facts;
  const pair = columns['pair'] as Int32Array;
  const margins = facts.margins.some((margin) => !Number.isNaN(margin));
  const table: PlainColumn[] = [
    ...Object.entries(columns).map(([name, values]) => ({ name, ...plainOf(values) })),
    ...(margins
      ? [{ name: 'margin', type: 'FLOAT', bytes: byRows(pair, bytesOf(facts.margins), 4) } as const]
      : []),
    rowsColumn('signature', pair, signatures, SIGNATURE_BYTES),
    ...(words.length > 0 ? [rowsColumn('words', pair, words, WORDS_BYTES)] : []),
  ];
  await mkdir(folder, { recursive: true });
  const path = factsPath(folder, about.name);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* writeColumns(table, pair.length, {
      codec: TABLE_CODECS[packsZstd ? 'zstd' : 'snappy'],
      codecs: pageCodecs,
      createdBy: `preflens version ${process.env['PREFLENS_VERSION'] ?? '0'}`,
      keyValues: new Map([[ABOUT, JSON.stringify({ format: FORMAT, recordCount, pairCount, ...about })]]),
    });
  }
  await writeWhole(path, bytes());
  return path;
}

/** A table of facts. Reads its columns on demand. */
export interface FactsTable {
  readonly path: string;
  readonly about: AboutFacts;
  readonly recordCount: number;
  readonly pairCount: number;
  readonly facts: () => FileFacts;
  readonly signatures: () => Uint8Array;
  /** Empty if its rule was off. */
  readonly words: () => Uint8Array<ArrayBuffer>;
}

function withTable<Result>(path: string, work: (table: OpenParquet) => Result): Result {
  const table = openParquet(path);
  try {
    return work(table);
  } catch (error) {
    throw explainParquet(path, error);
  } finally {
    table.close();
  }
}

function aboutOf(text: string | undefined): AboutFacts {
  const about =
    text === undefined ? undefined : (JSON.parse(text) as Partial<AboutFacts> & { format: number });
  if (about?.format !== FORMAT || !about.recognition || !about.rules || about.name === undefined)
    throw new ParquetError(
      'not a table of facts that this version reads. Write it with preflens index --facts',
    );
  return about as AboutFacts;
}

const int32 = (bytes: Uint8Array<ArrayBuffer>): Int32Array => new Int32Array(bytes.buffer);

/** Columns that are not 32-bit integers. */
const READ: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => unknown>> = {
  byteStart: ({ buffer }) => new Float64Array(buffer),
  byteEnd: ({ buffer }) => new Float64Array(buffer),
  style: ({ buffer }) => new Uint32Array(buffer),
  origins: ({ buffer }) => new Uint32Array(buffer),
};

/** The values of pairs, from rows of the table: a record without pairs has one too. */
function ofPairs(
  table: OpenParquet['file'],
  name: string,
  width: number,
  pairCount: number,
): Uint8Array<ArrayBuffer> {
  const rows = readColumn(table, name);
  if (pairCount === table.footer.rows) return rows;
  const values = new Uint8Array(width * pairCount);
  let at = 0;
  int32(readColumn(table, 'pair')).forEach((number, row) => {
    if (number >= 0) values.set(rows.subarray(width * row, width * (row + 1)), width * at++);
  });
  return values;
}

export function openFacts(path: string): FactsTable {
  return withTable(path, ({ file }) => {
    const about = aboutOf(keyValueOf(file, ABOUT));
    const { recordCount, pairCount } = about;
    return {
      path,
      about,
      recordCount,
      pairCount,
      facts: () =>
        withTable(path, ({ file: table }) => {
          const { rows } = table.footer;
          const facts = factsOfColumns(rows, (name) => (READ[name] ?? int32)(readColumn(table, name)));
          if (facts.recordCount !== recordCount || facts.pairCount !== pairCount)
            throw new ParquetError('its columns hold other counts than its footer');
          return { ...about, facts };
        }),
      signatures: () =>
        withTable(path, ({ file: table }) => ofPairs(table, 'signature', SIGNATURE_BYTES, pairCount)),
      words: () =>
        withTable(path, ({ file: table }) =>
          hasColumn(table, 'words') ? ofPairs(table, 'words', WORDS_BYTES, pairCount) : new Uint8Array(0),
        ),
    };
  });
}

/** Files in the order in which a folder is read: by the name of each part of the path. */
const orderOf = ({ about }: FactsTable): string => about.name.split(/[\\/]/).join('\0');

/** The tables of facts in a folder, in the order of their files. */
export async function openFactsFolder(folder: string): Promise<readonly FactsTable[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(END));
  if (names.length === 0) throw messages.noFacts(folder);
  return names
    .map((name) => openFacts(join(folder, name)))
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}
