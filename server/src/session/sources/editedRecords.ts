// Records of a file with its pending edits: as a stream, and as a survey.
import type { RuleSettings } from '#core/checks/check.ts';
import { Surveyor, withoutFindings } from '#core/dataset/survey.ts';
import type { Pending } from '#core/edits/pending.ts';
import type { CutRecord, RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { DataFile } from '#node/dataFile.ts';

import type { DocumentSurvey } from './resurvey.ts';

/** Dropped records leave a gap: the others keep their numbers until they are saved. */
export function editedRecords(file: DataFile, pending: ReadonlyMap<number, Pending>): RecordStream {
  return async function* (wants?: (record: number) => boolean): AsyncGenerator<CutRecord> {
    for await (const raw of file.records(wants)) {
      const edited = pending.get(raw.record);
      if (!edited) yield raw;
      else if (edited.bytes)
        yield { ...raw, bytes: edited.bytes, byteEnd: raw.byteStart + edited.bytes.length };
    }
  };
}

/** The survey with these records read again; its facts are changed in place. */
export function surveyRecordsAgain(
  survey: DocumentSurvey,
  changed: ReadonlySet<number>,
  rawOf: (record: number) => RawRecord,
  rules: RuleSettings,
): DocumentSurvey {
  const { facts, recognition } = survey;
  const kept = withoutFindings(survey, (record) => changed.has(record));
  const { counts } = kept;
  const findings = [...kept.findings];
  for (const record of changed) {
    const raw = rawOf(record);
    const surveyor = new Surveyor(recognition && { recognition }, rules);
    if (raw.bytes.length > 0) surveyor.add(raw);
    const one = surveyor.end();
    facts.replacePairs(record, one.facts);
    findings.push(...one.findings);
    for (const [rule, count] of one.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
  }
  return { ...survey, findings: findings.sort((a, b) => a.record - b.record), counts };
}

/** The old numbers of records that have changed. */
export function recordsBefore(
  count: number,
  changed: ReadonlySet<number>,
  renumber: ((record: number) => number) | undefined,
): readonly number[] {
  if (!renumber) return [...changed];
  return Array.from({ length: count }, (_, record) => record).filter((record) =>
    changed.has(renumber(record)),
  );
}
