// A conversion to JSON Lines.

/** What it did. The texts are sentences. */
export interface Converted {
  /** Records. */
  readonly read: number;
  readonly written: number;
  /** How the file was read, where its format leaves that open. */
  readonly notes: readonly string[];
  /** What differs from the file, with counts and first records. */
  readonly lost: readonly string[];
}
