// Types of the API for other extensions. `npm run generate` copies this file to client/api.d.ts, which is in the package.

/**
 * What the extension "preflens.preflens" offers to other extensions:
 *
 *     const api: PrefLensApi = await vscode.extensions.getExtension('preflens.preflens')?.activate();
 *
 * Numbers of records and pairs count from 1, as people and the assistants' tools count them. Every promise rejects
 * with an Error whose message says what is wrong, where, and what to do.
 */
import type { CancellationToken, Event, Uri } from 'vscode';

export interface PrefLensApi {
  /** Rises if something here changes its meaning; additions don't raise it. */
  readonly version: 1;
  /** What is known of a file that is open; undefined if it is not open or no dataset. */
  status(uri: Uri): FileStatus | undefined;
  /** Fires with the file when its text, findings, scores or phase changed, and when it was closed. */
  readonly onDidChangeStatus: Event<Uri>;
  /** Findings in the order of review. Opens the file for as long as it takes. */
  findings(uri: Uri, query?: FindingsQuery, token?: CancellationToken): Promise<Findings>;
  /** A pair with its whole texts. */
  pair(uri: Uri, record: number, pair?: number, token?: CancellationToken): Promise<PairContent>;
  /** Shows a pair in the Compare view. */
  compare(uri: Uri, record: number, pair?: number): Promise<void>;
  /** Exchanges chosen and rejected: as an edit of the text, or as a pending edit of the dataset editor. */
  flip(uri: Uri, target: EditTarget): Promise<Edited>;
  /** Removes a record, in the same way. */
  drop(uri: Uri, target: EditTarget): Promise<Edited>;
  /** Writes the decision that a finding is no fault to .preflens/decisions.jsonl. */
  keep(uri: Uri, target: EditTarget, rule: string, reason: string): Promise<void>;
}

export interface FileStatus {
  readonly phase:
    'reading' | 'unrecognised' | 'unscored' | 'scoring' | 'scored' | 'cancelled' | 'untrusted' | 'failed';
  readonly records: number;
  /** Ties among them. */
  readonly pairs: number;
  /** Without those that people decided to ignore. */
  readonly findings: number;
  /** Records with edits that wait to be saved, of a file that no text editor holds. */
  readonly unsaved: number;
  /** Why the file is not read or not scored. */
  readonly reason?: string;
}

export type Severity = 'error' | 'warning' | 'information';

export interface FindingsQuery {
  readonly rule?: string;
  readonly severity?: Severity;
  /** A query, as in the dataset editor. */
  readonly where?: string;
  /** The first one to return, from 1. Default: 1. */
  readonly start?: number;
  /** 1 to 100. Default: 100. */
  readonly limit?: number;
}

export interface Findings {
  readonly total: number;
  readonly findings: readonly Finding[];
  /** `start` of the next page; absent on the last one. */
  readonly next?: number;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** May quote the file: escape it where it is shown. */
  readonly message: string;
  /** Absent for a finding about the whole file. */
  readonly record?: number;
  readonly pair?: number;
  /** Line in the file, from 1; in a table the row. */
  readonly line?: number;
  /** Names the record in edits. */
  readonly key?: string;
}

/** Texts are as the file holds them: escape them where they are shown. */
export interface PairContent {
  readonly record: number;
  readonly pair: number;
  /** Pairs of this record; 0 if it holds none. */
  readonly pairs: number;
  readonly key: string;
  readonly prompt: readonly { readonly role: string; readonly text: string }[];
  /** Absent if the record holds no pair. */
  readonly chosen?: string;
  readonly rejected?: string;
  readonly isTie: boolean;
  /** Reward of chosen minus reward of rejected; absent while the file is not scored. */
  readonly margin?: number;
  readonly findings: readonly Finding[];
}

export interface EditTarget {
  readonly record: number;
  /** Default: 1. */
  readonly pair?: number;
  /** From `findings`, `pair` or the last edit. An edit is refused if the record changed since. */
  readonly key: string;
}

export interface Edited {
  readonly record?: number;
  readonly pair?: number;
  /** Names the record in the next edit; absent if it was dropped. */
  readonly key?: string;
}
