// What the client shows of an open file.

export type Phase =
  'reading' | 'unrecognised' | 'unscored' | 'scoring' | 'scored' | 'cancelled' | 'untrusted' | 'failed';

/** What the status item shows. */
export interface DatasetStatus {
  readonly uri: string;
  readonly phase: Phase;
  /** Rises when text, findings, scores or trust changed, and not with mere progress. */
  readonly revision: number;
  /** Rises when the text or its mapping changed. */
  readonly generation: number;
  readonly recordCount: number;
  /** Pairs, ties among them. */
  readonly pairCount: number;
  readonly tieCount: number;
  /** Answers with a verdict of their own, where there are no pairs. */
  readonly judgementCount: number;
  /** Read from disk, because no editor holds its text. */
  readonly isOnDisk: boolean;
  /** PrefLens reads such files but does not write them: every edit is refused. */
  readonly isReadOnly?: true;
  /** Records with edits that wait to be saved; of files on disk alone. */
  readonly unsavedCount: number;
  /** How the file is read; of a file that mixes schemas, how many pairs by which. */
  readonly mapping?: string;
  /** Schemas of a file that mixes several. */
  readonly schemaCount?: number;
  readonly polarity?: string;
  /** Says which fields look like the prompt and are not read. */
  readonly unread?: string;
  /** Says that nobody can tell which answer is better, and which readings there are. */
  readonly unsure?: string;
  readonly findingCount: number;
  /** Duplicates and contradictions are still being searched: findings will be added. */
  readonly isRelating?: true;
  /** While scoring: "Scoring 42 %, about 8 s left". */
  readonly progress?: string;
  /** Why scoring failed or was not tried. */
  readonly reason?: string;
  readonly trust?: string;
}
