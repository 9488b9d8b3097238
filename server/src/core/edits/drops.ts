// What a dropped record of a JSON document takes along: one comma, and the white space beside it. The other records keep
// their layout.
import type { ByteSpan } from '../model/record.ts';

/** The places of all records of a document, as its facts hold them. A fault between records has no bytes. */
export interface RecordPlaces {
  readonly byteStart: ArrayLike<number>;
  readonly byteEnd: ArrayLike<number>;
  readonly recordCount: number;
  /** The first records of its lists; absent if there is one list. */
  readonly lists?: readonly number[] | undefined;
}

/** The last record of [from, to) that is not dropped; before `from` if there is none. */
function lastKeptOf(from: number, to: number, isDropped: (record: number) => boolean): number {
  let last = to - 1;
  while (last >= from && isDropped(last)) last--;
  return last;
}

/**
 * The bytes that go with a dropped record. Up to the next record of its list; the last records of a list go from the end
 * of the record before. Undefined beside a fault: nobody knows which comma is too many or too few.
 * @param isDropped whether a record is dropped too
 */
export function removals(
  { byteStart, byteEnd, recordCount, lists = [] }: RecordPlaces,
  isDropped: (record: number) => boolean,
): (record: number) => ByteSpan | undefined {
  const isFault = (one: number): boolean => byteStart[one] === byteEnd[one];
  const lastKept = new Map<number, number>();
  return (record) => {
    const [start = 0, end = 0] = [byteStart[record], byteEnd[record]];
    const from = lists.findLast((first) => first <= record) ?? 0;
    const kept =
      lastKept.get(from) ?? lastKeptOf(from, lists.find((first) => first > record) ?? recordCount, isDropped);
    lastKept.set(from, kept);
    if (record < kept) return isFault(record + 1) ? undefined : { start, end: byteStart[record + 1] ?? end };
    if (record === from) return { start, end };
    return isFault(record - 1) ? undefined : { start: byteEnd[record - 1] ?? start, end };
  };
}
