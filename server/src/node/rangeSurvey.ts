// Surveys a byte range of a file, which is the work of one thread, and joins the parts.
import type { RuleSettings } from '#core/checks/check.ts';
import { Signatures } from '#core/checks/relations/nearDuplicates.ts';
import type { Schema, Survey } from '#core/dataset/survey.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import type { TypedColumn } from '#core/facts/columns.ts';
import type { PairColumns, RecordColumns } from '#core/facts/facts.ts';
import { Facts } from '#core/facts/facts.ts';
import type { Finding } from '#core/model/finding.ts';
import { MAX_FINDINGS } from '#core/model/finding.ts';
import type { RawRecord } from '#core/model/record.ts';
import { LineCutter } from '#formats/lines.ts';

import { CHUNK_BYTES, codecOf } from './codec.ts';
import { assertFits, factsBytes, factsBytesFor } from './memoryLimits.ts';
import { parquetRows } from './parquet/open.ts';
import { readBlocks, readStored } from './stored.ts';

/** Half-open range of a file's stored bytes, beginning at a line start; for a table, of rows. */
export interface RangeTask {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly schema: Schema | undefined;
  readonly rules: RuleSettings;
  /** Number of pairs to compute signatures for, for near duplicates. */
  readonly maxSigned?: number;
  readonly maxRecordBytes?: number;
  /** Memory budget, and the number of parts that are read in parallel. */
  readonly memory?: { readonly mb: number; readonly parts: number };
}

/** Facts in a form that can be sent between threads. */
export interface FactsTables {
  readonly records: RecordColumns;
  readonly recordCount: number;
  readonly pairs: PairColumns;
  readonly pairCount: number;
}

/** A survey in a form that can be sent between threads. Line, record and byte numbers begin at 0. */
export interface RangeSurvey extends Omit<Survey, 'facts'>, FactsTables {
  readonly lineCount: number;
  /** Signatures of the first pairs, if requested. */
  readonly signatures?: Uint8Array<ArrayBuffer>;
}

/** Reports the number of text bytes done. */
export type OnBytes = (bytes: number) => void;

/**
 * Passes the records of a range to `take`, numbered from 0, each valid until the next. Returns the number of
 * lines.
 */
export async function readRange(
  { path, start, end, maxRecordBytes }: Pick<RangeTask, 'path' | 'start' | 'end' | 'maxRecordBytes'>,
  take: (raw: RawRecord) => void,
  onBytes?: OnBytes,
): Promise<number> {
  const codec = codecOf(path);
  if (codec.isTable) return takeRows(parquetRows(path, start, end), start, take, onBytes);
  // A compressed file is always a single range.
  const chunks = codec.decode?.(path, readStored(path, start, end)) ?? readBlocks(path, start, end);
  return takeLines(chunks, start === 0, take, onBytes, maxRecordBytes);
}

export async function takeLines(
  chunks: AsyncIterable<Uint8Array>,
  isFileStart: boolean,
  take: (raw: RawRecord) => void,
  onBytes?: OnBytes,
  max?: number,
): Promise<number> {
  const cutter = new LineCutter(isFileStart, undefined, max);
  for await (const chunk of chunks) {
    for (const raw of cutter.push(chunk)) take(raw);
    onBytes?.(chunk.length);
  }
  for (const raw of cutter.end()) take(raw);
  return cutter.lineCount;
}

function takeRows(
  rows: Iterable<RawRecord>,
  start: number,
  take: (raw: RawRecord) => void,
  onBytes?: OnBytes,
): number {
  let [count, bytes] = [0, 0];
  for (const raw of rows) {
    take({ ...raw, record: raw.record - start, line: raw.line - start });
    count++;
    bytes += raw.bytes.length;
    if (bytes < CHUNK_BYTES) continue;
    onBytes?.(bytes);
    bytes = 0;
  }
  onBytes?.(bytes);
  return count;
}

/** Share of a plain file after which its total memory need is estimated. */
const FORESEEN_FROM = 1 / 8;

/** Tolerance of that estimate, because records differ in length. */
const FORESEEN_TIMES = 0.8;

/** Stops a survey as soon as its facts clearly won't fit into memory, with the memory that they would need. */
function watchMemory({ path, start, end, memory }: RangeTask): (facts: number, done: number) => void {
  if (!memory) return () => undefined;
  const { expansion } = codecOf(path);
  const total = (end - start) * expansion;
  return (facts, done) => {
    const whole = facts * memory.parts * Math.max(1, total / done);
    const isForeseen = expansion === 1 && done > total * FORESEEN_FROM;
    const min = isForeseen ? Math.max(facts * memory.parts, whole * FORESEEN_TIMES) : facts * memory.parts;
    if (min > factsBytesFor(memory.mb)) assertFits(path, whole, memory.mb);
  };
}

export async function surveyRange(task: RangeTask, onBytes?: OnBytes): Promise<RangeSurvey> {
  const { maxSigned = 0 } = task;
  const signatures = new Signatures(maxSigned);
  const watch = watchMemory(task);
  let [recordCount, pairCount, done] = [0, 0, 0];
  const surveyor = new Surveyor(task.schema, task.rules, (pair) => {
    pairCount++;
    signatures.add(pair);
  });
  const lineCount = await readRange(
    task,
    (raw) => {
      recordCount++;
      surveyor.add(raw);
    },
    (bytes) => {
      done += bytes;
      watch(factsBytes({ recordCount, pairCount }), done);
      onBytes?.(bytes);
    },
  );
  const { facts, ...rest } = surveyor.end();
  const { records, pairs } = facts;
  [recordCount, pairCount] = [facts.recordCount, facts.pairCount];
  const signed = maxSigned > 0 && { signatures: signatures.take() };
  return { ...rest, records, recordCount, pairs, pairCount, lineCount, ...signed };
}

/** Buffers to transfer instead of copying. */
export function buffersOf({ records, pairs, signatures }: RangeSurvey): ArrayBuffer[] {
  const columns: readonly TypedColumn[] = [records, pairs].flatMap(
    (table) => Object.values(table) as TypedColumn[],
  );
  return [...columns, ...(signatures ? [signatures] : [])].map(({ buffer }) => buffer as ArrayBuffer);
}

/** Facts from another thread. */
export function factsOf({ records, recordCount, pairs, pairCount }: FactsTables): Facts {
  const facts = new Facts();
  facts.load(records, recordCount, pairs, pairCount);
  return facts;
}

/** Start of a part in its file. */
export interface PartStart {
  readonly byte: number;
  readonly line: number;
}

/** Appends a part to a survey. Changes the survey's facts in place. */
export function appendPart(survey: Survey, part: RangeSurvey, start: PartStart): Survey {
  const { facts } = survey;
  const firstRecord = facts.recordCount;
  facts.append(factsOf(part), start.line, start.byte);
  const counts = new Map(survey.counts);
  const kept = new Map<string, number>();
  const findings: Finding[] = [];
  for (const finding of survey.findings) kept.set(finding.rule, (kept.get(finding.rule) ?? 0) + 1);
  for (const finding of part.findings) {
    const count = (kept.get(finding.rule) ?? 0) + 1;
    kept.set(finding.rule, count);
    if (count <= MAX_FINDINGS) findings.push({ ...finding, record: finding.record + firstRecord });
  }
  for (const [rule, count] of part.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
  return { ...survey, facts, findings: [...survey.findings, ...findings], counts };
}

/** Joins the parts of a file, which must be in order. */
export function joinParts(parts: readonly { readonly part: RangeSurvey; readonly byte: number }[]): Survey {
  const [first] = parts;
  if (!first) throw new Error('survey: a file without parts');
  const { findings, counts, recognition, fieldsSeen, suggestion } = first.part;
  let survey: Survey = {
    facts: factsOf(first.part),
    findings,
    counts,
    recognition,
    fieldsSeen,
    ...(suggestion && { suggestion }),
  };
  let line = first.part.lineCount;
  for (const { part, byte } of parts.slice(1)) {
    survey = appendPart(survey, part, { byte, line });
    line += part.lineCount;
  }
  return survey;
}
