// Only what codecs use: a transform is a function from chunks to chunks.
type Chunks = AsyncIterable<Uint8Array>;

export interface WebTransform {
  over(chunks: Chunks): AsyncGenerator<Uint8Array>;
}

export const Readable = { from: (chunks: Chunks): Chunks => chunks };

export function pipeline(chunks: Chunks, transform: WebTransform): Chunks {
  return transform.over(chunks);
}

export class PassThrough {
  constructor() {
    throw new Error('stream: no pipes in a browser');
  }
}

export class Transform extends PassThrough {}
