// A survey carried over a save of the edits that it already knows: records move, and none is read again.
import { renumberBy } from '../edits/pending.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import type { Survey } from './survey.ts';
import { withoutFindings } from './survey.ts';

/** A record that was saved with other bytes; null where it was dropped. */
export interface SavedRecord {
  readonly record: number;
  /** Where it stood in the old file, as in `CutRecord`. */
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly lineEnd: number;
  readonly bytes: Uint8Array | null;
}

export interface CarriedSurvey<S extends Survey> {
  readonly survey: S;
  /** The present number of an old record; −1 for one that was dropped. */
  readonly renumber: (record: number) => number;
}

/**
 * Saved records are dropped or are one record each.
 * @param isTable bytes of rows are counted from their own start, and a row is a line
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
