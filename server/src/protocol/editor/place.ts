// A record that a request is about.

export interface RecordRef {
  readonly uri: string;
  readonly record: number;
  /** Number of the pair within the record, from 0; 0 where it is not said. */
  readonly pair?: number;
  /** Of the pair that was looked at: an edit is refused where another one stands now. */
  readonly pairKey?: string;
}
