// Where a file holds records of certain bytes.
import type { DataFile } from './dataFile.ts';

const keyOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** Reads the file once; the numbers of the records that hold exactly these bytes. */
export async function findRecords(
  file: DataFile,
  wanted: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<(bytes: Uint8Array) => readonly number[]> {
  const places = new Map<string, number[]>(wanted.map((bytes) => [keyOf(bytes), []]));
  const lengths = new Set(wanted.map(({ length }) => length));
  for await (const { record, bytes } of file.records()) {
    signal.throwIfAborted();
    if (lengths.has(bytes.length)) places.get(keyOf(bytes))?.push(record);
  }
  return (bytes) => places.get(keyOf(bytes)) ?? [];
}
