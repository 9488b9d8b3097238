import type { Finding } from '#core/model/finding.ts';

/** The findings of a file, open or not. */
export interface KnownFindings {
  readonly uri: string;
  /** Other findings are another list. */
  readonly findings: readonly Finding[];
  /** How many there really are. */
  readonly count: number;
  /** From 0. */
  readonly lineOf: (record: number) => number;
  /** A field of a record; undefined where it is not at hand. */
  readonly fieldOf: (record: number, names: readonly string[]) => unknown;
}
