// Where the bytes of an open dataset come from: an editor's document, or a file on disk.
import type { Newline } from '#core/edits/edit.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { FileSettings } from '#node/config.ts';
import type { RelateText } from '#node/rangeWork.ts';

import type { Carried, DocumentSurvey } from './resurvey.ts';

export interface Source {
  readonly uri: string;
  /** The editor's version of the text that was last surveyed or refreshed; null where no editor holds it. */
  readonly version: number | null;
  /** Surveys everything. Undefined when `signal` ended it. */
  survey(settings: FileSettings, signal: AbortSignal): Promise<DocumentSurvey | undefined>;
  /** Brings a survey up to date. Undefined when nothing changed. */
  refresh(old: DocumentSurvey): Carried | undefined;
  /** Longer records are not read. */
  readonly maxRecordBytes: number;
  /** The bytes of a record as they are now, from where its survey saw it. */
  bytesOf(record: number, byteStart: number, byteEnd: number): Uint8Array;
  /** UTF-16 units of the record's line before its first byte. */
  textLengthBefore(raw: RawRecord): number;
  /** Bytes as the editor holds them. */
  textOf(bytes: Uint8Array): string;
  /** How lines end, at a record. */
  newlineOf(raw: RawRecord): Newline;
  /** All records as they are now, for scoring. */
  readonly records: RecordStream;
  /** The text for another thread. */
  readonly textForThread: () => RelateText | undefined;
}
