import type { RuleSettings } from '#core/checks/check.ts';
import type { Reread } from '#core/checks/relations/carried.ts';
import { pairKeysOf } from '#core/checks/relations/carried.ts';
import type { Survey } from '#core/dataset/survey.ts';
import { splitsAmong, Surveyor } from '#core/dataset/survey.ts';
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

/** Which records of an old survey stay where they are, and which move. */
interface Kept {
  /** Records before this one stay. */
  readonly head: number;
  /** Records from this one on move by so many lines and bytes. */
  readonly tail: number;
  readonly lines: number;
  readonly bytes: number;
}

/** The old survey with other records between those that are kept. Facts, margins and findings of the kept ones stay. */
function carryOver(
  old: DocumentSurvey,
  { head, tail, lines, bytes }: Kept,
  between: Iterable<RawRecord>,
  rules: RuleSettings,
): Carried {
  const facts = new Facts();
  const findings: Finding[] = [];
  const byRecord = groupBy(old.findings, (finding) => finding.record);
  const carry = (from: number, to: number, byLines: number, byBytes: number): void => {
    for (let record = from; record < to; record++) {
      for (const finding of byRecord.get(record) ?? [])
        findings.push({ ...finding, record: facts.recordCount });
      facts.addFrom(old.facts, record, byLines, byBytes);
    }
  };
  carry(0, head, 0, 0);
  const { recognition } = old;
  const surveyor = new Surveyor(recognition && { recognition }, rules);
  for (const raw of between) surveyor.add(raw);
  const changed = surveyor.end();
  for (let row = 0; row < changed.facts.recordCount; row++) facts.addFrom(changed.facts, row, 0, 0);
  findings.push(...changed.findings);
  const moved = facts.recordCount - tail;
  carry(tail, old.facts.recordCount, lines, bytes);
  return {
    survey: {
      ...old,
      facts,
      findings,
      counts: countsAfter(old, findings),
      lineCount: old.lineCount + lines,
      byteCount: old.byteCount + bytes,
    },
    renumber: (one) => (one < head ? one : one >= tail ? one + moved : -1),
    before: () => keysBetween(old.facts, head, tail),
    changed: Array.from({ length: changed.facts.recordCount }, (_, i) => head + i),
  };
}

/** The bytes [from, to) of the lines that changed, and by how much those after them moved. */
function changeOf(
  old: DocumentSurvey,
  bytes: Uint8Array,
  lineStarts: Float64Array,
  { lineStart, tailCount }: Unchanged,
): { readonly from: number; readonly to: number } & Pick<Kept, 'lines' | 'bytes'> {
  return {
    from: lineStarts[lineStart] ?? bytes.length,
    to: lineStarts[lineStarts.length - tailCount] ?? bytes.length,
    lines: lineStarts.length - old.lineCount,
    bytes: bytes.length - old.byteCount,
  };
}

/**
 * Surveys a changed document by reading the changed lines alone. Costs a newline scan of the whole and a survey of what
 * changed.
 */
export function resurvey(
  old: DocumentSurvey,
  bytes: Uint8Array,
  lineStarts: Float64Array,
  unchanged: Unchanged,
  rules: RuleSettings,
): Carried {
  const { from, to, ...moved } = changeOf(old, bytes, lineStarts, unchanged);
  const head = old.facts.firstRecordFrom(unchanged.lineStart);
  const tail = Math.max(head, old.facts.firstRecordFrom(old.lineCount - unchanged.tailCount));
  // Only at its start may a text have a byte order mark.
  const middle = from === 0 ? recordsOf(bytes.subarray(0, to)) : recordsOf(bytes.subarray(from, to));
  const placed = function* (): Generator<RawRecord> {
    for (const raw of middle)
      yield {
        ...raw,
        record: raw.record + head,
        line: raw.line + unchanged.lineStart,
        byteStart: raw.byteStart + from,
        byteEnd: raw.byteEnd + from,
      };
  };
  return carryOver(old, { head, tail, ...moved }, placed(), rules);
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
  const { from, to, ...moved } = changeOf(old, bytes, lineStarts, unchanged);
  const { byteStart, byteEnd } = old.facts.records;
  const [oldCount, cut] = [old.facts.recordCount, [...recordsOf(bytes, layout)]];
  const isSame = (raw: RawRecord | undefined, record: number, by: number): boolean =>
    raw !== undefined &&
    !isFaultBetween(raw) &&
    byteStart[record] === raw.byteStart - by &&
    byteEnd[record] === raw.byteEnd - by;
  let head = 0;
  while (head < oldCount && (cut[head]?.byteEnd ?? Infinity) < from && isSame(cut[head], head, 0)) head++;
  let kept = 0;
  const max = Math.min(oldCount, cut.length) - head;
  for (; kept < max; kept++) {
    const raw = cut[cut.length - 1 - kept];
    if (!raw || raw.byteStart < to || !isSame(raw, oldCount - 1 - kept, moved.bytes)) break;
  }
  const between = cut.slice(head, cut.length - kept);
  const carried = carryOver(old, { head, tail: oldCount - kept, ...moved }, between, rules);
  return { ...carried, survey: { ...carried.survey, splits: splitsAmong(cut) } };
}
