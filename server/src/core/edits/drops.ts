// What a dropped record of a JSON document takes along: one comma, and the white space beside it. The other records keep
// their layout.
import type { ByteSpan } from '../model/record.ts';

/** The places of all records of a document, as its facts hold them. A fault between records has no bytes. */
export interface RecordPlaces {
  readonly byteStart: ArrayLike<number>;
  readonly byteEnd: ArrayLike<number>;
}

/**
 * The bytes that go with a dropped record. Up to the next record; the last records of a document go from the end of the
 * record before. Undefined beside a fault: nobody knows which comma is too many or too few.
 * @param lastKept the last record that stays; −1 if none does
 */
export function removedWith(
  { byteStart, byteEnd }: RecordPlaces,
  record: number,
  lastKept: number,
): ByteSpan | undefined {
  const isFault = (one: number): boolean => byteStart[one] === byteEnd[one];
  const [start = 0, end = 0] = [byteStart[record], byteEnd[record]];
  if (record < lastKept)
    return isFault(record + 1) ? undefined : { start, end: byteStart[record + 1] ?? end };
  if (record === 0) return { start, end };
  return isFault(record - 1) ? undefined : { start: byteEnd[record - 1] ?? start, end };
}

/** The last of `count` records that is not dropped; −1 if there is none. */
export function lastKeptOf(count: number, isDropped: (record: number) => boolean): number {
  let last = count - 1;
  while (last >= 0 && isDropped(last)) last--;
  return last;
}
