import type { Path } from './json.ts';

export type Severity = 'error' | 'warning' | 'information';

/** The gravest first. */
export const SEVERITY_RANK: Record<Severity, number> = { error: 0, warning: 1, information: 2 };

/** Record number of a finding about the whole file. */
export const WHOLE_FILE = -1;

/** Findings of a rule to keep; more are only counted, so that a bad file does not fill the memory. */
export const MAX_FINDINGS = 10_000;

/**
 * Where a finding is in its record. Resolved to bytes only for display, because most findings of a large file are
 * never shown.
 */
export interface Place {
  readonly path: Path;
  /** `key`: the field's name. `value`: its value. */
  readonly part: 'key' | 'value';
  /** Half-open range inside a string value, in UTF-16 units of the decoded text. */
  readonly within?: readonly [start: number, end: number];
  /** Half-open byte range from the record's first byte; set if there is no valid JSON. */
  readonly bytes?: readonly [start: number, end: number];
}

/** New text for a string value or a part of one. */
export interface TextReplacement {
  readonly place: Place;
  readonly text: string;
}

/** Bytes between or around records that belong to none. Half-open, from the line's first byte. */
export interface Separator {
  readonly start: number;
  readonly end: number;
  /** A record ends before it and another begins after it: a line end belongs here. */
  readonly isBreak: boolean;
}

/** What a check reports about one record. */
export interface Hit {
  readonly place: Place;
  readonly message: string;
  /** Replacements that fix it. */
  readonly replace?: readonly TextReplacement[];
  /** If the line holds several records, or commas around one: the bytes to replace with line ends or nothing. */
  readonly separate?: readonly Separator[];
}

export interface Finding extends Hit {
  readonly rule: string;
  readonly severity: Severity;
  /** Record number from 0, not counting blank lines, or WHOLE_FILE. */
  readonly record: number;
  /** Number of the pair in its record, from 0, if the finding is about one pair. */
  readonly pair?: number;
  /** Key of another pair that is too close to this one. */
  readonly other?: string;
  /** Number of an earlier record of the file with the same pair. */
  readonly twin?: number;
}
