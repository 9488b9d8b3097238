// All checks of a whole dataset, in the order of their reports.
import { MOST_FINDINGS } from '../../dataset/survey.ts';
import type { Finding } from '../../model/finding.ts';
import { findCycles } from './cycles.ts';
import { findDuplicates } from './duplicates.ts';
import { findLeaks } from './leaks.ts';
import { findNearDuplicates } from './nearDuplicates.ts';
import type { FileFacts } from './relation.ts';
import { PairSpace, Report } from './relation.ts';

/** What was found in one file. */
export interface Relations {
  readonly findings: readonly Finding[];
  /** How many each rule really has. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Checks the files of a dataset together; without signatures, near duplicates are not looked for. */
export function findRelations(files: readonly FileFacts[], signatures?: Uint8Array): readonly Relations[] {
  const space = new PairSpace(files);
  const report = new Report(space, MOST_FINDINGS);
  findDuplicates(space, report);
  findCycles(space, report);
  findLeaks(space, report);
  if (signatures) findNearDuplicates(space, signatures, report);
  return files.map((_, i) => ({
    findings: report.findings[i] ?? [],
    counts: report.counts[i] ?? new Map<string, number>(),
  }));
}
