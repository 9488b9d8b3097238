import type { Place } from '../model/finding.ts';
import { byteOffsetInString, locate } from './scan.ts';

/** A half-open byte range, counted from the first byte of the record. */
export interface ByteRange {
  readonly byteStart: number;
  readonly byteEnd: number;
}

/** Turns a place into bytes. A place that is not there falls back to the whole record. */
export function resolvePlace(record: Uint8Array, place: Place): ByteRange {
  if (place.bytes) return { byteStart: place.bytes[0], byteEnd: place.bytes[1] };
  const span = locate(record, place.path) ?? locate(record, []);
  if (!span) return { byteStart: 0, byteEnd: record.length };
  if (place.part === 'key' && span.keyEnd > span.keyStart) {
    return { byteStart: span.keyStart, byteEnd: span.keyEnd };
  }
  if (place.within) {
    return {
      byteStart: byteOffsetInString(record, span.valueStart, place.within[0]),
      byteEnd: byteOffsetInString(record, span.valueStart, place.within[1]),
    };
  }
  return { byteStart: span.valueStart, byteEnd: span.valueEnd };
}
