// Updates a survey after a save of edits that it already includes: records move, and none is read again.
import { renumberBy } from '../edits/pending.ts';
import type { SplitStart } from '../facts/splitStart.ts';
import { WHOLE_FILE } from '../model/finding.ts';
import type { RecordChange } from '../model/record.ts';
import type { Survey } from './survey.ts';
import { withoutFindings } from './survey.ts';

export interface CarriedSurvey<S extends Survey> {
  readonly survey: S;
  /** The present number of an old record; −1 if it was dropped. */
  readonly renumber: (record: number) => number;
}

/** The lists that still hold records: of two that begin at one record, the first is empty. */
function withoutEmpty(splits: readonly SplitStart[], recordCount: number): readonly SplitStart[] {
  return splits.filter(({ record }, i) => record < (splits[i + 1]?.record ?? recordCount));
}

/**
 * @param saved the changed records, by their places in the old file. Each is dropped or is still one record.
 * @param isTable byte ranges of a row start at 0, and each row is a line
 */
export function surveyAfterSave<S extends Survey>(
  old: S,
  saved: readonly RecordChange[],
  isTable: boolean,
): CarriedSurvey<S> {
  const changes = new Map(saved.map((one) => [one.raw.record, one]));
  const isDropped = (record: number): boolean => changes.get(record)?.bytes === null;
  const renumber = renumberBy(saved.map(({ raw, bytes }) => [raw.record, bytes]));
  const oldLine = old.facts.records.line;
  const facts = old.facts.without(isDropped);
  const { line, byteStart, byteEnd } = facts.records;
  const keptBefore = (record: number): number => {
    let kept = 0;
    for (let one = 0; one < record; one++) if (!isDropped(one)) kept++;
    return kept;
  };
  let [at, lines, bytes] = [0, 0, 0];
  for (let record = 0; record < old.facts.recordCount; record++) {
    const change = changes.get(record);
    if (change?.bytes === null) {
      const { raw, removed = { start: raw.byteStart, end: raw.lineEnd } } = change;
      if (change.moreLines !== undefined) lines += change.moreLines;
      else if (change.removed) lines -= (oldLine[record + 1] ?? 0) - (oldLine[record] ?? 0);
      else if (isTable || raw.lineEnd > raw.byteEnd) lines--;
      if (!isTable) bytes -= removed.end - removed.start;
      continue;
    }
    line[at] = (line[at] ?? 0) + lines;
    byteStart[at] = (byteStart[at] ?? 0) + bytes;
    if (change && !isTable) bytes += change.bytes.length - (change.raw.byteEnd - change.raw.byteStart);
    lines += change?.moreLines ?? 0;
    byteEnd[at] = change && isTable ? change.bytes.length : (byteEnd[at] ?? 0) + bytes;
    at++;
  }
  const { findings, counts } = withoutFindings(old, isDropped);
  const moved = findings.map((finding) =>
    finding.record === WHOLE_FILE ? finding : { ...finding, record: renumber(finding.record) },
  );
  const splits = old.splits?.map(({ name, record }) => ({ name, record: keptBefore(record) }));
  return {
    survey: { ...old, facts, findings: moved, counts, ...(splits && { splits: withoutEmpty(splits, at) }) },
    renumber,
  };
}
