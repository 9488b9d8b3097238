import type { CutRecord } from './model/record.ts';

/** Reads a dataset's bytes from the start, on every call. */
export type ByteStream = () => AsyncIterable<Uint8Array>;

/** Reads a dataset's records in order, on every call; with `wants`, only the records for which it returns true. */
export type RecordStream = (wants?: (record: number) => boolean) => AsyncIterable<CutRecord>;

/** Milliseconds, monotonic. */
export type Clock = () => number;
