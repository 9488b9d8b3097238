import type { Path } from './json.ts';

export type Severity = 'error' | 'warning' | 'information';

/**
 * Where in a record a finding sits. Resolved to bytes only when somebody looks at it,
 * because most findings of a large file are never shown.
 */
export interface Place {
  readonly path: Path;
  /** `key`: the field's name. `value`: what it holds. */
  readonly part: 'key' | 'value';
  /** A half-open range inside a string value, in UTF-16 units of the decoded text. */
  readonly within?: readonly [start: number, end: number];
  /** A half-open byte range from the record's first byte; set where there is no JSON to walk. */
  readonly bytes?: readonly [start: number, end: number];
}

/** What a check reports of one record. */
export interface Hit {
  readonly place: Place;
  readonly message: string;
}

/** A hit with the rule that made it and the record it is about. */
export interface Finding extends Hit {
  readonly rule: string;
  readonly severity: Severity;
  /** Record number, from 0, blank lines not counted. */
  readonly record: number;
  /** Number of the pair within its record, from 0, where the finding is about one. */
  readonly pair?: number;
}
