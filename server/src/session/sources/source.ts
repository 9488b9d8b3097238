// Where the bytes of an open dataset come from: an editor's document, or a file on disk.
import type { Newline } from '#core/edits/edit.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { FileSettings } from '#node/config.ts';
import type { DataFile } from '#node/dataFile.ts';
import type { Settled } from '#node/editSession.ts';
import type { RelateText } from '#node/rangeWork.ts';
import type { SearchedText } from '#node/searchFile.ts';
import type { Stamp } from '#node/stored.ts';

import type { OpenDocument } from '../document.ts';
import type { Saved } from './diskSave.ts';
import type { EarlyTable } from './early.ts';
import type { Carried, DocumentSurvey } from './resurvey.ts';

/** The edits of a file that the server saves. They are pending until then. */
export interface PendingSource {
  /** Records that differ from the file. */
  readonly unsavedCount: number;
  isEdited(record: number): boolean;
  isDropped(record: number): boolean;
  /** Adds an edit; null drops the record. Its number in the history. */
  edit(record: number, bytes: Uint8Array | null, label: string): number;
  /** Undoes or redoes an edit of the history. False if that is impossible. */
  retrace(id: number, direction: 'undo' | 'redo'): boolean;
  /**
   * Saves what is pending. Edits made meanwhile stay pending, and the history goes on.
   * @param onCommit called when the saved file is the one that is read: refresh what was known of it
   */
  save(signal: AbortSignal, onCommit: () => void): Promise<Saved>;
  /** The file as the last save left it; undefined if another program wrote to it at the same moment. */
  readonly savedAs: Stamp | undefined;
  /** Saves the file with its edits under another name; how many records differ. The edits stay pending here. */
  saveAs(path: string, signal: AbortSignal): Promise<number>;
  /** Writes what is pending to a file, which another session can open with. */
  backup(path: string): Promise<void>;
  /** Drops what is pending. */
  discard(): void;
  /** True if another program changed the content of the file. */
  isChanged(signal: AbortSignal): Promise<boolean>;
  /** Opens the file again; a survey has to follow. Edits and history stay. Rejects if the file cannot be read. */
  reopen(): Promise<void>;
  /** What became of the edits of earlier sessions; once. */
  takeSettled(): Settled | undefined;
  /** Why edits cannot be written to the journal; once. */
  takeFault(): string | undefined;
}

export interface Source {
  readonly uri: string;
  /** The text, if an editor holds it. */
  readonly document: OpenDocument | undefined;
  /** The file, if it is read from disk. */
  readonly file: DataFile | undefined;
  /** Undefined if the editor makes and saves edits, or if nothing is edited. */
  readonly pending: PendingSource | undefined;
  /** The records are those of a JSON document: they may span lines, and commas stand between them. */
  readonly isDocument: boolean;
  /** Rows before the file is read through; undefined if only reading finds its records. */
  early(): EarlyTable | undefined;
  close(): void;
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
  /** The records as they are now, for a search. */
  searchedText(): SearchedText;
  /** The text for another thread. */
  readonly textForThread: () => RelateText | undefined;
}
