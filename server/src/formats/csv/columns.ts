// What the cells of a CSV column mean. A table of text has no types, so the columns decide, by rules that lose nothing:
//
// - A column is of numbers if each cell of the sample is a JSON number that a double holds exactly: `007`, `1e400` and
//   numbers of 20 digits make it a column of text. In the same way a column is of booleans or of JSON.
// - A column whose name belongs to a prompt or an answer is text: the answer to a sum may be `42`. It is JSON only if
//   each cell is a message or a list of messages, or a list under a name in the plural.
// - A cell that differs from the sample stays text. An empty cell is "" in a column of text, or else null.
import type { ColumnKind, CsvDialect } from '#core/input/csvDialect.ts';
import { findJsonFault } from '#core/json/scan.ts';
import { isMessage } from '#core/mapping/message.ts';
import { mayHoldText } from '#core/model/fieldNames.ts';
import type { Json } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';

import type { TextSink } from '../textSink.ts';
import { Cell } from './rows.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Any decimal of so many digits survives a double. Source: IEEE 754, DBL_DIG. */
const SAFE_DIGITS = 15;

/** True for a JSON number that a double holds without loss. */
export function isExactNumber(text: string): boolean {
  if (text.length > 40 || !NUMBER.test(text)) return false;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  if (digits.length <= SAFE_DIGITS) return value !== 0 || digits === '';
  return String(value) === text;
}

const BOOLEANS: ReadonlyMap<string, string> = new Map(
  ['true', 'True', 'TRUE'].flatMap((yes, i) => [
    [yes, 'true'],
    [['false', 'False', 'FALSE'][i] ?? '', 'false'],
  ]),
);

function parseContainer(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isList(value) || isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether such a value belongs into a column of this name: several answers are a list, one answer is a text. */
function fitsName(name: string, value: Json): boolean {
  if (!mayHoldText(name) || isMessage(value)) return true;
  return isList(value) && (/[^s]s$/i.test(name) || value.every(isMessage));
}

/** A list or dict as Python or NumPy prints it. */
const PYTHON = /^\s*(?:\[\s*)?\{\s*'[^']*'\s*:|^\s*\[\s*'|^\s*array\(\[/;

/** Decides from the cells of a sample. */
export function kindOf(name: string, cells: readonly string[]): ColumnKind {
  const filled = cells.filter((cell) => cell !== '');
  if (filled.length === 0) return 'text';
  const values = filled.map(parseContainer);
  if (values.every((value) => value !== undefined && fitsName(name, value))) return 'json';
  if (filled.every((cell) => PYTHON.test(cell) && parseContainer(cell) === undefined)) return 'python';
  if (mayHoldText(name)) return 'text';
  if (filled.every(isExactNumber)) return 'number';
  return filled.every((cell) => BOOLEANS.has(cell)) ? 'boolean' : 'text';
}

/**
 * The names of the columns, without the spaces around them that people write. pandas writes its index without a name;
 * readers call it "Unnamed: 0".
 */
export function columnNames(header: readonly string[]): string[] {
  return header.map((name, i) => name.trim() || `Unnamed: ${i}`);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NULL = encoder.encode('null');
const [LINE_FEED, RETURN, SPACE] = [0x0a, 0x0d, 0x20];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/** A JSON text of several lines on one line: outside strings, JSON has line ends only as white space. */
function onOneLine(json: Uint8Array): Uint8Array {
  return json.map((byte) => (byte === LINE_FEED || byte === RETURN ? SPACE : byte));
}

function isContainer(cell: Uint8Array): boolean {
  const first = cell.find((byte) => byte > SPACE);
  return (first === 0x5b || first === 0x7b) && findJsonFault(cell) === undefined;
}

type WriteCell = (out: TextSink, cell: Uint8Array) => void;

const writeText: WriteCell = (out, cell) => {
  out.text(cell, 0, cell.length);
};

/** Writes what fits, an empty cell as null, and everything else as text. */
const orText =
  (write: (out: TextSink, cell: Uint8Array) => boolean): WriteCell =>
  (out, cell) => {
    if (cell.length === 0) out.bytes(NULL);
    else if (!write(out, cell)) writeText(out, cell);
  };

const WRITERS: Readonly<Record<ColumnKind, WriteCell>> = {
  text: writeText,
  python: writeText,
  number: orText((out, cell) => {
    const fits = cell.length <= 40 && isExactNumber(decoder.decode(cell));
    if (fits) out.bytes(cell);
    return fits;
  }),
  boolean: orText((out, cell) => {
    const word = cell.length <= 5 ? BOOLEANS.get(decoder.decode(cell)) : undefined;
    if (word !== undefined) out.ascii(word);
    return word !== undefined;
  }),
  json: orText((out, cell) => {
    const fits = isContainer(cell);
    if (fits) out.bytes(onOneLine(cell));
    return fits;
  }),
};

/** Writes rows as lines of JSON. Invalid UTF-8 stays as it is: the record then says so. */
export class RowWriter {
  readonly #keys: readonly Uint8Array[];
  readonly #writers: readonly WriteCell[];
  readonly #delimiter: number;
  readonly #cell = new Cell();

  constructor({ columns, delimiter }: Pick<CsvDialect, 'columns' | 'delimiter'>) {
    this.#keys = columns.map(({ name }, i) => encoder.encode(`${i > 0 ? ',' : ''}${JSON.stringify(name)}:`));
    this.#writers = columns.map(({ kind }) => WRITERS[kind]);
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /**
   * Returns the number of cells: if it is not that of the columns, what was written is no record.
   * @param starts gets the offset of each cell in the line
   */
  write(out: TextSink, row: Uint8Array, starts?: number[]): number {
    const cell = this.#cell;
    let count = 0;
    out.byte(OPEN_OBJECT);
    for (let at = 0; at <= row.length; at++) {
      at = cell.read(row, at, this.#delimiter);
      const [key, write] = [this.#keys[count], this.#writers[count]];
      count++;
      if (!key || !write) continue;
      starts?.push(out.length);
      out.bytes(key);
      write(out, cell.textIn(row));
    }
    out.byte(CLOSE_OBJECT);
    return count;
  }
}
