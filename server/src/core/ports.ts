import type { CutRecord } from './model/record.ts';

/** Bytes of a dataset from first to last, each time it is called. */
export type ByteStream = () => AsyncIterable<Uint8Array>;

/** The records of a dataset in order, each time it is called; with `wants`, only those that it says yes to. */
export type RecordStream = (wants?: (record: number) => boolean) => AsyncIterable<CutRecord>;

/** Milliseconds that only ever rise. */
export type Clock = () => number;
