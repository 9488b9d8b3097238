// The survey of a byte range of a file: what one worker thread does, and how the parts become a whole.
import type { TypedColumn } from '#core/dataset/columns.ts';
import type { PairColumns, RecordColumns } from '#core/dataset/facts.ts';
import { Facts } from '#core/dataset/facts.ts';
import type { Schema, Survey } from '#core/dataset/survey.ts';
import { MOST_FINDINGS, Surveyor } from '#core/dataset/survey.ts';
import type { Finding } from '#core/model/finding.ts';
import { LineCutter } from '#formats/lines.ts';

import { codecOf } from './codec.ts';
import { readBlocks, readStored } from './files.ts';

/** A half-open range of a file's stored bytes that begins at the start of a line. */
export interface RangeTask {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly schema: Schema | undefined;
}

/** Facts as they go from thread to thread. */
export interface FactsTables {
  readonly records: RecordColumns;
  readonly recordCount: number;
  readonly pairs: PairColumns;
  readonly pairCount: number;
}

/** A survey as it goes from thread to thread: numbers of lines, records and bytes begin at 0. */
export interface RangeSurvey extends Omit<Survey, 'facts'>, FactsTables {
  readonly lineCount: number;
}

/** The text of a range; a packed file is always one range. */
export function chunksOf({ path, start, end }: RangeTask): AsyncIterable<Uint8Array> {
  return codecOf(path).decode?.(path, readStored(path, start, end)) ?? readBlocks(path, start, end);
}

/** Surveys a range. `onBytes` is told of text bytes as they are done. */
export async function surveyRange(task: RangeTask, onBytes?: (bytes: number) => void): Promise<RangeSurvey> {
  const cutter = new LineCutter(task.start === 0);
  const surveyor = new Surveyor(task.schema);
  for await (const chunk of chunksOf(task)) {
    for (const raw of cutter.push(chunk)) surveyor.add(raw);
    onBytes?.(chunk.length);
  }
  for (const raw of cutter.end()) surveyor.add(raw);
  const { facts, ...rest } = surveyor.end();
  const { records, recordCount, pairs, pairCount } = facts;
  return { ...rest, records, recordCount, pairs, pairCount, lineCount: cutter.lineCount };
}

/** The memory that can be handed over instead of copied. */
export function buffersOf({ records, pairs }: RangeSurvey): ArrayBuffer[] {
  const columns: readonly TypedColumn[] = [records, pairs].flatMap(
    (table) => Object.values(table) as TypedColumn[],
  );
  return columns.map(({ buffer }) => buffer as ArrayBuffer);
}

/** Facts that came from another thread. */
export function factsOf({ records, recordCount, pairs, pairCount }: FactsTables): Facts {
  const facts = new Facts();
  facts.load(records, recordCount, pairs, pairCount);
  return facts;
}

/** Where a part begins in its file. */
export interface PartStart {
  readonly byte: number;
  readonly line: number;
}

/** Appends a part to a survey. The survey's facts are changed and given back with the rest. */
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
    if (count <= MOST_FINDINGS) findings.push({ ...finding, record: finding.record + firstRecord });
  }
  for (const [rule, count] of part.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
  return { ...survey, facts, findings: [...survey.findings, ...findings], counts };
}

/** One survey of the parts of a file, in their order. */
export function joinParts(parts: readonly { readonly part: RangeSurvey; readonly byte: number }[]): Survey {
  const [first] = parts;
  if (!first) throw new Error('survey: a file without parts');
  const { findings, counts, recognition, fieldsSeen } = first.part;
  let survey: Survey = { facts: factsOf(first.part), findings, counts, recognition, fieldsSeen };
  let line = first.part.lineCount;
  for (const { part, byte } of parts.slice(1)) {
    survey = appendPart(survey, part, { byte, line });
    line += part.lineCount;
  }
  return survey;
}
