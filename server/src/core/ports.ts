/** Bytes of a dataset from first to last, each time it is called. */
export type ByteStream = () => AsyncIterable<Uint8Array>;

/** Milliseconds that only ever rise. */
export type Clock = () => number;
