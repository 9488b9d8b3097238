// Applies replacements to a stream of bytes. Everything else passes through unchanged.

/** Replaces bytes [start, end) of a file's text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** A replacement whose bytes are computed only when the stream reaches it. */
export interface LateReplacement extends Omit<Replacement, 'bytes'> {
  readonly bytes: Uint8Array | (() => Uint8Array);
}

function bytesOf({ bytes }: LateReplacement): Uint8Array {
  return typeof bytes === 'function' ? bytes() : bytes;
}

/** The replacements must be in order and must not overlap. */
export async function* spliceStream(
  chunks: AsyncIterable<Uint8Array>,
  replacements: readonly LateReplacement[],
): AsyncGenerator<Uint8Array> {
  let next = 0;
  /** Offset of the chunk in the text. */
  let at = 0;
  for await (const chunk of chunks) {
    const end = at + chunk.length;
    let from = at;
    for (let one = replacements[next]; one && one.start < end; one = replacements[next]) {
      if (one.start >= from) {
        if (one.start > from) yield chunk.subarray(from - at, one.start - at);
        const bytes = bytesOf(one);
        if (bytes.length > 0) yield bytes;
      }
      from = Math.max(from, Math.min(one.end, end));
      if (one.end > end) break;
      next++;
    }
    if (from < end) yield chunk.subarray(from - at);
    at = end;
  }
  // Insertions after the last byte.
  for (const one of replacements.slice(next)) {
    const bytes = one.start >= at ? bytesOf(one) : undefined;
    if (bytes && bytes.length > 0) yield bytes;
  }
}
