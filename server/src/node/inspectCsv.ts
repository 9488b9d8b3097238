// What stands in the way of reading a CSV file, and how we read one.
import type { ColumnKind, CsvColumn, CsvDialect } from '#core/input/csvDialect.ts';
import { foreignOf } from '#core/input/foreign.ts';
import type { Obstacle } from '#core/input/obstacle.ts';
import { foreignObstacle } from '#core/input/obstacle.ts';
import { badUtf8At } from '#core/json/parseRecord.ts';

import { csvSample } from './containers/csv.ts';
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
    columns
      .filter((column) => column.kind === kind)
      .map(({ name }) => name)
      .join(', ');
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
