// Only what codecs use: a transform is a function from chunks to chunks.
type Chunks = AsyncIterable<Uint8Array>;

export interface WebTransform {
  over(chunks: Chunks): AsyncGenerator<Uint8Array>;
}

export const Readable = { from: (chunks: Chunks): Chunks => chunks };

export function pipeline(chunks: Chunks, transform: WebTransform): Chunks {
  return transform.over(chunks);
}

/** Of a program's output. */
export function PassThrough(): never {
  throw new Error('stream: a browser starts no programs');
}
