import type { Finding } from '#core/model/finding.ts';
import type { FindingItem, RuleFix } from '#protocol/editor/findings.ts';

/** What a list says of the pair of a finding. */
export type AboutFinding = Pick<FindingItem, 'isOpen' | 'prompt' | 'margin' | 'pairKey'>;

/** The findings of a file, open or not. */
export interface KnownFindings {
  readonly uri: string;
  /** Other findings are another list. */
  readonly findings: readonly Finding[];
  /** How many there really are. */
  readonly count: number;
  /** Findings of a rule that are counted and not kept. */
  readonly unlisted: (rule: string) => number;
  /** From 0. */
  readonly lineOf: (record: number) => number;
  /** A field of a record; undefined where it is not at hand. */
  readonly fieldOf: (record: number, names: readonly string[]) => unknown;
  readonly about: (finding: Finding) => AboutFinding;
  /** What a repair of all findings of a rule would do; undefined if there is none. */
  readonly fixOf: (rule: string) => RuleFix | undefined;
}
