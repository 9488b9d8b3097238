// Values of a table whose type JSON does not have: what a conversion writes for them, by column.
import { fieldLabel } from '#core/convert/content.ts';
import type { Losses } from '#core/convert/losses.ts';
import type { CsvColumn } from '#core/input/csvDialect.ts';
import type { Json } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';
import type { ArrowField } from '#formats/arrow/schema.ts';
import type { Node } from '#formats/parquet/schema.ts';

import { arrowFieldsOf } from './containers/arrow.ts';
import type { DataFile } from './dataFile.ts';
import { fieldsOf } from './parquet/open.ts';

/** What changes in the values of a column. Undefined if nothing does. */
type Shape =
  | { readonly kind: 'leaf'; readonly what: string; readonly isTextOnly: boolean }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [name: string, shape: Shape])[] };

const BYTES = 'holds bytes, which are written as text, or as a data URI if they are not UTF-8';
const DATES = 'holds dates, which are written as text';
const TIMES = 'holds times, which are written as text';
const NUMBERS = 'holds decimals, which are written as numbers with all their digits';
const NO_NUMBER = 'holds NaN or infinity, which are written as text';

/** By the kinds of Arrow and Parquet. */
const CHANGES: Readonly<Record<string, string>> = {
  bytes: BYTES,
  fixed: BYTES,
  uuid: 'holds identifiers, which are written as text',
  date: DATES,
  time: TIMES,
  timestamp: TIMES,
  int96: TIMES,
  duration: 'holds durations, which are written as numbers without their unit',
  interval: 'holds intervals, which are written as objects',
  decimal: NUMBERS,
};

const FLOATS = new Set(['float', 'double', 'half']);

function leafOf(kind: string): Shape | undefined {
  if (FLOATS.has(kind)) return { kind: 'leaf', what: NO_NUMBER, isTextOnly: true };
  const what = CHANGES[kind];
  return what === undefined ? undefined : { kind: 'leaf', what, isTextOnly: false };
}

function fieldsShape<T extends { readonly name: string }>(
  fields: readonly T[],
  shapeOf: (field: T) => Shape | undefined,
): Shape | undefined {
  const changed = fields.flatMap((field): (readonly [string, Shape])[] => {
    const shape = shapeOf(field);
    return shape ? [[field.name, shape]] : [];
  });
  return changed.length === 0 ? undefined : { kind: 'fields', fields: changed };
}

const listOf = (element: Shape | undefined): Shape | undefined => element && { kind: 'list', element };

function parquetShape(node: Node): Shape | undefined {
  if (node.kind === 'leaf') return leafOf(node.meaning.kind);
  return node.kind === 'list' ? listOf(parquetShape(node.element)) : fieldsShape(node.fields, parquetShape);
}

function arrowShape({ type, children }: ArrowField): Shape | undefined {
  const [first, second] = children;
  if (type.kind === 'struct') return fieldsShape(children, arrowShape);
  if (type.kind === 'list' || type.kind === 'list view' || type.kind === 'fixed list')
    return listOf(first && arrowShape(first));
  // Of runs, the values stand second.
  if (type.kind === 'runs') return second && arrowShape(second);
  if (type.kind === 'bytes' || type.kind === 'view') return type.as === 'bytes' ? leafOf('bytes') : undefined;
  return leafOf(type.kind === 'fixed' && type.isUuid ? 'uuid' : type.kind);
}

const CELLS: Readonly<Record<CsvColumn['kind'], string | undefined>> = {
  text: undefined,
  number: 'holds cells that are no exact number, which are written as text',
  boolean: 'holds cells that are neither true nor false, which are written as text',
  json: 'holds cells that are not JSON, which are written as text',
  python: 'holds lists or dicts as Python prints them, which are written as text',
};

function csvShape({ kind }: CsvColumn): Shape | undefined {
  const what = CELLS[kind];
  return what === undefined ? undefined : { kind: 'leaf', what, isTextOnly: true };
}

function shapeOf({ path, container }: DataFile): Shape | undefined {
  if (container.kind === 'parquet') return fieldsShape(fieldsOf(path), parquetShape);
  if (container.kind === 'arrow') return fieldsShape(arrowFieldsOf(path), arrowShape);
  return container.kind === 'csv' ? fieldsShape(container.dialect.columns, csvShape) : undefined;
}

function count(shape: Shape, value: Json, path: readonly string[], add: (change: string) => void): void {
  if (shape.kind === 'leaf') {
    if (value !== null && (!shape.isTextOnly || typeof value === 'string'))
      add(`the column ${fieldLabel(path)} ${shape.what}`);
  } else if (shape.kind === 'list') {
    if (isList(value)) for (const one of value) count(shape.element, one, [...path, '[]'], add);
  } else if (isObject(value)) {
    for (const [field, own] of shape.fields) count(own, value[field] ?? null, [...path, field], add);
  }
}

/** Counts the values of a record that a conversion changes. */
export type CountChanges = (value: Json, record: number, losses: Losses) => void;

/** Undefined if the file has no column whose values change. */
export function changesIn(file: DataFile): CountChanges | undefined {
  const shape = shapeOf(file);
  return (
    shape &&
    ((value, record, losses) => {
      count(shape, value, [], (change) => {
        losses.add(change, record);
      });
    })
  );
}
