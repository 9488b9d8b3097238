// Fields of records as cells of a list, and the fields that a file has.
import type { FieldSeen, FieldType } from '#core/config/fieldsSeen.ts';
import { fieldsSeen } from '#core/config/fieldsSeen.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isList, jsonText } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { complete } from '#core/query/complete.ts';
import { columnValue, ratingsSeen } from '#core/query/ratings.ts';
import { spellValue } from '#core/query/syntax.ts';
import type { CellView, FieldColumn, QueryCompletion } from '#protocol/editor/rows.ts';
import type { ValueKind } from '#protocol/editor/valueKind.ts';

import type { OpenDataset } from '../dataset.ts';
import { sampleRecords } from '../selection/known.ts';

/** Characters of a text that a row has room for, and a few more. */
const SHOWN_CHARACTERS = 240;

/** How a text begins, in one line. */
export function start(text: string): string {
  return text
    .slice(0, 2 * SHOWN_CHARACTERS)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, SHOWN_CHARACTERS);
}

export function kindOf(value: Json): ValueKind {
  if (value === null) return 'null';
  if (value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) return 'empty';
  if (isList(value)) return 'list';
  return typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean' | 'object');
}

function cellOf(value: Json | undefined): CellView {
  const kind = value === undefined ? 'missing' : kindOf(value);
  if (value === undefined || kind === 'null' || kind === 'empty') return { kind, text: '' };
  return { kind, text: start(typeof value === 'string' ? value : jsonText(value)) };
}

/** The requested fields of a record, and ratings of a pair, by name. */
export function cellsOf(
  record: JsonObject | undefined,
  pair: Pair | undefined,
  columns: readonly string[],
): Readonly<Record<string, CellView>> {
  return Object.fromEntries(columns.map((name) => [name, cellOf(columnValue(record, pair, name))]));
}

const KINDS: Readonly<Record<FieldType, FieldColumn['kind']>> = {
  text: 'text',
  'JSON text': 'text',
  'Python text': 'text',
  number: 'number',
  'true or false': 'boolean',
  messages: 'list',
  'list of texts': 'list',
  'list of numbers': 'list',
  'list of objects': 'list',
  list: 'list',
  message: 'object',
  object: 'object',
};

function columnOf({ ref, types, share, example, values }: FieldSeen): FieldColumn {
  const kind = KINDS[types[0] ?? 'text'];
  return {
    name: ref,
    kind,
    share,
    example,
    isScalar: types.every((type) => KINDS[type] !== 'list' && KINDS[type] !== 'object'),
    ...(values && {
      values: values.map((value) => spellValue(typeof value === 'string' ? value : jsonText(value))),
    }),
  };
}

function readColumns(dataset: OpenDataset): readonly FieldColumn[] {
  const sample = sampleRecords(dataset);
  const { recognition } = dataset.survey;
  const ratings = recognition ? [...ratingsSeen(recognition.mapping, sample)] : [];
  return [
    ...fieldsSeen(sample).map(columnOf),
    ...ratings.map(([name, { example, share }]): FieldColumn => ({
      name,
      kind: 'number',
      share,
      example: String(example),
      isScalar: false,
      isRating: true,
    })),
  ];
}

/** Each letter of a query wants them. */
const columnsRead = new WeakMap<OpenDataset, { stamp: string; columns: readonly FieldColumn[] }>();

/** The fields of the records, in the order of their first appearance, and the ratings of the pairs. */
export function columnsOf(dataset: OpenDataset): readonly FieldColumn[] {
  const stamp = `${dataset.revision} ${dataset.isReady}`;
  const before = columnsRead.get(dataset);
  if (before?.stamp === stamp) return before.columns;
  const columns = readColumns(dataset);
  columnsRead.set(dataset, { stamp, columns });
  return columns;
}

/** How a query can go on at the cursor, by the fields of a file. */
export function completionsOf(
  dataset: OpenDataset,
  query: string,
  offset: number,
): readonly QueryCompletion[] {
  return complete(query, offset, columnsOf(dataset));
}
