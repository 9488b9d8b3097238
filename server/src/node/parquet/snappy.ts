// Decompresses snappy data piece by piece. The library decompresses whole blocks, and takes longer for them: its output
// leaves the caches of the processor.
import type { Piece, PieceDecoder } from '#formats/parquet/pieces.ts';

/** Longest literal that is decoded: writers have none above the size of their blocks. */
const MAX_LITERAL = 1 << 16;

/** Longer ones are copied faster by the engine. */
const SHORT_LITERAL = 40;

/** The length at the beginning of snappy data, and how many bytes it takes. */
export function snappyHead(bytes: Uint8Array): { length: number; bytes: number } {
  let length = 0;
  for (let i = 0, unit = 1; i < 5; i++, unit *= 128) {
    const byte = bytes[i] ?? 0;
    length += (byte & 0x7f) * unit;
    if (byte < 0x80) return { length, bytes: i + 1 };
  }
  return { length, bytes: 5 };
}

/**
 * Source: the snappy format description (tags of literals and of copies with 1, 2 or 4 bytes of offset).
 * Four or eight bytes of a copy are written without a loop, and may be too many: the next tag writes over them.
 */
function decode(piece: Piece): boolean {
  const { input, isLast, out, until } = piece;
  let { at, to, from } = piece;
  const end = isLast ? input.length : input.length - SLACK;
  while (to < until && at < end) {
    const tag = input[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const size = length - 60;
        // With integers alone: a number that may be a fraction makes each step of the loop slower.
        length = 0;
        for (let i = 0; i < size; i++) length |= (input[at++] as number) << (8 * i);
        if (length < 0 || length >= MAX_LITERAL) return false;
        length++;
      }
      if (at + length > input.length) return false;
      if (length > SHORT_LITERAL) {
        out.set(input.subarray(at, at + length), to);
        at += length;
        to += length;
      } else for (const stop = to + length; to < stop;) out[to++] = input[at++] as number;
      continue;
    }
    const isShort = kind === 1;
    const length = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    let offset: number;
    if (isShort) {
      offset = ((tag >> 5) << 8) | (input[at++] as number);
    } else {
      offset = (input[at] as number) | ((input[at + 1] as number) << 8);
      at += 2;
      if (kind === 3) {
        // Above 31 bits it is negative.
        offset |= ((input[at] as number) << 16) | ((input[at + 1] as number) << 24);
        at += 2;
      }
    }
    let copied = to - offset;
    if (copied < from || offset <= 0) {
      if (copied < 0 || offset <= 0) return false;
      from = copied;
    }
    const stop = to + length;
    out[to] = out[copied] as number;
    out[to + 1] = out[copied + 1] as number;
    out[to + 2] = out[copied + 2] as number;
    out[to + 3] = out[copied + 3] as number;
    if (length > 4) {
      out[to + 4] = out[copied + 4] as number;
      out[to + 5] = out[copied + 5] as number;
      out[to + 6] = out[copied + 6] as number;
      out[to + 7] = out[copied + 7] as number;
      for (to += 8, copied += 8; to < stop;) out[to++] = out[copied++] as number;
    }
    to = stop;
  }
  piece.at = at;
  piece.to = to;
  piece.from = from;
  return at <= input.length;
}

/** A tag with the longest literal, and eight bytes of a copy that are too many. */
const SLACK = MAX_LITERAL + 16;

export const snappyPieces: PieceDecoder = {
  slack: SLACK,
  headOf(bytes, length) {
    const head = snappyHead(bytes);
    return head.length === length ? head.bytes : undefined;
  },
  decode,
};
