// Detects files that are not JSON Lines, whatever their names say: other formats, and JSON documents.
import { encodingOf } from '#core/input/encoding.ts';
import { foreignOf, HEAD_BYTES } from '#core/input/foreign.ts';
import { documentObstacle, foreignObstacle, holdsRecords, TextInspector } from '#core/input/obstacle.ts';
import type { DocumentForm } from '#core/json/documentForm.ts';
import { MAX_HEAD_BYTES } from '#core/json/documentHead.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import { documentRecords, oneLine, TooLargeColumns } from '#core/json/documentRecords.ts';
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import { JsonSyntaxError } from '#core/json/scan.ts';
import { partsOf } from '#core/json/severalRecords.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { CutRecord } from '#core/model/record.ts';
import { isFaultBetween } from '#core/model/record.ts';
import type { ByteStream } from '#core/ports.ts';
import { DocumentCutter } from '#formats/documents.ts';
import { LineCutter, readRecords } from '#formats/lines.ts';

import { asUtf8 } from './containers/csvDialect.ts';
import type { DataFile, Inspection } from './dataFile.ts';
import { csvReading, inspectCsv } from './inspectCsv.ts';
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

async function* piecesOf({ path, codec, bytes, size }: DataFile): AsyncGenerator<Uint8Array> {
  // The system reports no size of some files.
  const isSmall = size > 0 && size <= FIRST_BYTES;
  if (codec.decode || isSmall) yield* bytes();
  else {
    yield* readBlocks(path, 0, FIRST_BYTES);
    yield* readBlocks(path, FIRST_BYTES);
  }
}

/** Reads the start of a file, or all of a JSON document. Throws if it can't be decompressed. */
export async function inspectFile(file: DataFile): Promise<Inspection> {
  const { path, codec, bytes } = file;
  const head = await headOf(path);
  if (file.container.kind === 'csv') {
    const found = await inspectCsv(file, head);
    return found ? { obstacle: found } : {};
  }
  const foreign = foreignOf(head, codec.name);
  if (foreign) return { obstacle: foreignObstacle(foreign) };
  if (codec.isTable || file.container.kind === 'document') return {};
  return inspectText(bytes, piecesOf(file));
}

/** @param pieces the same text as `bytes`, in pieces that suit its start */
async function inspectText(bytes: ByteStream, pieces: AsyncIterable<Uint8Array>): Promise<Inspection> {
  const inspector = new TextInspector();
  for await (const chunk of pieces) if (!inspector.push(chunk)) break;
  const found = inspector.end();
  if (found.foreign) return { obstacle: foreignObstacle(found.foreign) };
  const { shape } = found;
  if (!shape) return {};
  const at = shape.fault?.at;
  return { obstacle: documentObstacle(shape, at ? await columnOf(bytes, at.lineStart, at.byte) : 0), shape };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Records to examine. */
const MAX_JUDGED = 16;

/** Whether a file has pairs of a known schema, as JSON Lines or in a JSON document. */
export async function holdsPairs(file: DataFile): Promise<boolean> {
  const { obstacle } = await file.inspect();
  // A table in another encoding is named as what it is, so its reader says what is wrong.
  const isCsv = file.container.kind === 'csv';
  if (obstacle && !isCsv) return obstacle.hasPairs;
  const sample: JsonObject[] = [];
  let count = 0;
  for await (const raw of file.records()) {
    const bytes = isCsv ? encoder.encode(decoder.decode(raw.bytes)) : raw.bytes;
    sample.push(...objectsOf(parseRecord({ ...raw, bytes, byteEnd: raw.byteStart + bytes.length })));
    if (++count === MAX_JUDGED) break;
  }
  return recognise(sample) !== undefined;
}

/** The first objects of a JSON file. Reads at most a megabyte: such a file may be anything, of any size. */
export async function firstObjects(file: DataFile): Promise<readonly JsonObject[]> {
  const { container } = file;
  if (container.kind !== 'document' && container.kind !== 'lines') return [];
  const cutter = container.kind === 'document' ? new DocumentCutter(container.layout) : new LineCutter();
  const sample: JsonObject[] = [];
  let [count, length] = [0, 0];
  const take = (records: Iterable<CutRecord>): void => {
    for (const raw of records) if (count++ < MAX_JUDGED) sample.push(...objectsOf(parseRecord(raw)));
  };
  for await (const chunk of piecesOf(file)) {
    take(cutter.push(chunk.subarray(0, MAX_HEAD_BYTES - length)));
    length += chunk.length;
    if (count >= MAX_JUDGED || length >= MAX_HEAD_BYTES) break;
  }
  if (length < MAX_HEAD_BYTES) take(cutter.end());
  return sample;
}

/** A file for `convert`: the records of a JSON document become lines. */
export interface ReadableFile extends DataFile {
  /** Sentences that say how the file is read, where that is decided. */
  readonly reading: readonly string[];
  /** What the conversion loses from the document, and what is wrong with it. */
  readonly remarks: readonly string[];
}

/** Sentences that say how a file is read, where its format leaves that open. */
export function readingOf({ container }: DataFile): readonly string[] {
  return container.kind === 'csv' ? csvReading(container.dialect) : [];
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

/** The records of a document, each as one line, without the faults between them. */
async function* documentLines(
  file: DataFile,
  layout: DocumentLayout,
  wants: (record: number) => boolean,
  remarks: string[],
): AsyncGenerator<CutRecord> {
  remarks.length = 0;
  const cutter = new DocumentCutter(layout, { max: file.maxRecordBytes });
  const lists: string[] = [];
  let record = 0;
  const lines = function* (records: readonly CutRecord[]): Generator<CutRecord> {
    for (const raw of records) {
      if (raw.split !== undefined) lists.push(raw.split);
      if (isFaultBetween(raw)) remarks.push(`line ${raw.line + 1}: ${raw.fault ?? ''}`);
      else if (wants(record++)) yield { ...raw, record: record - 1, bytes: oneLine(raw.bytes) };
    }
  };
  for await (const chunk of file.bytes()) yield* lines(cutter.push(chunk));
  yield* lines(cutter.end());
  if (lists.length > 1)
    remarks.push(`the lists of the document follow each other, without their keys: ${lists.join(', ')}`);
  const others = [...cutter.otherFields];
  if (others.length > 0) remarks.push(`other fields of the document are left out: ${others.join(', ')}`);
}

/** A file in UTF-16 as one in UTF-8. */
async function inUtf8(file: DataFile): Promise<DataFile> {
  const isRead = file.container.kind === 'lines' && !file.codec.decode;
  if (!isRead || encodingOf(await headOf(file.path)) === undefined) return file;
  const bytes: ByteStream = () => asUtf8(file.path, file.bytes());
  return {
    ...file,
    bytes,
    records: (wants) => readRecords(bytes(), wants, file.maxRecordBytes),
    inspect: async () => inspectText(bytes, bytes()),
  };
}

/** The file with the records of its JSON document, in UTF-8. Throws if the document has none. */
export async function withRecords(stored: DataFile): Promise<ReadableFile> {
  const file = await inUtf8(stored);
  const { container } = file;
  if (container.kind === 'document') {
    const remarks: string[] = [];
    const { layout } = container;
    return {
      ...file,
      reading: [],
      remarks,
      records: (wants = () => true) => documentLines(file, layout, wants, remarks),
    };
  }
  const { obstacle, shape } = await file.inspect();
  if (!obstacle) {
    return { ...file, reading: readingOf(file), remarks: [], records: (wants) => partedRecords(file, wants) };
  }
  if (!shape || !holdsRecords(shape)) throw messages.obstacle(file.path, obstacle);
  const { form, fault } = shape;
  const wrong = fault?.what === 'end' ? ['the document breaks off: its last record is incomplete'] : [];
  return {
    ...file,
    reading: [],
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
