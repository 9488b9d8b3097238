// A JSON document: a record is an item of a list, or one of several objects, as it stands in the text.
import type { RecordPlaces } from '#core/edits/drops.ts';
import { removals } from '#core/edits/drops.ts';
import type { IsKnown } from '#core/json/documentCollector.ts';
import { layoutOf, MAX_HEAD_BYTES } from '#core/json/documentHead.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import { OPEN_OBJECT } from '#core/json/marks.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { messages, UserError } from '#core/messages.ts';
import type { CutRecord, RecordChange } from '#core/model/record.ts';
import { DocumentCutter, readDocument } from '#formats/documents.ts';
import { readRecords } from '#formats/lines.ts';

import type { Codec } from '../codec.ts';
import type { ContainerRef, DataFile } from '../dataFile.ts';
import { isJsonName } from '../paths.ts';
import { readBlocks, readStored } from '../stored.ts';
import type { Container, OnBytes, RangeEnd, Take } from './container.ts';
import { asBuffer, openText, rangeCount, replacementsOf, textOf } from './lines.ts';

/** The first look at a file. */
const FIRST_BYTES = 64 * 1024;

/** Without a seam so far behind a wanted boundary, the records there look different: there is no boundary. */
const MAX_SEEK_BYTES = 8 * 1024 * 1024;

async function* buffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield asBuffer(chunk);
}

/** The layout of a text's records, if it is a JSON document; reads no more of it than needed. */
async function findLayout(
  chunks: AsyncIterable<Uint8Array>,
  isNamedJson: boolean,
  isSmall: (bytes: number) => boolean,
): Promise<DocumentLayout | undefined> {
  let head = Buffer.alloc(0);
  const isKnown: IsKnown = (sample) => recognise(sample) !== undefined;
  for await (const chunk of chunks) {
    head = Buffer.concat([head, chunk.subarray(0, MAX_HEAD_BYTES - head.length)]);
    const found = layoutOf(head, isKnown, { isWhole: isSmall(head.length), isNamedJson });
    if (found === 'none') return undefined;
    if (found || head.length >= MAX_HEAD_BYTES) return found;
  }
  const found = layoutOf(head, isKnown, { isWhole: true, isNamedJson });
  return found === 'none' ? undefined : found;
}

async function* piecesOf(path: string, codec: Codec): AsyncGenerator<Uint8Array> {
  if (codec.decode) yield* codec.decode(path, readStored(path));
  else
    for (let at = 0; at < MAX_HEAD_BYTES; at = at * 4 || FIRST_BYTES)
      yield* readBlocks(path, at, at * 4 || FIRST_BYTES);
}

/** The container of a file that may be a JSON document; undefined if it is none, or unreadable. */
export async function documentAt(
  path: string,
  codec: Codec,
  size: number,
): Promise<ContainerRef | undefined> {
  try {
    const isSmall = (bytes: number): boolean => !codec.decode && bytes === size;
    const layout = await findLayout(piecesOf(path, codec), isJsonName(path), isSmall);
    return layout && { kind: 'document', layout };
  } catch (error) {
    // The reader of the file reports it.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The records of a stream that is read once: lines, or those of a JSON document. */
export async function* streamedRecords(stream: AsyncIterable<Uint8Array>): AsyncGenerator<CutRecord> {
  const chunks = stream[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  const start = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of rest()) {
      seen.push(chunk);
      yield chunk;
    }
  };
  const layout = await findLayout(start(), false, () => false);
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield* seen.splice(0);
    yield* rest();
  };
  yield* layout ? readDocument(buffers(whole()), layout) : readRecords(whole());
}

function layoutIn({ container }: Pick<DataFile, 'container'>): DocumentLayout {
  if (container.kind !== 'document') throw new Error(`document: ${container.kind}`);
  return container.layout;
}

/** Offset of the first record that seems to begin after `from`. Undefined if none is near. */
async function nextRecord(path: string, from: number, seam: Uint8Array): Promise<number | undefined> {
  const open = seam.indexOf(OPEN_OBJECT);
  let rest = Buffer.alloc(0);
  let at = from;
  for await (const chunk of readBlocks(path, from, from + MAX_SEEK_BYTES)) {
    const text = Buffer.concat([rest, chunk]);
    const found = text.indexOf(seam);
    if (found >= 0) return at + found + open;
    rest = text.subarray(Math.max(0, text.length - seam.length + 1));
    at += text.length - rest.length;
  }
  return undefined;
}

/** Passes the records of a text, or of a range of one, to `take`. */
export async function takeDocument(
  layout: DocumentLayout,
  chunks: AsyncIterable<Uint8Array>,
  take: Take,
  {
    isInside = false,
    isInner = false,
    max,
  }: { isInside?: boolean; isInner?: boolean; max?: number | undefined },
  onBytes?: OnBytes,
): Promise<RangeEnd> {
  const cutter = new DocumentCutter(layout, { isInside, max });
  for await (const chunk of buffers(chunks)) {
    for (const raw of cutter.push(chunk)) take(raw);
    onBytes?.(chunk.length);
  }
  if (!isInner) for (const raw of cutter.end()) take(raw);
  return { lineCount: cutter.lineCount, isCut: !isInner || cutter.isBetween };
}

/** The places of all records. Reads the file once. */
async function placesOf(file: DataFile): Promise<RecordPlaces> {
  const [byteStart, byteEnd, lists]: [number[], number[], number[]] = [[], [], []];
  // Without their bytes.
  for await (const raw of readDocument(buffers(file.bytes()), layoutIn(file), undefined, 0)) {
    byteStart.push(raw.byteStart);
    byteEnd.push(raw.byteEnd);
    if (raw.split !== undefined) lists.push(raw.record);
  }
  return { byteStart, byteEnd, recordCount: byteStart.length, lists };
}

/** The changes, with the bytes that go with each dropped record. Throws beside a fault of the document. */
async function withRemoved(
  file: DataFile,
  changes: readonly RecordChange[],
): Promise<readonly RecordChange[]> {
  if (!changes.some(({ bytes, removed }) => bytes === null && !removed)) return changes;
  const places = await placesOf(file);
  const dropped = new Set(changes.flatMap(({ raw, bytes }) => (bytes === null ? [raw.record] : [])));
  const removedWith = removals(places, (record) => dropped.has(record));
  return changes.map((change) => {
    if (change.bytes !== null) return change;
    const removed = removedWith(change.raw.record);
    if (!removed) throw messages.dropBesideFault(file.path, change.raw.record);
    return { ...change, removed };
  });
}

export const DOCUMENT: Container = {
  isTable: false,
  records: (file) => (wants) =>
    readDocument(buffers(file.bytes()), layoutIn(file), wants, file.maxRecordBytes),
  async cut(file, width) {
    const { path, size } = file;
    const { seam, path: list = [] } = layoutIn(file);
    // A list in an object has that object's name in its own, which is not to be seen in the middle.
    const count = seam === undefined || list.length > 1 ? 1 : rangeCount(path, size, width);
    const cuts = [0];
    for (let i = 1; i < count; i++) {
      const cut = await nextRecord(path, Math.floor((size * i) / count), Buffer.from(seam ?? ''));
      if (cut !== undefined && cut > (cuts.at(-1) ?? 0)) cuts.push(cut);
    }
    return [...cuts, size];
  },
  async readRange({ path, container, start, end, isInner = false, maxRecordBytes }, take, onBytes) {
    const options = { isInside: start > 0, isInner, max: maxRecordBytes };
    return takeDocument(layoutIn({ container }), textOf(path, start, end), take, options, onBytes);
  },
  open: (_file, plainPath) => openText(plainPath),
  plan: (file, changes, isLikelyInPlace) => ({
    replacements: async () => replacementsOf(await withRemoved(file, await changes())),
    isLikelyInPlace,
  }),
};
