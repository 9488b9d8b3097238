import { groupBy } from '../group.ts';
import type { Place } from '../model/finding.ts';
import type { FieldSpan } from './scan.ts';
import { locateAll, unitWalker } from './scan.ts';

/** Half-open byte range, from the first byte of the record. */
export interface ByteRange {
  readonly byteStart: number;
  readonly byteEnd: number;
}

/** Resolves places to bytes, all in one pass. A place that does not exist becomes the whole record. */
export function resolvePlaces(record: Uint8Array, places: readonly Place[]): readonly ByteRange[] {
  const walked = places.filter(({ bytes }) => bytes === undefined);
  const spans = walked.length > 0 ? locateAll(record, [[], ...walked.map(({ path }) => path)]) : [];
  const [whole] = spans;
  const spanOf = new Map(walked.map((place, i) => [place, spans[i + 1] ?? whole]));
  const offsets = insideStrings(record, walked, spanOf);
  return places.map((place): ByteRange => {
    if (place.bytes) return { byteStart: place.bytes[0], byteEnd: place.bytes[1] };
    const span = spanOf.get(place);
    if (!span) return { byteStart: 0, byteEnd: record.length };
    if (place.part === 'key' && span.keyEnd > span.keyStart)
      return { byteStart: span.keyStart, byteEnd: span.keyEnd };
    return offsets.get(place) ?? { byteStart: span.valueStart, byteEnd: span.valueEnd };
  });
}

/** Ranges of places inside string values. Walks each string once, from its first place to its last. */
function insideStrings(
  record: Uint8Array,
  places: readonly Place[],
  spanOf: ReadonlyMap<Place, FieldSpan | undefined>,
): ReadonlyMap<Place, ByteRange> {
  const inside = places.filter(({ within, part }) => within !== undefined && part === 'value');
  const ranges = new Map<Place, ByteRange>();
  for (const [start, own] of groupBy(inside, (place) => spanOf.get(place)?.valueStart ?? -1)) {
    if (start < 0) continue;
    const units = own.flatMap(({ within }) => [...(within ?? [])]).sort((a, b) => a - b);
    const walk = unitWalker(record, start);
    const byteAt = new Map(units.map((unit) => [unit, walk(unit)]));
    for (const place of own) {
      const [from, to] = place.within ?? [0, 0];
      ranges.set(place, { byteStart: byteAt.get(from) ?? start, byteEnd: byteAt.get(to) ?? start });
    }
  }
  return ranges;
}

export function resolvePlace(record: Uint8Array, place: Place): ByteRange {
  return resolvePlaces(record, [place])[0] ?? { byteStart: 0, byteEnd: record.length };
}

/** A place in a text as editors count, from the start of the text: lines, and UTF-16 units in the line. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

const LINE_FEED = 0x0a;

/** Where each byte offset of a text is, in one pass. A record of a JSON document may span lines. */
export function positionsIn(
  bytes: Uint8Array,
  offsets: readonly number[],
): ReadonlyMap<number, TextPosition> {
  const positions = new Map<number, TextPosition>();
  let [at, line, character] = [0, 0, 0];
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    for (; at < offset; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === LINE_FEED) [line, character] = [line + 1, 0];
      // A character counts at its first byte; four-byte characters are two units.
      else if ((byte & 0xc0) !== 0x80) character += byte >= 0xf0 ? 2 : 1;
    }
    positions.set(offset, { line, character });
  }
  return positions;
}
