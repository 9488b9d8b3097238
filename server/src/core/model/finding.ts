import type { Path } from './json.ts';

export type Severity = 'error' | 'warning' | 'information';

/** The record of a finding that is about a whole file. */
export const WHOLE_FILE = -1;

/** More findings of one rule are counted, not kept: a file that is wrong throughout must not fill the memory. */
export const MAX_FINDINGS = 10_000;

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

/** A text that is to stand in a place, which is a string value or a part of one. */
export interface TextReplacement {
  readonly place: Place;
  readonly text: string;
}

/** Bytes between records or around them that belong to none. Half-open, from the line's first byte. */
export interface Separator {
  readonly start: number;
  readonly end: number;
  /** A record ends before it and another one begins after it: a line end belongs here. */
  readonly isBreak: boolean;
}

/** What a check reports of one record. */
export interface Hit {
  readonly place: Place;
  readonly message: string;
  /** What would mend it. */
  readonly replace?: readonly TextReplacement[];
  /** Several records stand on the line, or commas around one: what to replace by line ends, or by nothing. */
  readonly separate?: readonly Separator[];
}

/** A hit with the rule that made it and the record it is about. */
export interface Finding extends Hit {
  readonly rule: string;
  readonly severity: Severity;
  /** Record number, from 0, blank lines not counted; WHOLE_FILE where it is about all of them. */
  readonly record: number;
  /** Number of the pair within its record, from 0, where the finding is about one. */
  readonly pair?: number;
  /** Key of the pair elsewhere that this one is too close to. */
  readonly other?: string;
  /** Number of the earlier record of the same file that holds the same pair. */
  readonly twin?: number;
}
