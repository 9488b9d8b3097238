// Compares an open file, with its unsaved edits, with a revision of it in git.
import { listChanges } from '#core/history/listing.ts';
import { textReport } from '#core/history/report.ts';
import type { VersionReading } from '#core/history/versionKeys.ts';
import { Version } from '#core/history/versionKeys.ts';
import { messages } from '#core/messages.ts';
import type { RawRecord } from '#core/model/record.ts';
import { openFile } from '#node/files.ts';
import { gitFile } from '#node/gitFile.ts';
import { searchParts, workOnParts } from '#node/searchFile.ts';
import type { RangeRunner } from '#node/threads.ts';
import { entriesOf, readingsFor, readVersion, recognisedAs } from '#node/versions.ts';
import type { ComparedVersions } from '#protocol/editor/history.ts';

import type { OpenDataset } from './dataset.ts';
import { EarlierVersion } from './earlierVersion.ts';
import { fileNameOf, pathOf } from './names.ts';
import { MAX_OPEN_BYTES } from './sources/resurvey.ts';

/** Changes of each kind that the report lists. */
const LISTED = 200;

interface KeysNow {
  readonly version: Version;
  /** 1 for each record that was read. */
  readonly isRead: Uint8Array;
}

/** The keys of all records as they are now. Undefined if the text changed meanwhile. */
async function keysNow(
  dataset: OpenDataset,
  reading: VersionReading,
  ranges: RangeRunner,
  signal: AbortSignal,
): Promise<KeysNow | undefined> {
  const { generation, source, survey } = dataset;
  const { facts } = survey;
  const { recordCount } = facts;
  const text = source.searchedText();
  const all = Uint32Array.from({ length: recordCount }, (_, record) => record);
  const version = Version.ofSize(recordCount);
  const isRead = new Uint8Array(recordCount);
  await workOnParts(
    'versionOf',
    await searchParts(text, facts, all),
    text,
    ranges,
    (wanted) => ({ ...wanted, reading }),
    (_, result) => {
      if (!('columns' in result && 'records' in result)) return;
      const { columns, records } = result;
      version.put(columns, records);
      for (const record of records) isRead[record] = 1;
    },
    signal,
  );
  // Records of a table or an edited record come without their lines.
  for (let record = 0; record < recordCount; record++)
    version.columns.line[record] = facts.records.line[record] ?? 0;
  return dataset.generation === generation ? { version, isRead } : undefined;
}

/** The records of an open file, by number. */
const recordsNow = (dataset: OpenDataset) =>
  async function* (wants: (record: number) => boolean): AsyncGenerator<RawRecord> {
    const { recordCount } = dataset.survey.facts;
    for (let record = 0; record < recordCount; record++) {
      const raw = wants(record) ? dataset.rawRecord(record) : undefined;
      if (raw) yield await Promise.resolve(raw);
    }
  };

/** From now on, queries know what happened to each record since the revision. */
export async function compareWithRevision(
  dataset: OpenDataset,
  revision: string,
  ranges: RangeRunner,
  signal: AbortSignal,
): Promise<ComparedVersions> {
  const { uri } = dataset.source;
  const path = pathOf(uri);
  if (path === undefined) throw messages.noPastOf(fileNameOf(uri));
  const copy = await gitFile(path, revision, signal);
  try {
    const file = await openFile(copy.path, MAX_OPEN_BYTES);
    const { recognition } = dataset.survey;
    const readings = readingsFor(await recognisedAs({ file, settingsPath: path }, recognition), recognition);
    const old = await readVersion(file, readings.old, { ranges, signal });
    let now: KeysNow | undefined;
    do now = await keysNow(dataset, readings.now, ranges, signal);
    while (!now);
    const { isRead } = now;
    const earlier = new EarlierVersion(
      revision,
      readings.now,
      old,
      now.version,
      (record) => isRead[record] === 1,
    );
    dataset.setEarlier(earlier);
    const { found } = earlier;
    const name = fileNameOf(uri);
    const report: string[] = [];
    const lines = textReport({
      oldName: `${revision}:${name}`,
      newName: name,
      oldCount: old.count,
      newCount: now.version.count,
      counts: found.counts,
      notes: [],
      entries: entriesOf(
        { version: old, records: file.records, reading: readings.old },
        { version: now.version, records: recordsNow(dataset), reading: readings.now },
        listChanges(found, LISTED),
        signal,
      ),
    });
    for await (const line of lines) report.push(line);
    return { counts: found.counts, report };
  } finally {
    await copy.done();
  }
}
