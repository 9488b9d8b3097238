// Merges two JSON Lines files that come from a third one. Every record of the result has the bytes of the side that it
// was taken from.
import { createHash } from 'node:crypto';

import type { MergePiece, MergeSide, MergeVersion } from '#core/history/merge.ts';
import { mergeVersions } from '#core/history/merge.ts';
import { DIGEST_WORDS, Version } from '#core/history/versionKeys.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { heldFrom, recogniseAs } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';

import { cardFor } from './card.ts';
import { codecOf } from './codec.ts';
import { configuredMapping } from './config.ts';
import type { RecordAccess } from './containers/container.ts';
import { openAccess } from './containers/containers.ts';
import type { DataFile } from './dataFile.ts';
import { digestWords } from './digest.ts';
import { openFile } from './files.ts';
import { sampleOf } from './surveyFile.ts';
import { writeWhole } from './write.ts';

export interface MergePaths {
  readonly base: string;
  /** The result replaces it. */
  readonly ours: string;
  readonly theirs: string;
}

export interface MergeOptions {
  /** The name of the file: the three files may have others. */
  readonly name: string;
  readonly markerSize: number;
  readonly maxRecordBytes: number;
  readonly signal: AbortSignal;
}

interface MergeFile extends MergeVersion {
  readonly file: DataFile;
  readonly access: RecordAccess;
  /** Where the first record may begin: behind a byte order mark. */
  readonly start: number;
  /** Of each record: where the blank lines before it begin. One more for the end of the file's last record. */
  readonly starts: Float64Array;
}

const BOM = [0xef, 0xbb, 0xbf];

async function openMergeFile(path: string, { name, maxRecordBytes }: MergeOptions): Promise<DataFile> {
  const codec = codecOf(name);
  const file = await openFile(path, maxRecordBytes);
  if (codec.decode || codec.isTable || file.container.kind !== 'lines' || file.codec.decode)
    throw messages.mergeKind(name);
  const { obstacle } = await file.inspect();
  if (obstacle && file.size > 0) throw messages.obstacle(name, obstacle);
  return file;
}

async function recognised(
  file: DataFile,
  name: string,
  base: Recognition | undefined,
): Promise<Recognition | undefined> {
  const sample = await sampleOf(file);
  if (sample.length === 0) return base;
  return recogniseAs(configuredMapping(name), sample, { card: cardFor(name), held: base && heldFrom(base) });
}

async function readMergeFile(
  file: DataFile,
  recognition: Recognition | undefined,
  { name, signal }: MergeOptions,
): Promise<MergeFile> {
  const access = openAccess(file, file.path);
  const version = new Version();
  const head = access.bytesOf(0, 0, Math.min(BOM.length, file.size));
  const start = BOM.every((byte, i) => head[i] === byte) ? BOM.length : 0;
  const starts: number[] = [];
  const digests: number[] = [];
  let at = start;
  for await (const raw of file.records()) {
    signal.throwIfAborted();
    const { byteStart, byteEnd, lineEnd, bytes, line } = raw;
    if (bytes.length !== byteEnd - byteStart) throw messages.mergeTooLong(name, line + 1);
    version.add(raw, { recognition, pairsOnly: false }, digestWords);
    const hash = createHash('sha256');
    if (byteStart > at) hash.update(access.bytesOf(raw.record, at, byteStart));
    hash.update(bytes);
    // Only the last line may end in another way than its length says.
    hash.update(
      lineEnd === file.size
        ? access.bytesOf(raw.record, byteEnd, lineEnd)
        : byteEnd + 1 === lineEnd
          ? '\n'
          : '\r\n',
    );
    const digest = hash.digest();
    for (let i = 0; i < DIGEST_WORDS; i++) digests.push(digest.readUInt32LE(4 * i));
    starts.push(at);
    at = lineEnd;
  }
  starts.push(at);
  await file.assertSame();
  return {
    file,
    access,
    start,
    columns: version.columns,
    count: version.count,
    bytes: Uint32Array.from(digests),
    starts: Float64Array.from(starts),
  };
}

/** Bytes to read at once. */
const MAX_READ = 1 << 20;

const LF = 0x0a;

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Bytes [from, to) of a file, in blocks. */
function* blocksOf({ access }: MergeFile, from: number, to: number): Generator<Uint8Array> {
  for (let at = from; at < to; at += MAX_READ) yield access.bytesOf(0, at, Math.min(to, at + MAX_READ));
}

interface MergeFiles {
  readonly base: MergeFile;
  readonly ours: MergeFile;
  readonly theirs: MergeFile;
}

/** Bytes of a part that is no record: ours if we changed it, or else theirs. */
function otherBytes(
  { base, ours, theirs }: MergeFiles,
  rangeOf: (file: MergeFile) => readonly [number, number],
): Uint8Array {
  const [was, our, their] = [base, ours, theirs].map((file) =>
    Buffer.concat([...blocksOf(file, ...rangeOf(file))]),
  ) as [Buffer, Buffer, Buffer];
  return our.equals(was) ? their : our;
}

/** The line end of a file's first record: what we write uses the same. */
function lineEndOf({ access, columns, count }: MergeFile): string {
  const end = columns.byteEnd[0] ?? 0;
  return count > 0 && access.lineEndAfter(end) - end === 2 ? '\r\n' : '\n';
}

/** The merged text. Counts conflicts. */
async function* mergedText(
  files: MergeFiles,
  pieces: Iterable<MergePiece>,
  markerSize: number,
  onConflict: () => void,
): AsyncGenerator<Uint8Array> {
  const lineEnd = lineEndOf(files.ours.count > 0 ? files.ours : files.theirs);
  const marker = (sign: string, label: string): Uint8Array =>
    text(`${sign.repeat(markerSize)}${label}${lineEnd}`);
  let last = LF;
  const noted = function* (blocks: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const block of blocks) {
      if (block.length === 0) continue;
      last = block.at(-1) ?? LF;
      yield block;
    }
  };
  /** The last line of a file may have no end, and here another one follows. */
  const ended = function* (): Generator<Uint8Array> {
    if (last !== LF) yield* noted([text(lineEnd)]);
  };
  const recordsOf = function* (side: MergeSide, from: number, to: number): Generator<Uint8Array> {
    const { starts } = files[side];
    yield* ended();
    yield* noted(blocksOf(files[side], starts[from] ?? 0, starts[to] ?? 0));
  };
  const conflictOf = function* (ours: number, theirs: number): Generator<Uint8Array> {
    yield* ended();
    yield marker('<', ' ours');
    if (ours >= 0) yield* recordsOf('ours', ours, ours + 1);
    yield* ended();
    yield marker('=', '');
    if (theirs >= 0) yield* recordsOf('theirs', theirs, theirs + 1);
    yield* ended();
    yield marker('>', ' theirs');
  };
  yield otherBytes(files, ({ start }) => [0, start]);
  // Neighbours of one side are copied as one range.
  let [side, from, to]: [MergeSide, number, number] = ['ours', 0, 0];
  for (const piece of pieces) {
    if (piece.kind === 'record' && piece.side === side && piece.row === to) {
      to++;
      continue;
    }
    if (to > from) yield* recordsOf(side, from, to);
    if (piece.kind === 'record') {
      [side, from, to] = [piece.side, piece.row, piece.row + 1];
      continue;
    }
    from = to;
    onConflict();
    yield* conflictOf(piece.ours, piece.theirs);
  }
  if (to > from) yield* recordsOf(side, from, to);
  yield* noted([otherBytes(files, ({ starts, count, file }) => [starts[count] ?? 0, file.size])]);
}

/** Writes the merged text to `paths.ours`. Returns how many records are in conflict; they are marked there. */
export async function mergeFiles(paths: MergePaths, options: MergeOptions): Promise<number> {
  const { name, markerSize, signal } = options;
  const [baseFile, ourFile, theirFile] = [
    await openMergeFile(paths.base, options),
    await openMergeFile(paths.ours, options),
    await openMergeFile(paths.theirs, options),
  ];
  const before = await recognised(baseFile, name, undefined);
  const open: MergeFile[] = [];
  const read = async (file: DataFile, recognition: Recognition | undefined): Promise<MergeFile> => {
    const made = await readMergeFile(file, recognition, options);
    open.push(made);
    return made;
  };
  try {
    const base = await read(baseFile, before);
    const ours = await read(ourFile, await recognised(ourFile, name, before));
    const theirs = await read(theirFile, await recognised(theirFile, name, before));
    let conflicts = 0;
    const merged = mergedText(
      { base, ours, theirs },
      mergeVersions({ base, ours, theirs }),
      markerSize,
      () => {
        conflicts++;
      },
    );
    await writeWhole(paths.ours, merged, {
      followsLink: true,
      signal,
      verify: async () => ourFile.assertSame(),
    });
    return conflicts;
  } finally {
    for (const { access } of open) access.close();
  }
}
