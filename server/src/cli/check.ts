import { UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { LEAST_PAIRS } from '#core/score/consistency.ts';
import { brokenRecords, cutoffsFor, Distribution, reviewFindings } from '#core/score/ranking.ts';
import { placeFindings } from '#node/engine.ts';
import { openDataset } from '#node/files.ts';

import type { Command } from './command.ts';
import { marginsByRecord, scoreFile, surveyFile } from './job.ts';

export interface CheckOptions {
  readonly score: boolean;
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly budget: number;
}

/** Checks one file and prints one line for each finding. True when a structural check found something. */
async function checkFile(command: Command, path: string, options: CheckOptions): Promise<boolean> {
  const file = await openDataset(path);
  const survey = await surveyFile(command, file);
  let ranked: Finding[] = [];
  let trust = '';
  if (options.score && survey.pairCount >= LEAST_PAIRS) {
    const scoredFile = await scoreFile(command, file, survey, { ...options, selfTest: false });
    const { scored } = scoredFile;
    const margins = await marginsByRecord(file, survey, scoredFile, options.groupBy);
    const cutoffs = cutoffsFor(margins, options.budget);
    ranked = reviewFindings(margins, new Distribution(margins), cutoffs, brokenRecords(survey.findings));
    const { accuracy, longerWins } = scored.result.trust;
    trust = `, scorer agrees with ${(100 * accuracy.value).toFixed(0)} % of labels (longer wins: ${(100 * longerWins).toFixed(0)} %)`;
  }
  const placed = await placeFindings(file.bytes, [...survey.findings, ...ranked]);
  command.bar.clear();
  for (const { finding, line, column } of placed) {
    command.print(`${path}:${line}:${column}: ${finding.severity} ${finding.rule}: ${finding.message}`);
  }
  for (const [rule, count] of survey.counts) {
    const kept = survey.findings.filter((finding) => finding.rule === rule).length;
    if (kept < count) command.print(`${path}: ${rule}: ${count - kept} more, not listed`);
  }
  const structural = [...survey.counts.values()].reduce((sum, count) => sum + count, 0);
  command.note(
    `${path}: ${survey.pairCount} pairs in ${survey.facts.count} records, ${survey.recognition.mapping.title}, ` +
      `${structural} findings of structure, ${ranked.length} pairs to review${trust}`,
  );
  return structural > 0;
}

/** What a run over several files came to. */
export interface CheckOutcome {
  /**
   * A structural check found something. A ranking of suspects always has a first, so it alone never
   * fails a run.
   */
  readonly found: boolean;
  /** A file could not be checked; the others were. */
  readonly failed: boolean;
}

export async function check(
  command: Command,
  paths: readonly string[],
  options: CheckOptions,
): Promise<CheckOutcome> {
  const outcome = { found: false, failed: false };
  for (const path of paths) {
    try {
      outcome.found = (await checkFile(command, path, options)) || outcome.found;
    } catch (error) {
      if (!(error instanceof UserError) || command.signal.aborted) throw error;
      command.bar.clear();
      command.note(error.message);
      outcome.failed = true;
    }
  }
  return outcome;
}
