// JSON Lines: a record is a line.
import { closeSync, readSync } from 'node:fs';

import type { Replacement } from '#core/edits/splice.ts';
import { LINE_FEED, RETURN } from '#core/json/marks.ts';
import type { RecordChange } from '#core/model/record.ts';
import { LineCutter, readRecords } from '#formats/lines.ts';

import { codecOf } from '../codec.ts';
import { openRegular, openRegularSync } from '../regularFile.ts';
import { readBlocks, readStored } from '../stored.ts';
import type { Container, OnBytes, RangeEnd, RecordAccess, Take } from './container.ts';
import { MIN_RANGE_BYTES } from './container.ts';

const NOTHING = new Uint8Array(0);

/** Offset after the first line end at or after `from`, or the end of the file. */
async function nextLineStart(path: string, from: number, size: number): Promise<number> {
  const handle = await openRegular(path);
  try {
    const block = Buffer.alloc(1 << 16);
    for (let at = from; at < size;) {
      const { bytesRead } = await handle.read(block, 0, block.length, at);
      if (bytesRead === 0) break;
      const newline = block.subarray(0, bytesRead).indexOf(LINE_FEED);
      if (newline >= 0) return at + newline + 1;
      at += bytesRead;
    }
    return size;
  } finally {
    await handle.close();
  }
}

/** Passes the records of a text to `take`. */
export async function takeLines(
  chunks: AsyncIterable<Uint8Array>,
  isFileStart: boolean,
  take: Take,
  onBytes?: OnBytes,
  max?: number,
): Promise<RangeEnd> {
  const cutter = new LineCutter(isFileStart, undefined, max);
  for await (const chunk of chunks) {
    for (const raw of cutter.push(chunk)) take(raw);
    onBytes?.(chunk.length);
  }
  for (const raw of cutter.end()) take(raw);
  return { lineCount: cutter.lineCount, isCut: true };
}

/** The same bytes: Node searches its own buffers twice as fast as others. */
export const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

/** A text's bytes, or a range of them. A compressed file is always a single range. */
export function textOf(path: string, start: number, end: number): AsyncIterable<Uint8Array> {
  return codecOf(path).decode?.(path, readStored(path, start, end)) ?? readBlocks(path, start, end);
}

/** Ranges of a text that are worth a thread each. */
export function rangeCount(path: string, size: number, width: number): number {
  return codecOf(path).decode ? 1 : Math.max(1, Math.min(width, Math.floor(size / MIN_RANGE_BYTES)));
}

/** Records of a text, by their bytes. */
export function openText(path: string): RecordAccess {
  let handle = openRegularSync(path);
  const close = (): void => {
    if (handle >= 0) closeSync(handle);
    handle = -1;
  };
  return {
    textPath: path,
    bytesOf(_record, byteStart, byteEnd) {
      if (handle < 0) return NOTHING;
      const bytes = new Uint8Array(byteEnd - byteStart);
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, byteStart));
    },
    lineEndAfter(byteEnd) {
      const next = new Uint8Array(2);
      const read = handle < 0 ? 0 : readSync(handle, next, 0, 2, byteEnd);
      if (read > 0 && next[0] === LINE_FEED) return byteEnd + 1;
      return read > 1 && next[0] === RETURN && next[1] === LINE_FEED ? byteEnd + 2 : byteEnd;
    },
    pause: close,
    resume: () => {
      handle = openRegularSync(path);
    },
    close,
  };
}

/** Replacements in a file's text. A dropped line loses its end too. */
export function replacementsOf(changes: readonly RecordChange[]): readonly Replacement[] {
  return changes.map(({ raw: { byteStart, byteEnd, lineEnd }, bytes, removed }) =>
    bytes
      ? { start: byteStart, end: byteEnd, bytes }
      : { ...(removed ?? { start: byteStart, end: lineEnd }), bytes: NOTHING },
  );
}

export const LINES: Container = {
  isTable: false,
  records:
    ({ bytes, maxRecordBytes }) =>
    (wants) =>
      readRecords(bytes(), wants, maxRecordBytes),
  async cut({ path, size }, width) {
    const count = rangeCount(path, size, width);
    const cuts = [0];
    for (let i = 1; i < count; i++) {
      const cut = await nextLineStart(path, Math.floor((size * i) / count), size);
      if (cut > (cuts.at(-1) ?? 0) && cut < size) cuts.push(cut);
    }
    return [...cuts, size];
  },
  readRange: async ({ path, start, end, maxRecordBytes }, take, onBytes) =>
    takeLines(textOf(path, start, end), start === 0, take, onBytes, maxRecordBytes),
  open: (_file, plainPath) => openText(plainPath),
  plan: (_file, changes, isLikelyInPlace) => ({
    replacements: async () => replacementsOf(await changes()),
    isLikelyInPlace,
  }),
};
