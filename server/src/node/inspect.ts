// What a file is before it is read as records: another format, or one JSON document, whatever its name says.
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

/** Pieces of a file that is not packed are small at first: most files are settled by their first lines. */
const FIRST_BYTES = 64 * 1024;

async function headOf(path: string): Promise<Uint8Array> {
  for await (const chunk of readBlocks(path, 0, HEAD_BYTES)) return new Uint8Array(chunk);
  return new Uint8Array(0);
}

/** UTF-16 units of a line before a byte. */
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

/** Looks at the head of a file, and at all of a JSON document. Throws where it cannot be unpacked. */
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

/** Records by which a file is judged. */
const MAX_JUDGED = 16;

/** Whether a file holds pairs of a known schema: as JSON Lines, or as the records of a JSON document. */
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

/** A file as `convert` reads it: of a JSON document the records, each as one line. */
export interface ReadableFile extends DataFile {
  /** What of the document does not get into its records, and what is wrong with it. */
  readonly remarks: readonly string[];
}

/** What is not part of any record. */
function leftBehind(form: DocumentForm): readonly string[] {
  if (form.kind === 'by key') return ['the names that the document gives to its records are left out'];
  if (form.kind !== 'keyed' || form.others.length === 0) return [];
  return [`fields of the document beside its records are left out: ${form.others.slice(0, 12).join(', ')}`];
}

/** The records of lines, those that share a line one after the other. Records behind such a line have other numbers. */
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

/** The file with the records of its JSON document. Throws what it is where it holds none. */
export async function withRecords(file: DataFile): Promise<ReadableFile> {
  const { obstacle, shape } = await file.inspect();
  if (!obstacle) return { ...file, remarks: [], records: (wants) => partedRecords(file, wants) };
  if (!shape || !holdsRecords(shape)) throw messages.obstacle(file.path, obstacle);
  const { form, fault } = shape;
  const wrong = fault?.what === 'end' ? ['the document breaks off: its last record is not whole'] : [];
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
