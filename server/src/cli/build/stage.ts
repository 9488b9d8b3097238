// The rows of a build between two steps: records of surveyed files, by number over all files, and what steps know of them.
import type { ReadValue } from '#core/dataset/survey.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { applyEdits, toByteEdits } from '#core/edits/bytes.ts';
import { oneLine } from '#core/json/documentRecords.ts';
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import { locate } from '#core/json/scan.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { namesRead } from '#core/mapping/read.ts';
import { messages } from '#core/messages.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import type { CutRecord } from '#core/model/record.ts';
import { NUMBER_FACTS } from '#core/query/facts.ts';
import type { SurveyedDataset } from '#node/survey.ts';

import type { Command } from '../command.ts';
import { openSurveyed, scoreDataset } from '../job.ts';
import type { KnownFile, KnowOptions } from '../known.ts';
import { FINDING_FACTS, knownFacts, SCORE_FACTS } from '../known.ts';

/** A field that the output adds to each record. */
export interface Column {
  readonly name: string;
  readonly replace: boolean;
  /** Undefined leaves the field out. */
  readonly valueOf: (row: number) => Json | undefined;
  /** By row, if it is a number: later steps can read it. */
  readonly numbers?: Float64Array;
}

export interface StageFile extends KnownFile {
  readonly firstRow: number;
}

export interface Stage {
  readonly dataset: SurveyedDataset;
  readonly files: readonly StageFile[];
  /** Rows of all files: one for each record. */
  readonly rowCount: number;
  /** Those that are left, in order. */
  rows: Uint32Array;
  readonly columns: Map<string, Column>;
}

/** The command, with another schema for all files than preflens.json or the records say. */
function readAs(command: Command, mapping: Mapping): Command {
  return { ...command, settingsOf: async (path) => ({ ...(await command.settingsOf(path)), mapping }) };
}

/**
 * Opens the files and makes what the steps will read of them. Rejects if one of them can't be read: a build is of all its inputs.
 * @param options.mapping reads the files; one of records without answers keeps all of them
 */
export async function openStage(
  command: Command,
  paths: readonly string[],
  facts: ReadonlySet<string>,
  { mapping, ...options }: Omit<KnowOptions, 'survey'> & { readonly mapping?: Mapping | undefined },
): Promise<Stage> {
  const dataset = await openSurveyed(mapping ? readAs(command, mapping) : command, paths);
  const [left] = dataset.leftOut;
  if (left) throw left.error;
  const needs = (names: readonly string[]): boolean => names.some((name) => facts.has(name));
  const hasFindings = needs(FINDING_FACTS);
  if (!hasFindings && needs(SCORE_FACTS)) {
    const { groupBy, seed, model } = options;
    const { margins, scorer, trust } = await scoreDataset(command, dataset, {
      seed,
      groupBy,
      model,
      selfTest: false,
    });
    for (const { survey, firstPair } of dataset.files)
      for (let pair = 0; pair < survey.facts.pairCount; pair++)
        survey.facts.setMargin(pair, margins[firstPair + pair] ?? Number.NaN);
    command.note(
      `Margins are from ${scorer}, which agrees with ${(100 * trust.accuracy.value).toFixed(0)} % of the labels.`,
    );
  }
  const files: StageFile[] = [];
  const other = new Set([...facts].filter((name) => !SCORE_FACTS.includes(name)));
  for (const { file, survey, firstRecord } of dataset.files) {
    const known = await knownFacts(command, file, hasFindings ? facts : other, { ...options, survey });
    files.push({ ...known, firstRow: firstRecord });
  }
  command.bar.clear();
  const hasNone = mapping?.answers.kind === 'none';
  return {
    dataset,
    files,
    rowCount: dataset.recordCount,
    rows: hasNone ? Uint32Array.from({ length: dataset.recordCount }, (_, row) => row) : withAnswers(files),
    columns: new Map(),
  };
}

/** The records that hold a pair or a verdict: all others can't be trained on, or read at all. */
function withAnswers(files: readonly StageFile[]): Uint32Array {
  const rows: number[] = [];
  for (const { facts, firstRow } of files) {
    const { records, recordCount } = facts.facts;
    for (let record = 0; record < recordCount; record++) {
      const [from, to] = facts.facts.pairsOf(record);
      if (to > from || (records.judgements[record] ?? 0) > 0) rows.push(firstRow + record);
    }
  }
  return Uint32Array.from(rows);
}

/** Visits the rows that are left with their file. `at` is the place among them. */
export function eachRow(
  { files, rows }: Stage,
  visit: (file: StageFile, record: number, at: number) => void,
): void {
  let number = 0;
  rows.forEach((row, at) => {
    while ((files[number + 1]?.firstRow ?? Infinity) <= row) number++;
    const file = files[number];
    if (file) visit(file, row - file.firstRow, at);
  });
}

/** The number of a record's first pair in its file; −1 if it has none. */
export function pairOf({ facts }: StageFile, record: number): number {
  const [from, to] = facts.facts.pairsOf(record);
  return to > from ? from : -1;
}

/** A row as it is read again. */
export interface ReadRow {
  readonly file: StageFile;
  /** Number over all files. */
  readonly row: number;
  readonly raw: CutRecord;
}

/** Reads rows of the stage in order. */
export async function* readRows(
  stage: Stage,
  { signal, bar }: Pick<Command, 'signal' | 'bar'>,
  rows: Uint32Array = stage.rows,
): AsyncGenerator<ReadRow> {
  let at = 0;
  for (const [i, file] of stage.files.entries()) {
    const end = stage.files[i + 1]?.firstRow ?? stage.rowCount;
    const wanted = new Uint8Array(end - file.firstRow);
    const from = at;
    for (; (rows[at] ?? Infinity) < end; at++) wanted[(rows[at] ?? 0) - file.firstRow] = 1;
    if (at === from) continue;
    for await (const raw of file.file.records((record) => wanted[record] === 1)) {
      if (wanted[raw.record] !== 1) continue;
      signal.throwIfAborted();
      const row = file.firstRow + raw.record;
      if (row % 4096 === 0) bar.show('Building', row / Math.max(1, stage.rowCount));
      yield { file, row, raw };
    }
  }
}

export function valueIn({ raw }: ReadRow): JsonObject {
  return objectsOf(parseRecord(raw))[0] ?? {};
}

/** Undefined for a record that the schema can't read. */
export function readIn({ raw, file }: ReadRow): ReadValue | undefined {
  return file.recognition && readRaw(raw, file.recognition);
}

export const placeOf = ({ file, raw }: ReadRow): string => `${file.file.path}:${raw.line + 1}`;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The bytes of a record as a line, with the columns of the stage; else byte for byte. */
export function bytesOf(one: ReadRow, { columns }: Pick<Stage, 'columns'>): Uint8Array {
  const { file, raw, row } = one;
  // A table in another encoding may hold bytes that are no text.
  const plain = file.file.container.kind === 'csv' ? encoder.encode(decoder.decode(raw.bytes)) : raw.bytes;
  let bytes = oneLine(plain);
  for (const { name, valueOf, replace } of columns.values()) {
    const to = valueOf(row);
    if (!replace && locate(bytes, [name])) throw messages.fieldThere(placeOf(one), name);
    if (to === undefined) continue;
    const edits = toByteEdits(bytes, {}, [{ kind: 'set', path: [name], to }], false);
    if (!edits || edits.length === 0) throw messages.fieldNotAdded(placeOf(one), name);
    bytes = applyEdits(bytes, edits);
  }
  return bytes;
}

/** Adds a column. Refuses a name whose field says what the answers are, or which one is better. */
export function addColumn(stage: Stage, step: string, column: Column): void {
  const { name } = column;
  for (const { recognition, file } of stage.files)
    if (recognition && name !== 'margin' && namesRead(recognition.mapping).has(name))
      throw messages.noStep(
        step,
        `"${name}" is a field by which ${file.path} is read, so a column can’t have this name.`,
      );
  if (stage.columns.has(name)) throw messages.noStep(step, `an earlier step adds "${name}" already.`);
  stage.columns.set(name, column);
}

/** Facts that steps read by name. */
export const isFact = (name: string): boolean => Object.hasOwn(NUMBER_FACTS, name);
