// Replacements in a stream of bytes: what is not replaced passes through untouched.

/** Replace the bytes [start, end) of a file's text by `bytes`. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** The stream with the replacements made. They must be in order and must not overlap. */
export async function* spliceStream(
  chunks: AsyncIterable<Uint8Array>,
  replacements: readonly Replacement[],
): AsyncGenerator<Uint8Array> {
  let next = 0;
  /** Where the chunk begins in the text. */
  let at = 0;
  for await (const chunk of chunks) {
    const end = at + chunk.length;
    let from = at;
    for (let one = replacements[next]; one && one.start < end; one = replacements[next]) {
      if (one.start >= from) {
        if (one.start > from) yield chunk.subarray(from - at, one.start - at);
        if (one.bytes.length > 0) yield one.bytes;
      }
      from = Math.max(from, Math.min(one.end, end));
      if (one.end > end) break;
      next++;
    }
    if (from < end) yield chunk.subarray(from - at);
    at = end;
  }
  // What is added behind the last byte.
  for (const one of replacements.slice(next)) if (one.start >= at && one.bytes.length > 0) yield one.bytes;
}
