// Small makers of engine inputs: records from lines, byte streams from chunks, seeded texts.
import type { Survey } from '#core/dataset/survey.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import { LineCutter, readRecords } from '#formats/lines.ts';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
export const decode = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

export function recordOf(line: string | Uint8Array): RawRecord {
  const bytes = typeof line === 'string' ? encode(line) : line;
  return { record: 0, line: 0, byteStart: 0, byteEnd: bytes.length, bytes };
}

/**
 * The records of a file, read in chunks of `size` bytes. Bytes are copied, because they outlive the cutter.
 */
export function cut(file: Uint8Array, size = file.length || 1): RawRecord[] {
  const cutter = new LineCutter();
  const records: RawRecord[] = [];
  const keep = (found: Iterable<RawRecord>): void => {
    for (const raw of found) records.push({ ...raw, bytes: raw.bytes.slice() });
  };
  for (let at = 0; at < file.length; at += size) keep(cutter.push(file.subarray(at, at + size)));
  keep(cutter.end());
  return records;
}

export function survey(text: string | Uint8Array): Survey {
  const surveyor = new Surveyor();
  for (const raw of cut(typeof text === 'string' ? encode(text) : text)) surveyor.add(raw);
  return surveyor.end();
}

/** A stream of one file, in chunks. */
export function streamOf(file: Uint8Array, size = 1 << 16): () => AsyncIterable<Uint8Array> {
  return async function* () {
    for (let at = 0; at < file.length; at += size) yield await Promise.resolve(file.subarray(at, at + size));
  };
}

/** The records of bytes, read in chunks of this size. */
export function recordsOf(file: Uint8Array, size?: number): RecordStream {
  return (wants) => readRecords(streamOf(file, size)(), wants);
}

/** Surveys records on this thread. */
export async function surveyRecords(records: RecordStream): Promise<Survey> {
  const surveyor = new Surveyor();
  for await (const raw of records()) surveyor.add(raw);
  return surveyor.end();
}
