// Passes over a dataset that the command line and the editor share: read pairs, send them to a scorer, place
// findings.
import { readRaw } from '#core/dataset/survey.ts';
import type { Facts } from '#core/facts/facts.ts';
import { groupBy } from '#core/group.ts';
import type { ByteRange } from '#core/json/place.ts';
import { positionsIn, resolvePlaces } from '#core/json/place.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { keyMaker } from '#core/memory/keys.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { Grouping, PairReader } from '#core/score/model.ts';
import { inputOf } from '#core/score/model.ts';
import { hashText } from '#core/score/random.ts';
import type { WirePair } from '#protocol/scorer.ts';

/** Text per message to the scoring process, in UTF-16 units: a few milliseconds of work. */
const BATCH_LENGTH = 1 << 18;

/** Above this answer length, the fit uses a sample: it takes about 1 GB of features in the scoring process. */
const MAX_FITTED_LENGTH = 400_000_000;

/** A pair with its record. */
export interface NumberedRead {
  readonly raw: RawRecord;
  /** Number of the pair in the file, from 0, including ties. */
  readonly number: number;
  /** Number of the pair in its record, from 0. */
  readonly index: number;
  readonly pair: Pair;
  readonly value: JsonObject;
}

/** Pairs of a stream in file order, numbered as in the survey's facts. */
export async function* readPairs(
  records: RecordStream,
  recognition: Recognition,
): AsyncGenerator<NumberedRead> {
  let number = 0;
  for await (const raw of records()) {
    const read = readRaw(raw, recognition);
    if (!read) continue;
    const { pairs, value } = read;
    for (const [index, pair] of pairs.entries()) yield { raw, number: number++, index, pair, value };
  }
}

/** The wanted pairs of a stream, in file order. Other records are not parsed. */
export async function* readWantedPairs(
  records: RecordStream,
  recognition: Recognition,
  facts: Facts,
  wanted: (number: number) => boolean,
): AsyncGenerator<NumberedRead> {
  const chosen = new Uint8Array(facts.recordCount);
  for (let number = 0; number < facts.pairCount; number++)
    if (wanted(number)) chosen[facts.recordOf(number)] = 1;
  for await (const raw of records((record) => chosen[record] === 1)) {
    const read = readRaw(raw, recognition);
    const [first] = facts.pairsOf(raw.record);
    for (const [index, pair] of (read?.pairs ?? []).entries()) {
      const number = first + index;
      // It may have been scored since the record was chosen.
      if (read && wanted(number)) yield { raw, number, index, pair, value: read.value };
    }
  }
}

/**
 * Share of the pairs to fit: all, or for very long data a fixed share of the prompts. `textLength` is that of the
 * answers.
 */
export function fittedShare(textLength: number): number {
  return Math.min(1, MAX_FITTED_LENGTH / Math.max(1, textLength));
}

/** Pairs to score: the records of one file, and how to read them. */
export interface PairSource {
  readonly records: RecordStream;
  readonly recognition: Recognition;
  /** Number of pairs in the files before this one. */
  readonly firstPair: number;
  /** The file's name, if the dataset has several. */
  readonly name?: string;
}

/** Pairs in batches for the scoring process, without ties. Appends each pair's number to `numbers`. */
export async function* pairBatches(
  sources: readonly PairSource[],
  share: number,
  grouping: Grouping,
  numbers: number[],
): AsyncGenerator<readonly WirePair[]> {
  numbers.length = 0;
  let batch: WirePair[] = [];
  let units = 0;
  for (const { records, recognition, firstPair, name } of sources) {
    for await (const { number, pair, value } of readPairs(records, recognition)) {
      if (pair.isTie) continue;
      const text = inputOf(pair, value, grouping, name);
      const key = text.prompt === '' ? text.chosen : text.prompt;
      if (share < 1 && hashText(key, 77) / 2 ** 32 >= share) continue;
      batch.push(text);
      numbers.push(firstPair + number);
      units += text.prompt.length + text.chosen.length + text.rejected.length;
      if (units < BATCH_LENGTH) continue;
      yield batch;
      batch = [];
      units = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

/** Margins of pairs that were not fitted, from the fitted models. Takes one more pass. */
export async function* restMargins(
  sources: readonly PairSource[],
  read: PairReader,
  grouping: Grouping,
  isKnown: (number: number) => boolean,
): AsyncGenerator<{ readonly number: number; readonly margin: number }> {
  for (const { records, recognition, firstPair, name } of sources) {
    for await (const { number, pair, value } of readPairs(records, recognition)) {
      if (pair.isTie || isKnown(firstPair + number)) continue;
      yield {
        number: firstPair + number,
        margin: read(inputOf(pair, value, grouping, name), 0).margin,
      };
    }
  }
}

/** A finding with its bytes in the file and its position in an editor. */
export interface PlacedFinding {
  readonly finding: Finding;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Half-open range in the file; for a table row, in its line of JSON. */
  readonly range: ByteRange;
  /** From `findingKey`. */
  readonly key: string;
}

/**
 * Resolves the positions of findings with one more pass over the file. Returns them in file order.
 * @param file name of the file in keys of findings about the whole file
 */
export async function placeFindings(
  records: RecordStream,
  findings: readonly Finding[],
  facts: Facts,
  file: string,
): Promise<PlacedFinding[]> {
  const wanted = groupBy(findings, ({ record }) => record);
  const placed: PlacedFinding[] = [];
  const keyOf = keyMaker(facts, file);
  for (const finding of wanted.get(WHOLE_FILE) ?? [])
    placed.push({
      finding,
      line: 1,
      column: 1,
      range: { byteStart: 0, byteEnd: 0 },
      key: keyOf(finding, () => new Uint8Array(0)),
    });
  wanted.delete(WHOLE_FILE);
  if (wanted.size === 0) return placed;
  for await (const raw of records((record) => wanted.has(record))) {
    const own = wanted.get(raw.record) ?? [];
    const ranges = resolvePlaces(
      raw.bytes,
      own.map(({ place }) => place),
    );
    const positions = positionsIn(
      raw.bytes,
      ranges.map(({ byteStart }) => byteStart),
    );
    own.forEach((finding, i) => {
      const range = ranges[i] ?? { byteStart: 0, byteEnd: 0 };
      const inRecord = positions.get(range.byteStart) ?? { line: 0, character: 0 };
      const { line, column, byteStart, byteEnd } = raw.placeOf?.(range.byteStart) ?? {
        line: raw.line + inRecord.line,
        column: (inRecord.line === 0 ? (raw.column ?? 0) : 0) + inRecord.character,
        byteStart: raw.byteStart + range.byteStart,
        byteEnd: raw.byteStart + range.byteEnd,
      };
      placed.push({
        finding,
        line: line + 1,
        column: column + 1,
        range: { byteStart, byteEnd },
        key: keyOf(finding, () => raw.bytes),
      });
    });
  }
  return placed;
}
