// Models of preflens.json, and files as a whole.

export interface ModelCheck {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  /** Why it cannot be used. */
  readonly error?: string;
}

/** The text of a table, or why there is none. */
export interface TextResult {
  readonly text?: string;
  readonly error?: string;
}

/** What became of a file that is open from disk; `error` says what to do. */
export interface SaveResult {
  /** Records that were changed. */
  readonly saved?: number;
  readonly error?: string;
}
