import type { DataFile } from './dataFile.ts';

const keyOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** Numbers of the records with exactly these bytes. Reads the file once. */
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
