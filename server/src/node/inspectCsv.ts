// What stands in the way of reading a CSV file, and how we read one.
import type { ColumnKind, CsvColumn, CsvDialect } from '#core/input/csvDialect.ts';
import { foreignOf } from '#core/input/foreign.ts';
import type { Obstacle } from '#core/input/obstacle.ts';
import { foreignObstacle } from '#core/input/obstacle.ts';
import { LINE_FEED } from '#core/json/marks.ts';
import { badUtf8At } from '#core/json/parseRecord.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { Json } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import { listed, plural } from '#core/words/numbers.ts';
import { RowWriter } from '#formats/csv/columns.ts';
import { RowCutter } from '#formats/csv/rows.ts';
import { TextSink } from '#formats/textSink.ts';

import { csvDialectOf, csvSample } from './containers/csv.ts';
import type { DataFile } from './dataFile.ts';

/** Formats that are no obstacle: a table, in an encoding that we read. */
const READ: ReadonlySet<string> = new Set(['csv', 'tsv', 'utf-16', 'utf-16le', 'utf-16be']);

const decoder = new TextDecoder();

function placeOf(text: Uint8Array, at: number): { line: number; column: number } {
  const lines = decoder.decode(text.subarray(0, at)).split('\n');
  return { line: lines.length - 1, column: lines.at(-1)?.length ?? 0 };
}

function obstacle(what: string, next: string): Obstacle {
  return foreignObstacle({ id: 'csv', what, next });
}

function twiceIn(columns: readonly CsvColumn[]): string | undefined {
  const seen = new Set<string>();
  return columns.find(({ name }) => seen.size === seen.add(name).size)?.name;
}

interface FirstLine {
  readonly isIt: (start: { readonly text: string; readonly isWhole: boolean }) => boolean;
  readonly what: string;
  readonly next: string;
}

/** First lines that are no names of columns. */
const FIRST_LINES: readonly FirstLine[] = [
  {
    isIt: ({ text }) => /^sep=.\r?\n/.test(text),
    what: 'a table whose first line tells Excel the delimiter (sep=) and names no columns',
    next: 'Remove that line: tail -n +2 {file} > {stem}.plain.csv',
  },
  {
    isIt: ({ text }) => text.includes('\r') && !text.includes('\n'),
    what: 'a table whose lines end as on old Macs, with a carriage return alone',
    next: "Convert its line ends: tr '\\r' '\\n' < {file} > {stem}.lf.csv",
  },
  {
    isIt: ({ text, isWhole }) => !isWhole && !text.includes('\n'),
    what: 'a table whose first line, with the names of the columns, is longer than 1 MB',
    next: 'Write it with the columns of the pairs alone',
  },
];

/** @param head the first stored bytes */
export async function inspectCsv(
  { path, codec, container }: DataFile,
  head: Uint8Array,
): Promise<Obstacle | undefined> {
  const foreign = foreignOf(head, codec.name);
  if (foreign && !READ.has(foreign.id)) return foreignObstacle(foreign);
  const { bytes: sample, isWhole } = await csvSample(path);
  if (/^\s*[[{]/.test(decoder.decode(sample.subarray(0, 64))))
    return obstacle('JSON, though its name says that it is a table', 'Rename it: mv {file} {stem}.jsonl');
  for (const { isIt, what, next } of FIRST_LINES) {
    const start = { text: decoder.decode(sample), isWhole };
    if (isIt(start)) return { ...obstacle(what, next), at: { line: 0, column: 0 } };
  }
  const bad = badUtf8At(sample);
  // At the end of the sample, a character may be cut off.
  if (bad !== undefined && (isWhole || bad < sample.length - 3)) {
    const byte = (sample[bad] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      ...obstacle(
        `a table that is not UTF-8: here is byte 0x${byte}`,
        'Convert it from its own encoding, often WINDOWS-1252: iconv -f WINDOWS-1252 -t UTF-8 {file} > {stem}.utf8.csv',
      ),
      at: placeOf(sample, bad),
    };
  }
  const above = titleLines(sample, path, isWhole) ?? 0;
  if (above > 0) {
    const what = `a table whose column names are on line ${above + 1}, below ${plural(above, 'line')} of other text`;
    const next = `Remove the lines above: tail -n +${above + 1} {file} > {stem}.plain.csv`;
    return { ...obstacle(what, next), at: { line: 0, column: 0 } };
  }
  const twice = container.kind === 'csv' ? twiceIn(container.dialect.columns) : undefined;
  if (twice === undefined) return undefined;
  return {
    ...obstacle(
      `a table with two columns named ${JSON.stringify(twice)}, of which a record can hold one`,
      'Rename one of them in the first line',
    ),
    at: { line: 0, column: 0 },
  };
}

/** So many lines may stand above the header. */
const MAX_TITLE_LINES = 8;

/** The start of a table that shows whether it holds pairs. */
const TITLE_BYTES = 64 * 1024;

const JUDGED_ROWS = 16;

/** A cell that may be the name of a column. */
const NAME = /^[\p{L}_][\p{L}\p{N}_ .:/()-]{0,60}$/u;

/** Whether a text is a table with rows of a known schema. */
function showsPairs(text: Uint8Array, path: string, isWhole: boolean): boolean {
  const dialect = csvDialectOf(text, path, isWhole);
  const { columns, delimiter } = dialect;
  if (columns.length < 2 || !columns.every(({ name }) => NAME.test(name))) return false;
  const writer = new RowWriter(dialect);
  const [out, cutter] = [new TextSink(), new RowCutter(delimiter)];
  const rows = [...cutter.push(text), ...(isWhole ? cutter.end() : [])].slice(1, 1 + JUDGED_ROWS);
  const records = rows.flatMap(({ bytes }) => {
    out.length = 0;
    return writer.write(out, bytes) === columns.length ? [JSON.parse(decoder.decode(out.all)) as Json] : [];
  });
  return recognise(records.filter(isObject)) !== undefined;
}

/** How many lines stand above the header of a table of pairs; undefined if it has none. */
function titleLines(sample: Uint8Array, path: string, isWhole: boolean): number | undefined {
  const text = sample.subarray(0, TITLE_BYTES);
  const isAll = isWhole && text.length === sample.length;
  for (let [lines, at] = [0, 0]; lines <= MAX_TITLE_LINES; lines++) {
    if (showsPairs(text.subarray(at), path, isAll)) return lines;
    at = text.indexOf(LINE_FEED, at) + 1;
    if (at === 0) return undefined;
  }
  return undefined;
}

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  '\t': 'tabs',
  ';': 'semicolons',
  '|': 'vertical bars',
};

const KINDS: readonly (readonly [ColumnKind, string])[] = [
  ['number', 'as numbers'],
  ['boolean', 'as true or false'],
  ['json', 'as JSON'],
];

/** Sentences that say how a CSV file is read. */
export function csvReading({ columns, delimiter }: CsvDialect): readonly string[] {
  const named = (kind: ColumnKind): string =>
    listed(columns.flatMap((column) => (column.kind === kind ? [column.name] : [])));
  const typed = KINDS.flatMap(([kind, words]) => (named(kind) === '' ? [] : [`${named(kind)} ${words}`]));
  const python = named('python');
  return [
    `Cells are separated by ${DELIMITERS[delimiter] ?? delimiter}. Read ${[...typed, typed.length > 0 ? 'everything else as text' : 'everything as text'].join(', ')}.`,
    ...(python === ''
      ? []
      : [
          `${python}: this is a list or dict as Python prints it, not JSON, and is read as text. Write it with json.dumps, or convert the column: ast.literal_eval, then json.dumps.`,
        ]),
  ];
}
