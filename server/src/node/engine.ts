// The passes over a dataset that every face of the product shares: read its pairs, hand them to a scorer, place findings.
import { readRaw } from '#core/dataset/survey.ts';
import type { Facts } from '#core/facts/facts.ts';
import { groupBy } from '#core/group.ts';
import type { ByteRange } from '#core/json/place.ts';
import { resolvePlaces, textLengthBefore } from '#core/json/place.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { keyMaker } from '#core/memory/keys.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { JsonObject } from '#core/model/json.ts';
import { jsonText } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { PairReader } from '#core/score/model.ts';
import { pairText } from '#core/score/model.ts';
import { hashText } from '#core/score/random.ts';
import type { WirePair } from '#protocol/scorer.ts';

/** Text of one message to the scoring process, in UTF-16 units: a few milliseconds of work. */
const BATCH_UNITS = 1 << 18;

/** Answers of more text than this are scored from a sample: about 1 GB of features in the scoring process. */
const MAX_FITTED_LENGTH = 400_000_000;

/** A pair with all that a face may want of its record. */
export interface NumberedRead {
  readonly raw: RawRecord;
  /** Number of the pair in the file, from 0; ties count. */
  readonly number: number;
  /** Number of the pair in its record, from 0. */
  readonly index: number;
  readonly pair: Pair;
  readonly value: JsonObject;
}

/** The pairs of a stream, in file order; their numbers are those of the survey's facts. */
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

/** The pairs of a stream that are wanted, in file order; of other records not a byte is parsed. */
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

/** The value of the group column as a word; undefined where the record has none. */
export function groupOf(value: JsonObject, groupField: string | undefined): string | undefined {
  const group = groupField === undefined ? undefined : value[groupField];
  return group === undefined || group === null
    ? undefined
    : typeof group === 'string'
      ? group
      : jsonText(group);
}

/** Which pairs are fitted: all of them, or of very much text a fixed share of the prompts. `units` counts the answers. */
export function fittedShare(units: number): number {
  return Math.min(1, MAX_FITTED_LENGTH / Math.max(1, units));
}

/** Pairs to be scored: the records of one file, and how they are read. */
export interface PairSource {
  readonly records: RecordStream;
  readonly recognition: Recognition;
  /** Pairs of the files before this one: numbers go on from there. */
  readonly firstPair: number;
}

/** The pairs as the scoring process takes them, in batches, without ties; `numbers` receives the number of each. */
export async function* pairBatches(
  sources: readonly PairSource[],
  share: number,
  groupField: string | undefined,
  numbers: number[],
): AsyncGenerator<readonly WirePair[]> {
  numbers.length = 0;
  let batch: WirePair[] = [];
  let units = 0;
  for (const { records, recognition, firstPair } of sources) {
    for await (const { number, pair, value } of readPairs(records, recognition)) {
      if (pair.isTie) continue;
      const text = pairText(pair);
      const key = text.prompt === '' ? text.chosen : text.prompt;
      if (share < 1 && hashText(key, 77) / 2 ** 32 >= share) continue;
      const group = groupOf(value, groupField);
      batch.push(group === undefined ? text : { ...text, group });
      numbers.push(firstPair + number);
      units += text.prompt.length + text.chosen.length + text.rejected.length;
      if (units < BATCH_UNITS) continue;
      yield batch;
      batch = [];
      units = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

/** The margins of the pairs that were not fitted, by the fitted models; one more pass. */
export async function* restMargins(
  sources: readonly PairSource[],
  read: PairReader,
  groupField: string | undefined,
  isKnown: (number: number) => boolean,
): AsyncGenerator<{ readonly number: number; readonly margin: number }> {
  for (const { records, recognition, firstPair } of sources) {
    for await (const { number, pair, value } of readPairs(records, recognition)) {
      if (pair.isTie || isKnown(firstPair + number)) continue;
      yield {
        number: firstPair + number,
        margin: read(pairText(pair), groupOf(value, groupField), 0).margin,
      };
    }
  }
}

/** A finding with its bytes in the file and its place as editors count it. */
export interface PlacedFinding {
  readonly finding: Finding;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** In the file, half-open; of a row, in its line of JSON. */
  readonly range: ByteRange;
  /** As `findingKey` gives it. */
  readonly key: string;
}

/**
 * Places findings by one more pass over the file. They come back in file order.
 * @param file what the file is called in keys of findings about all of it
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
    const columns = textLengthBefore(
      raw.bytes,
      ranges.map(({ byteStart }) => byteStart),
    );
    own.forEach((finding, i) => {
      const { byteStart, byteEnd } = ranges[i] ?? { byteStart: 0, byteEnd: 0 };
      placed.push({
        finding,
        line: raw.line + 1,
        column: (columns.get(byteStart) ?? 0) + 1,
        range: { byteStart: raw.byteStart + byteStart, byteEnd: raw.byteStart + byteEnd },
        key: keyOf(finding, () => raw.bytes),
      });
    });
  }
  return placed;
}
