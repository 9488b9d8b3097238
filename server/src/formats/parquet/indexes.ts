// Rebuilds a file's optional page indexes (page offsets and extremes) after a save.
import type { PageNumbers, RowEdits } from './encode.ts';
import type { PageRef, PageTable } from './pages.ts';
import { boundsOf } from './statistics.ts';
import type { ThriftStruct, ThriftValue } from './thrift.ts';
import { listIn, numberIn, setField, structOf, structsIn, T } from './thrift.ts';

/** Adjacent pages that become one page, or none if all their rows are dropped. */
export interface Segment {
  readonly refs: readonly PageRef[];
  /** Half-open range of the column's pages. */
  readonly numbers: readonly [first: number, end: number];
  /** Set when the stream reaches it; its bytes are then on disk. */
  made?: PageNumbers;
}

/** A changed column of a row group. */
export interface Touched {
  readonly table: PageTable;
  readonly edits: RowEdits;
  readonly segments: readonly Segment[];
}

/** Field numbers. */
const OFFSETS = { places: 1, byteArrayBytes: 2 };
const PLACE = { offset: 1, length: 2, firstRow: 3 };
const COLUMN = { isNull: 1, min: 2, max: 3, order: 4, nulls: 5, repetitions: 6, definitions: 7 };
const UNORDERED = 0;

/** For each page of the new column: the number of the old page, or the segment that replaces it. */
function* pagesAfter({ table, segments }: Touched): Generator<number | Touched['segments'][number]> {
  const byStart = new Map(segments.map((segment) => [segment.numbers[0], segment]));
  for (let number = 0; number < table.pages.length;) {
    const segment = byStart.get(number);
    if (!segment) yield number++;
    else {
      if ((segment.made?.count ?? 0) > 0) yield segment;
      number = segment.numbers[1];
    }
  }
}

/** An OffsetIndex with the new offsets. Undefined if the old one does not match the pages; it is then omitted. */
export function newOffsetIndex(
  old: ThriftStruct,
  touched: Touched | undefined,
  moved: (offset: number) => number,
): ThriftStruct | undefined {
  const places = structsIn(old, OFFSETS.places);
  const place = (offset: number, length: number, firstRow: number): ThriftStruct =>
    structOf([PLACE.offset, T.i64, offset], [PLACE.length, T.i32, length], [PLACE.firstRow, T.i64, firstRow]);
  if (!touched) {
    for (const one of places) setField(one, PLACE.offset, T.i64, moved(numberIn(one, PLACE.offset) ?? 0));
    return old;
  }
  const { pages } = touched.table;
  if (places.length !== pages.length) return undefined;
  const items: ThriftStruct[] = [];
  let row = 0;
  for (const page of pagesAfter(touched)) {
    const ref = typeof page === 'number' ? pages[page] : page.refs[0];
    const made = typeof page === 'number' ? undefined : page.made;
    if (!ref) return undefined;
    items.push(place(moved(ref.offset), made?.length ?? ref.headerLength + ref.compressedLength, row));
    row += made?.rows ?? ref.rows;
  }
  return structOf([OFFSETS.places, T.list, { itemType: T.struct, items }]);
}

const NOTHING = new Uint8Array(0);

/** A ColumnIndex for the new pages. Undefined if the old one does not match them, or if the order is unknown. */
export function newColumnIndex(old: ThriftStruct, touched: Touched): ThriftStruct | undefined {
  const { leaf, pages } = touched.table;
  /** The items of a list; undefined if they have the wrong type. */
  const itemsOf = (
    id: number,
    isItem: (item: ThriftValue) => boolean,
  ): readonly ThriftValue[] | undefined => {
    const items = listIn(old, id)?.items;
    return items?.every(isItem) ? items : undefined;
  };
  const isBytes = (item: ThriftValue): boolean => item instanceof Uint8Array;
  const lists = [
    itemsOf(COLUMN.isNull, (item) => typeof item === 'boolean'),
    itemsOf(COLUMN.min, isBytes),
    itemsOf(COLUMN.max, isBytes),
  ];
  const [isNull, min, max] = lists;
  const nulls = itemsOf(COLUMN.nulls, (item) => typeof item === 'number');
  if (!isNull || !min || !max || lists.some((items) => items?.length !== pages.length)) return undefined;
  const columns: Record<'isNull' | 'min' | 'max' | 'nulls', ThriftValue[]> = {
    isNull: [],
    min: [],
    max: [],
    nulls: [],
  };
  for (const page of pagesAfter(touched)) {
    if (typeof page === 'number') {
      columns.isNull.push(isNull[page] ?? false);
      columns.min.push(min[page] ?? NOTHING);
      columns.max.push(max[page] ?? NOTHING);
      columns.nulls.push(nulls?.[page] ?? 0);
      continue;
    }
    const { made } = page;
    const bounds = made?.extremes && boundsOf(leaf, made.extremes);
    const isEmpty = made?.count === made?.nulls;
    if (!bounds && !isEmpty) return undefined;
    columns.isNull.push(isEmpty);
    columns.min.push(bounds?.min ?? NOTHING);
    columns.max.push(bounds?.max ?? NOTHING);
    columns.nulls.push(made?.nulls ?? 0);
  }
  return structOf(
    [COLUMN.isNull, T.list, { itemType: T.true, items: columns.isNull }],
    [COLUMN.min, T.list, { itemType: T.binary, items: columns.min }],
    [COLUMN.max, T.list, { itemType: T.binary, items: columns.max }],
    [COLUMN.order, T.i32, UNORDERED],
    [COLUMN.nulls, T.list, nulls && { itemType: T.i64, items: columns.nulls }],
  );
}
