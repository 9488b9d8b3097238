// A conversion: to another file format, or to a trainer's format, with a report of what is lost.
import type { ConvertReport } from '#core/convert/convert.ts';
import { convertToLines, readSource } from '#core/convert/convert.ts';
import { Losses } from '#core/convert/losses.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { messages } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import type { RawRecord } from '#core/model/record.ts';

import { through, writtenCodecOf } from './codec.ts';
import { openDataset } from './files.ts';
import type { ReadableFile } from './inspect.ts';
import { withRecords } from './inspect.ts';
import type { Lines, TableCodec } from './parquet/write.ts';
import { writeTable } from './parquet/write.ts';
import { isJsonName } from './paths.ts';
import { recogniseFile } from './surveyFile.ts';
import { changesIn } from './valueChanges.ts';
import { abortable, isSamePlace, writeWhole } from './write.ts';

export interface ConvertTask {
  /** A file or folder. */
  readonly path: string;
  /** The name of the output decides its format. */
  readonly out: string;
  /** Undefined to keep the records unchanged. */
  readonly target: ConvertTarget | undefined;
  /** Of a table. */
  readonly codec: TableCodec;
}

/** Writes the output. If `assertSame` rejects, a dataset changed meanwhile, and the output must not appear. */
export type WriteOutput = (
  bytes: AsyncIterable<Uint8Array>,
  assertSame: () => Promise<void>,
) => Promise<void>;

export interface ConvertPorts {
  readonly signal: AbortSignal;
  readonly write: WriteOutput;
  /** A sentence that explains the result, or an error that follows. */
  readonly note: (text: string) => void;
  /** @param done share of the bytes, 0 to 1 */
  readonly onProgress?: (done: number, records: number) => void;
}

/** What a conversion did. All texts are sentences. */
export interface Converted {
  readonly read: number;
  readonly written: number;
  /** What differs, with counts and first records. */
  readonly lost: readonly string[];
  /** What the trainer does with the result. */
  readonly caveats: readonly string[];
  /** The beginning of the first record in a trainer's format. */
  readonly first: string | undefined;
}

/** Longest record that a trial run shows, in UTF-16 units. */
const MAX_SHOWN = 500;

const encoder = new TextEncoder();
const LINE_FEED = encoder.encode('\n');
const [LIST_START, LIST_COMMA, LIST_END] = ['[\n', ',\n', '\n]\n'].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Records between two reports of progress. */
const REPORT_EVERY = 500;

/** Result of a pass over the records. */
interface Outcome extends ConvertReport {
  read: number;
  written: number;
  first?: string;
  /** The fault of the first skipped record. */
  why?: string;
}

function newOutcome(): Outcome {
  return { losses: new Losses(), caveats: new Losses(), read: 0, written: 0 };
}

/** The value of a record; undefined for one that is no object. */
function valueOf(raw: RawRecord, outcome: Outcome): Json | undefined {
  const parsed = parseRecord(raw);
  if ('value' in parsed && isObject(parsed.value)) return parsed.value;
  outcome.why ??= 'fault' in parsed ? parsed.fault.message : 'The record is not a JSON object.';
  return undefined;
}

/** The unchanged records. */
async function* plainLines(file: ReadableFile, outcome: Outcome): AsyncGenerator<Uint8Array> {
  const countChanges = changesIn(file);
  for await (const raw of file.records()) {
    const record = outcome.read++;
    const value = valueOf(raw, outcome);
    if (value === undefined) {
      outcome.losses.add('the record is not a JSON object and is left out', record);
      continue;
    }
    countChanges?.(value, record, outcome.losses);
    outcome.written++;
    yield raw.bytes;
  }
}

/** The pairs in a trainer's format. */
async function* targetLines(
  file: ReadableFile,
  target: ConvertTarget,
  outcome: Outcome,
): AsyncGenerator<Uint8Array> {
  const recognition = await recogniseFile(file);
  const { polarity } = recognition;
  if (polarity && !polarity.isSure) throw messages.uncertainPolarity(file.path, polarity.readings);
  const countChanges = changesIn(file);
  for await (const raw of file.records()) {
    const record = outcome.read++;
    const source = readSource(raw, recognition, record);
    if (!source) {
      outcome.losses.add('the record can’t be read and is left out', record);
      continue;
    }
    if (countChanges) countChanges(valueOf(raw, outcome) ?? null, record, outcome.losses);
    for (const line of convertToLines(target, source, outcome)) {
      outcome.written++;
      outcome.first ??= line.slice(0, MAX_SHOWN) + (line.length > MAX_SHOWN ? '…' : '');
      yield encoder.encode(line);
    }
  }
}

export async function* withLineEnds(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) {
    // A copy, because readers reuse their memory.
    yield new Uint8Array(line);
    yield LINE_FEED;
  }
}

/** The records as one JSON list, one a line. */
async function* asList(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let before = LIST_START;
  for await (const line of lines) {
    yield before;
    // A copy, because readers reuse their memory.
    yield new Uint8Array(line);
    before = LIST_COMMA;
  }
  yield LIST_END;
}

/** Reports how far the records of a file are read, by their bytes. */
function followed(
  file: ReadableFile,
  before: number,
  total: number,
  { onProgress }: ConvertPorts,
): ReadableFile {
  if (!onProgress) return file;
  return {
    ...file,
    records: async function* (wants) {
      let bytes = 0;
      for await (const raw of file.records(wants)) {
        if (raw.record % REPORT_EVERY === 0) {
          const done = before + Math.min(file.size, bytes / file.codec.expansion);
          onProgress(Math.min(1, done / total), raw.record);
        }
        bytes += raw.bytes.length;
        yield raw;
      }
    },
  };
}

/** Writes a file, which appears completely or not at all; its name decides the compression. */
export function writeTo(out: string, signal: AbortSignal): WriteOutput {
  const { encoder: compress } = writtenCodecOf(out);
  return async (bytes, verify) => {
    const source = abortable(bytes, signal);
    await writeWhole(out, compress ? through(source, compress()) : source, { signal, verify });
  };
}

/**
 * The bytes of a file whose name decides its format: a table, a JSON list, or a line for each record.
 * @param onLosses is called before the first byte, with what a table loses
 */
export function encodedAs(
  out: string,
  lines: Lines,
  codec: TableCodec,
  onLosses: (losses: readonly string[]) => void,
): AsyncIterable<Uint8Array> {
  if (writtenCodecOf(out).isTable) return writeTable(lines, codec, onLosses);
  return isJsonName(out) ? asList(lines()) : withLineEnds(lines());
}

/** Converts a file or folder. Throws a user error if nothing can be written. */
export async function convertDataset(task: ConvertTask, ports: ConvertPorts): Promise<Converted> {
  const { path, out, target, codec } = task;
  const { write, note } = ports;
  // Throws for a name that means no format.
  writtenCodecOf(out);
  const dataset = await openDataset(path);
  for (const file of dataset.files) if (await isSamePlace(file.path, out)) throw messages.outputIsInput(out);
  for (const text of dataset.notes) note(`${path}: ${text}`);
  const [failed] = dataset.failed;
  if (failed) throw failed.error;
  const total = Math.max(
    1,
    dataset.files.reduce((sum, { size }) => sum + size, 0),
  );
  let before = 0;
  const files: ReadableFile[] = [];
  for (const file of dataset.files) {
    files.push(followed(await withRecords(file), before, total, ports));
    before += file.size;
  }
  const assertSame = async (): Promise<void> => {
    for (const file of dataset.files) await file.assertSame();
  };
  let outcome = newOutcome();
  const lines: Lines = async function* () {
    // A second pass starts counting again.
    outcome = newOutcome();
    for (const file of files) yield* target ? targetLines(file, target, outcome) : plainLines(file, outcome);
    if (outcome.written > 0) return;
    await assertSame();
    for (const line of outcome.losses.lines()) note(line);
    if (outcome.why !== undefined) note(`First problem: ${outcome.why}`);
    throw messages.nothingToWrite(path, outcome.read);
  };
  let ofTable: readonly string[] = [];
  const bytes = encodedAs(out, lines, codec, (losses) => {
    ofTable = losses;
  });
  await write(bytes, assertSame);
  for (const file of files) for (const line of file.reading) note(`${file.path}: ${line}`);
  const { losses, caveats, read, written, first } = outcome;
  return {
    read,
    written,
    first,
    lost: [...files.flatMap(({ remarks }) => remarks), ...losses.lines(), ...ofTable],
    caveats: caveats.lines(),
  };
}
