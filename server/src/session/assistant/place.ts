// Records as assistants name them: numbers from 1, and a key that stands for the exact bytes.
import { keyOfPair } from '#core/edits/pairEdit.ts';
import { messages } from '#core/messages.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { sha256 } from '#node/cache.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { OpenDataset } from '../dataset.ts';
import { fileNameOf } from '../names.ts';

/** Characters of a key: enough that no two states of a record share one. */
const KEY_CHARACTERS = 24;

/** The key of a record: its bytes, whatever it means. A flip changes it, so no flip is made twice by mistake. */
export function keyOfRecord(dataset: OpenDataset, record: number): string | undefined {
  const raw = dataset.rawRecord(record);
  return raw && sha256(raw.bytes).slice(0, KEY_CHARACTERS);
}

/** What an assistant says of a place. */
export interface NamedPlace {
  /** From 1. */
  readonly record: number;
  /** From 1. */
  readonly pair?: number;
  readonly key?: string;
}

/** The number of a record from 0. Throws if the file has none of this number. */
export function recordOf({ source, survey }: OpenDataset, { record }: NamedPlace): number {
  const { recordCount } = survey.facts;
  if (record > recordCount) throw messages.noRecordNumber(fileNameOf(source.uri), record, recordCount);
  return record - 1;
}

/** The record that an edit is about. Throws if its bytes are no longer those that the key names. */
export function refOf(dataset: OpenDataset, place: NamedPlace): RecordRef {
  const { uri } = dataset.source;
  const record = recordOf(dataset, place);
  if (keyOfRecord(dataset, record) !== place.key) throw messages.recordMoved(fileNameOf(uri), place.record);
  const pair = (place.pair ?? 1) - 1;
  const read = dataset.readPair(record, pair);
  return { uri, record, pair, ...(read && { pairKey: keyOfPair(read.pair) }) };
}

/** Number of the line of a record, from 1. */
export function lineOf({ survey }: OpenDataset, record: number): number {
  return (survey.facts.records.line[record] ?? 0) + 1;
}

/** A place as assistants name it; nothing for the whole file. */
export function namesOf(dataset: OpenDataset, record: number, pair: number): Partial<Required<NamedPlace>> {
  if (record === WHOLE_FILE) return {};
  const key = keyOfRecord(dataset, record);
  return { record: record + 1, pair: pair + 1, ...(key !== undefined && { key }) };
}
