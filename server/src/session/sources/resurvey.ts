import type { RuleSettings } from '#core/checks/check.ts';
import type { Reread } from '#core/checks/relations/carried.ts';
import { pairKeysOf } from '#core/checks/relations/carried.ts';
import type { Survey } from '#core/dataset/survey.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import { Facts } from '#core/facts/facts.ts';
import { groupBy } from '#core/group.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import type { Finding } from '#core/model/finding.ts';
import type { RawRecord } from '#core/model/record.ts';
import { isFaultBetween } from '#core/model/record.ts';
import { DocumentCutter } from '#formats/documents.ts';
import { LineCutter } from '#formats/lines.ts';

import type { Unchanged } from '../document.ts';

/**
 * Longer records of a document are reported and skipped. Checking a record of this size blocks the server for a second,
 * for five in the worst case. `preflens check` reads them.
 */
export const MAX_OPEN_BYTES = 32 * 1024 * 1024;

/** A document is cut in pieces, so that what reads its records can rest between them. */
const PIECE_BYTES = 1 << 20;

/** The records of bytes that are all in memory: lines, or those of a JSON document. */
export function* recordsOf(bytes: Uint8Array, layout?: DocumentLayout): Generator<RawRecord> {
  const cutter = layout
    ? new DocumentCutter(layout, { max: MAX_OPEN_BYTES })
    : new LineCutter(true, undefined, MAX_OPEN_BYTES);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    yield* cutter.push(bytes.subarray(at, at + PIECE_BYTES));
  yield* cutter.end();
}

/** A survey of an open document, with what is needed to carry it over a change. */
export interface DocumentSurvey extends Survey {
  readonly lineCount: number;
  readonly byteCount: number;
}

/** A survey brought up to date, and where the records of the old one are now. */
export interface Carried extends Reread {
  readonly survey: DocumentSurvey;
}

function keysBetween(facts: Facts, from: number, to: number): ReadonlyMap<number, readonly string[]> {
  const keys = new Map<number, readonly string[]>();
  for (let record = from; record < to; record++) keys.set(record, pairKeysOf(facts, record));
  return keys;
}

/** Findings that are counted but not listed stay counted. */
function countsAfter(old: DocumentSurvey, findings: readonly Finding[]): Map<string, number> {
  const counts = new Map(old.counts);
  for (const { rule } of old.findings) counts.set(rule, (counts.get(rule) ?? 0) - 1);
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/**
 * Surveys a changed document by reading the changed lines alone. Facts, margins and findings of the
 * other lines are carried over. Costs a newline scan of the whole and a survey of what changed.
 */
export function resurvey(
  old: DocumentSurvey,
  bytes: Uint8Array,
  lineStarts: Float64Array,
  unchanged: Unchanged,
  rules: RuleSettings,
): Carried {
  const recognition = old.recognition;
  const lineCount = lineStarts.length;
  const from = lineStarts[unchanged.lineStart] ?? bytes.length;
  const to = lineStarts[lineCount - unchanged.tailCount] ?? bytes.length;

  const facts = new Facts();
  const findings: Finding[] = [];
  const { line } = old.facts.records;
  const byRecord = groupBy(old.findings, (finding) => finding.record);
  const carry = (record: number, lines: number, moved: number): void => {
    for (const finding of byRecord.get(record) ?? [])
      findings.push({ ...finding, record: facts.recordCount });
    facts.addFrom(old.facts, record, lines, moved);
  };

  let record = 0;
  for (; record < old.facts.recordCount && (line[record] ?? 0) < unchanged.lineStart; record++)
    carry(record, 0, 0);

  const surveyor = new Surveyor(recognition && { recognition }, rules);
  const middle = from === 0 ? recordsOf(bytes.subarray(0, to)) : recordsOf(bytes.subarray(from, to));
  const firstRecord = facts.recordCount;
  for (const raw of middle) {
    surveyor.add({
      ...raw,
      record: raw.record + firstRecord,
      line: raw.line + unchanged.lineStart,
      byteStart: raw.byteStart + from,
      byteEnd: raw.byteEnd + from,
    });
  }
  const changed = surveyor.end();
  for (let row = 0; row < changed.facts.recordCount; row++) facts.addFrom(changed.facts, row, 0, 0);
  findings.push(...changed.findings);

  // The first old record of the tail: lines before it were replaced.
  const oldLineCount = old.lineCount;
  const oldTailLine = oldLineCount - unchanged.tailCount;
  while (record < old.facts.recordCount && (line[record] ?? 0) < oldTailLine) record++;
  const [tailStart, tailMoved] = [record, facts.recordCount - record];
  if (record < old.facts.recordCount) {
    const lines = lineCount - oldLineCount;
    const moved = bytes.length - old.byteCount;
    for (; record < old.facts.recordCount; record++) carry(record, lines, moved);
  }
  return {
    survey: {
      ...old,
      facts,
      findings,
      counts: countsAfter(old, findings),
      lineCount,
      byteCount: bytes.length,
    },
    renumber: (one) => (one < firstRecord ? one : one >= tailStart ? one + tailMoved : -1),
    before: () => keysBetween(old.facts, firstRecord, tailStart),
    changed: Array.from({ length: changed.facts.recordCount }, (_, i) => firstRecord + i),
  };
}

/**
 * The same for a JSON document: all of it is cut again, and the records that are not where they were are surveyed, counted
 * from the start before the change and from the end after it.
 */
export function resurveyDocument(
  old: DocumentSurvey,
  bytes: Uint8Array,
  lineStarts: Float64Array,
  unchanged: Unchanged,
  layout: DocumentLayout,
  rules: RuleSettings,
): Carried {
  const lineCount = lineStarts.length;
  const from = lineStarts[unchanged.lineStart] ?? bytes.length;
  const to = lineStarts[lineCount - unchanged.tailCount] ?? bytes.length;
  const [lines, moved] = [lineCount - old.lineCount, bytes.length - old.byteCount];
  const { byteStart, byteEnd } = old.facts.records;
  const [oldCount, cut] = [old.facts.recordCount, [...recordsOf(bytes, layout)]];
  const isSame = (raw: RawRecord | undefined, record: number, by: number): boolean =>
    raw !== undefined &&
    !isFaultBetween(raw) &&
    byteStart[record] === raw.byteStart - by &&
    byteEnd[record] === raw.byteEnd - by;
  let head = 0;
  while (head < oldCount && (cut[head]?.byteEnd ?? Infinity) < from && isSame(cut[head], head, 0)) head++;
  let tail = 0;
  const max = Math.min(oldCount, cut.length) - head;
  while (
    tail < max &&
    (cut[cut.length - 1 - tail]?.byteStart ?? 0) >= to &&
    isSame(cut[cut.length - 1 - tail], oldCount - 1 - tail, moved)
  )
    tail++;

  const facts = new Facts();
  const findings: Finding[] = [];
  const byRecord = groupBy(old.findings, (finding) => finding.record);
  const carry = (record: number, [byLines, byBytes]: readonly [number, number]): void => {
    for (const finding of byRecord.get(record) ?? [])
      findings.push({ ...finding, record: facts.recordCount });
    facts.addFrom(old.facts, record, byLines, byBytes);
  };
  for (let record = 0; record < head; record++) carry(record, [0, 0]);
  const { recognition } = old;
  const surveyor = new Surveyor(recognition && { recognition }, rules);
  for (const raw of cut.slice(head, cut.length - tail)) surveyor.add(raw);
  const changed = surveyor.end();
  for (let row = 0; row < changed.facts.recordCount; row++) facts.addFrom(changed.facts, row, 0, 0);
  findings.push(...changed.findings);
  const tailStart = oldCount - tail;
  for (let record = tailStart; record < oldCount; record++) carry(record, [lines, moved]);
  return {
    survey: {
      ...old,
      facts,
      findings,
      counts: countsAfter(old, findings),
      lineCount,
      byteCount: bytes.length,
    },
    renumber: (one) => (one < head ? one : one >= tailStart ? one + cut.length - oldCount : -1),
    before: () => keysBetween(old.facts, head, tailStart),
    changed: Array.from({ length: changed.facts.recordCount }, (_, i) => head + i),
  };
}
