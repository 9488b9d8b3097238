// Updates a survey after a save of edits that it already includes: records move, and none is read again.
import { renumberBy } from '../edits/pending.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import type { Survey } from './survey.ts';
import { withoutFindings } from './survey.ts';

/** A record that a save changed; null bytes mean it was dropped. */
export interface SavedRecord {
  readonly record: number;
  /** Its position in the old file, as in `CutRecord`. */
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly lineEnd: number;
  readonly bytes: Uint8Array | null;
}

export interface CarriedSurvey<S extends Survey> {
  readonly survey: S;
  /** The present number of an old record; −1 if it was dropped. */
  readonly renumber: (record: number) => number;
}

/**
 * Each saved record is dropped or is still one record.
 * @param isTable byte ranges of a row start at 0, and each row is a line
 */
export function surveyAfterSave<S extends Survey>(
  old: S,
  saved: readonly SavedRecord[],
  isTable: boolean,
): CarriedSurvey<S> {
  const changes = new Map(saved.map((one) => [one.record, one]));
  const isDropped = (record: number): boolean => changes.get(record)?.bytes === null;
  const renumber = renumberBy(saved.map(({ record, bytes }) => [record, bytes]));
  const facts = old.facts.without(isDropped);
  const { line, byteStart, byteEnd } = facts.records;
  let [at, lines, bytes] = [0, 0, 0];
  for (let record = 0; record < old.facts.recordCount; record++) {
    const change = changes.get(record);
    if (change?.bytes === null) {
      if (isTable || change.lineEnd > change.byteEnd) lines--;
      if (!isTable) bytes -= change.lineEnd - change.byteStart;
      continue;
    }
    line[at] = (line[at] ?? 0) + lines;
    byteStart[at] = (byteStart[at] ?? 0) + bytes;
    if (change && !isTable) bytes += change.bytes.length - (change.byteEnd - change.byteStart);
    byteEnd[at] = change && isTable ? change.bytes.length : (byteEnd[at] ?? 0) + bytes;
    at++;
  }
  const { findings, counts } = withoutFindings(old, isDropped);
  const moved = findings.map((finding) =>
    finding.record === WHOLE_FILE ? finding : { ...finding, record: renumber(finding.record) },
  );
  return { survey: { ...old, facts, findings: moved, counts }, renumber };
}
