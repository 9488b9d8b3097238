// An open dataset as queries see it.
import { objectsOf, parseRecord } from '#core/json/parseRecord.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { KnownFacts } from '#core/query/facts.ts';
import { spellName } from '#core/query/fields.ts';
import { ratingsSeen } from '#core/query/ratings.ts';

import type { OpenDataset } from '../dataset.ts';

/** Records to judge the fields by: the first ones, and as many from the rest of the file. */
const SAMPLE = 64;

/** Some records of a file, also of a table that is not read yet. */
export function sampleRecords(dataset: OpenDataset): readonly JsonObject[] {
  const early = dataset.isReady ? undefined : dataset.source.early();
  const count = early?.rowCount ?? dataset.survey.facts.recordCount;
  const step = Math.max(1, Math.floor((count - SAMPLE) / SAMPLE));
  const records = Array.from({ length: Math.min(count, 2 * SAMPLE) }, (_, i) =>
    i < SAMPLE ? i : SAMPLE + (i - SAMPLE) * step,
  );
  return records.flatMap((record) => {
    const raw = early ? early.rawAt(record) : dataset.rawRecord(record);
    return raw ? objectsOf(parseRecord(raw)) : [];
  });
}

/** Names of the fields of the records and of the ratings of pairs, as far as a sample shows. */
export function topFields(dataset: OpenDataset): readonly string[] {
  const sample = sampleRecords(dataset);
  const { recognition } = dataset.survey;
  const names = new Set(sample.flatMap((record) => Object.keys(record)));
  return [
    ...[...names].map(spellName),
    ...(recognition ? ratingsSeen(recognition.mapping, sample).keys() : []),
  ];
}

export function factsOf(dataset: OpenDataset): KnownFacts {
  const { survey, findings, keptFindings, source } = dataset;
  const { pending } = source;
  const mapping = survey.recognition?.mapping;
  return {
    facts: survey.facts,
    findings,
    kept: keptFindings,
    schemas: mapping ? [mapping.id, ...(mapping.others ?? []).map(({ id }) => id)] : [],
    isEdited: (record) => pending?.isEdited(record) ?? false,
    isDropped: (record) => pending?.isDropped(record) ?? false,
    changes: dataset.earlier?.changes,
  };
}
