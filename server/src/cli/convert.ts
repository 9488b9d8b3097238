// `convert`: changes the file format, or writes a trainer's format.
import { pipeline as streams, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { fieldLabel } from '#core/convert/content.ts';
import type { ConvertReport } from '#core/convert/convert.ts';
import { convertToLines, readSource } from '#core/convert/convert.ts';
import { Losses } from '#core/convert/losses.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { TARGETS } from '#core/convert/targets.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { messages } from '#core/messages.ts';
import { isObject } from '#core/model/json.ts';
import { plural } from '#core/words/numbers.ts';
import { writtenCodecOf } from '#node/codec.ts';
import type { DataFile } from '#node/dataFile.ts';
import type { Dataset } from '#node/files.ts';
import { openDataset } from '#node/files.ts';
import { withRecords } from '#node/inspect.ts';
import { columnsOf } from '#node/parquet/open.ts';
import type { Lines, TableCodec } from '#node/parquet/write.ts';
import { checkCodec, writeTable } from '#node/parquet/write.ts';
import { isJsonName } from '#node/paths.ts';
import { recogniseFile } from '#node/surveyFile.ts';
import { abortable, isSamePlace, writeWhole } from '#node/write.ts';

import type { Command } from './command.ts';

export interface ConvertOptions {
  /** Undefined only with `dryRun`. */
  readonly out?: string;
  /** Id of the trainer's format; undefined to keep the records unchanged. */
  readonly to: string | undefined;
  readonly codec: TableCodec;
  readonly dryRun: boolean;
}

const encoder = new TextEncoder();
/** What a trial run without an output file tries. */
const JSON_LINES = 'converted.jsonl';

/** Longest record that a trial run shows, in UTF-16 units. */
const MAX_SHOWN = 500;

const LINE_FEED = encoder.encode('\n');
const [LIST_START, LIST_COMMA, LIST_END] = ['[\n', ',\n', '\n]\n'].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Result of a pass over the records. */
interface ConvertOutcome extends ConvertReport {
  read: number;
  written: number;
  /** The beginning of the first record in a trainer's format. */
  first?: string;
  /** The fault of the first skipped record. */
  why?: string;
}

function newOutcome(): ConvertOutcome {
  return { losses: new Losses(), caveats: new Losses(), read: 0, written: 0 };
}

/** The unchanged records. */
async function* plainLines(files: readonly DataFile[], outcome: ConvertOutcome): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    for await (const raw of file.records()) {
      const record = outcome.read++;
      const parsed = parseRecord(raw);
      if (!('value' in parsed) || !isObject(parsed.value)) {
        outcome.losses.add('the line is not a JSON object and is left out', record);
        outcome.why ??= 'fault' in parsed ? parsed.fault.message : 'The record is not a JSON object.';
        continue;
      }
      outcome.written++;
      yield raw.bytes;
    }
  }
}

/** The pairs in a trainer's format. */
async function* targetLines(
  files: readonly DataFile[],
  target: ConvertTarget,
  outcome: ConvertOutcome,
): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    const recognition = await recogniseFile(file);
    const { polarity } = recognition;
    if (polarity && !polarity.isSure) throw messages.uncertainPolarity(file.path, polarity.readings);
    for await (const raw of file.records()) {
      const record = outcome.read++;
      const source = readSource(raw, recognition, record);
      if (!source) {
        outcome.losses.add('the record can’t be read and is left out', record);
        continue;
      }
      for (const line of convertToLines(target, source, outcome)) {
        outcome.written++;
        outcome.first ??= line.slice(0, MAX_SHOWN) + (line.length > MAX_SHOWN ? '…' : '');
        yield encoder.encode(line);
      }
    }
  }
}

async function* withLineEnds(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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

function targetOf(id: string | undefined): ConvertTarget | undefined {
  if (id === undefined) return undefined;
  const target = TARGETS.find((one) => one.id === id);
  if (!target)
    throw messages.noTarget(
      id,
      TARGETS.map((one) => one.id),
    );
  return target;
}

/** Errors in a pipeline are thrown where its end is read. */
const ignore = (): void => undefined;

/**
 * Writes to a file, which appears completely or not at all; for "-" to standard output; without a name nowhere.
 */
async function writeOut(
  command: Command,
  bytes: AsyncIterable<Uint8Array>,
  out: string | undefined,
  assertSame: () => Promise<void>,
): Promise<void> {
  const { signal } = command;
  const source = Readable.from(abortable(bytes, signal), { objectMode: false });
  if (out === undefined) {
    const nowhere = new Writable({
      write(_chunk, _encoding, done) {
        done();
      },
    });
    await pipeline(source, nowhere, { signal });
    await assertSame();
    return;
  }
  if (out === '-') {
    await command.records(source, signal);
    await assertSame();
    return;
  }
  const encoder = writtenCodecOf(out).encoder?.();
  await writeWhole(out, encoder ? streams(source, encoder, ignore) : source, { signal, verify: assertSame });
}

/** Column types without a record type of their own. */
const AS_TEXT: Readonly<Record<string, string>> = {
  bytes: 'bytes, which are written as text, or as a data URI if they are not UTF-8',
  uuid: 'identifiers, which are written as text',
  date: 'dates, which are written as text',
  time: 'times, which are written as text',
  timestamp: 'times, which are written as text',
  int96: 'times, which are written as text',
};

/** Columns whose values become text, one sentence each. */
function columnLosses(dataset: Dataset): readonly string[] {
  const lines = dataset.files.flatMap(({ path }) =>
    columnsOf(path).flatMap(({ path: names, meaning }) => {
      const kind = AS_TEXT[meaning.kind];
      return kind === undefined
        ? []
        : [`The column ${fieldLabel([names.join('.').replaceAll('.list.element', '[]')])} holds ${kind}.`];
    }),
  );
  return [...new Set(lines)];
}

/** Converts a file or folder. The output appears completely or not at all. */
export async function convert(command: Command, path: string, options: ConvertOptions): Promise<void> {
  const { out = JSON_LINES, to, codec, dryRun } = options;
  const target = targetOf(to);
  checkCodec(codec);
  const isTable = writtenCodecOf(out).isTable;
  const dataset = await openDataset(path);
  for (const file of dataset.files) if (await isSamePlace(file.path, out)) throw messages.outputIsInput(out);
  for (const note of dataset.notes) command.note(`${path}: ${note}`);
  const [failed] = dataset.failed;
  if (failed) throw failed.error;
  const files = await Promise.all(dataset.files.map(withRecords));
  let outcome = newOutcome();
  const lines: Lines = async function* () {
    // A second pass starts counting again.
    outcome = newOutcome();
    yield* target ? targetLines(files, target, outcome) : plainLines(files, outcome);
    if (outcome.written > 0) return;
    for (const line of outcome.losses.lines()) command.note(line);
    if (outcome.why !== undefined) command.note(`First problem: ${outcome.why}`);
    throw messages.nothingToWrite(path, outcome.read);
  };
  let ofTable: readonly string[] = [];
  const bytes = isTable
    ? writeTable(lines, codec, (losses) => {
        ofTable = losses;
      })
    : isJsonName(out)
      ? asList(lines())
      : withLineEnds(lines());
  await writeOut(command, bytes, dryRun ? undefined : out, async () => {
    for (const file of dataset.files) await file.assertSame();
  });
  const { losses, caveats, read, written } = outcome;
  for (const file of files) for (const line of file.reading) command.note(`${file.path}: ${line}`);
  const lost = [
    ...files.flatMap(({ remarks }) => remarks),
    ...losses.lines(),
    ...ofTable,
    ...columnLosses(dataset),
  ];
  command.note(
    `${path}: ${plural(read, 'record')} read, ${written} ${dryRun ? 'would be written' : 'written'}${target ? ` as ${target.title}` : ''}. ` +
      (lost.length === 0 ? 'Nothing is lost.' : 'Differences:'),
  );
  for (const line of lost) command.note(`  ${line}`);
  if (dryRun && outcome.first !== undefined) command.note(`The first record would be: ${outcome.first}`);
  if (!caveats.isEmpty) command.note('What the trainer does with it:');
  for (const line of caveats.lines()) command.note(`  ${line}`);
}
