// Detects files that are not JSON Lines, whatever their names say: other formats, and JSON documents.
import { foreignOf, HEAD_BYTES } from '#core/input/foreign.ts';
import { documentObstacle, foreignObstacle, holdsRecords, TextInspector } from '#core/input/obstacle.ts';
import { documentRecords, TooLargeColumns } from '#core/json/documentRecords.ts';
import type { DocumentForm } from '#core/json/documentShape.ts';
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import { JsonSyntaxError } from '#core/json/scan.ts';
import { partsOf } from '#core/json/severalRecords.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { CutRecord } from '#core/model/record.ts';
import type { ByteStream } from '#core/ports.ts';

import type { DataFile, Inspection } from './dataFile.ts';
import { readBlocks } from './stored.ts';

/** Small chunks at first, for an uncompressed file: the first lines usually decide. */
const FIRST_BYTES = 64 * 1024;

async function headOf(path: string): Promise<Uint8Array> {
  for await (const chunk of readBlocks(path, 0, HEAD_BYTES)) return new Uint8Array(chunk);
  return new Uint8Array(0);
}

/** Column of a byte in its line, in UTF-16 units. */
async function columnOf(bytes: ByteStream, lineStart: number, byte: number): Promise<number> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let [at, units] = [0, 0];
  for await (const chunk of bytes()) {
    const part = chunk.subarray(Math.max(0, lineStart - at), Math.max(0, byte - at));
    units += decoder.decode(part, { stream: true }).length;
    at += chunk.length;
    if (at >= byte) break;
  }
  return units;
}

async function* piecesOf({ path, codec, bytes }: DataFile): AsyncGenerator<Uint8Array> {
  if (codec.decode) yield* bytes();
  else {
    yield* readBlocks(path, 0, FIRST_BYTES);
    yield* readBlocks(path, FIRST_BYTES);
  }
}

/** Reads the start of a file, or all of a JSON document. Throws if it can't be decompressed. */
export async function inspectFile(file: DataFile): Promise<Inspection> {
  const { path, codec, bytes } = file;
  const foreign = foreignOf(await headOf(path), codec.name);
  if (foreign) return { obstacle: foreignObstacle(foreign) };
  if (codec.isTable) return {};
  const inspector = new TextInspector();
  for await (const chunk of piecesOf(file)) if (!inspector.push(chunk)) break;
  const found = inspector.end();
  if (found.foreign) return { obstacle: foreignObstacle(found.foreign) };
  const { shape } = found;
  if (!shape) return {};
  const at = shape.fault?.at;
  return { obstacle: documentObstacle(shape, at ? await columnOf(bytes, at.lineStart, at.byte) : 0), shape };
}

/** Records to examine. */
const MAX_JUDGED = 16;

/** Whether a file has pairs of a known schema, as JSON Lines or in a JSON document. */
export async function holdsPairs(file: DataFile): Promise<boolean> {
  const { obstacle } = await file.inspect();
  if (obstacle) return obstacle.hasPairs;
  const sample: JsonObject[] = [];
  let count = 0;
  for await (const raw of file.records()) {
    sample.push(...objectsOf(parseRecord(raw)));
    if (++count === MAX_JUDGED) break;
  }
  return recognise(sample) !== undefined;
}

/** A file for `convert`: the records of a JSON document become lines. */
export interface ReadableFile extends DataFile {
  /** What the conversion loses from the document, and what is wrong with it. */
  readonly remarks: readonly string[];
}

/** Parts of the document outside all records. */
function leftBehind(form: DocumentForm): readonly string[] {
  if (form.kind === 'by key') return ['the keys of the records are left out'];
  if (form.kind !== 'keyed' || form.others.length === 0) return [];
  return [`other fields of the document are left out: ${form.others.slice(0, 12).join(', ')}`];
}

/** Splits lines that hold several records. The records after such a line get other numbers. */
async function* partedRecords(
  file: DataFile,
  wants: (record: number) => boolean = () => true,
): AsyncGenerator<CutRecord> {
  let record = 0;
  for await (const raw of file.records()) {
    const parsed = parseRecord(raw);
    const separators = 'fault' in parsed ? parsed.fault.separate : undefined;
    const parts = separators ? partsOf(raw.bytes, separators) : [raw.bytes];
    for (const bytes of parts) {
      if (wants(record)) yield { ...raw, record, bytes, byteEnd: raw.byteStart + bytes.length };
      record++;
    }
  }
}

/** The file with the records of its JSON document. Throws if the document has none. */
export async function withRecords(file: DataFile): Promise<ReadableFile> {
  const { obstacle, shape } = await file.inspect();
  if (!obstacle) return { ...file, remarks: [], records: (wants) => partedRecords(file, wants) };
  if (!shape || !holdsRecords(shape)) throw messages.obstacle(file.path, obstacle);
  const { form, fault } = shape;
  const wrong = fault?.what === 'end' ? ['the document breaks off: its last record is incomplete'] : [];
  return {
    ...file,
    remarks: [...leftBehind(form), ...wrong],
    inspect: async () => Promise.resolve({}),
    records: async function* (wants) {
      try {
        for await (const raw of documentRecords(file.bytes(), form))
          if (wants?.(raw.record) ?? true) yield raw;
      } catch (error) {
        if (error instanceof JsonSyntaxError)
          throw messages.brokenDocument(file.path, error.offset, error.message);
        if (error instanceof TooLargeColumns) throw messages.tooLargeColumns(file.path);
        throw error;
      }
    },
  };
}
