import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import type { Relations } from '#core/checks/relations/relations.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { ruleById } from '#core/checks/table.ts';
import { PARTIAL } from '#core/dataset/facts.ts';
import { UserError } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { brokenRecords, cutoffsFor, Distribution, reviewFindings } from '#core/score/ranking.ts';
import { placeFindings } from '#node/engine.ts';
import { groupShards } from '#node/files.ts';
import { rowGroupsOf } from '#node/parquet/open.ts';
import { mostRelated, mostSigned, signDataset } from '#node/signatures.ts';
import type { SurveyedDataset } from '#node/survey.ts';

import type { Command } from './command.ts';
import { isScorable, openSurveyed, scoreDataset } from './job.ts';

export interface CheckOptions {
  readonly score: boolean;
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly budget: number;
  readonly model?: string | undefined;
}

/** Findings about labels, for each file of the dataset, and what the scorer is worth. */
interface Review {
  readonly byFile: readonly (readonly Finding[])[];
  readonly trust: string;
}

/** Margins without those of which a scorer saw a part of an answer alone. */
function rankedMargins({ files }: SurveyedDataset, margins: Float32Array): Float32Array {
  const ranked = margins.slice();
  for (const { survey, firstPair } of files) {
    const { dispute } = survey.facts.pairs;
    for (let pair = 0; pair < survey.facts.pairCount; pair++) {
      if (dispute[pair] === PARTIAL) ranked[firstPair + pair] = Number.NaN;
    }
  }
  return ranked;
}

async function review(command: Command, dataset: SurveyedDataset, options: CheckOptions): Promise<Review> {
  const { margins, scorer, trust } = await scoreDataset(command, dataset, {
    ...options,
    selfTest: false,
  });
  const ranked = rankedMargins(dataset, margins);
  const cutoffs = cutoffsFor(ranked, options.budget);
  const distribution = new Distribution(margins);
  const byFile = dataset.files.map(({ survey, firstPair }) =>
    reviewFindings({
      facts: survey.facts,
      margins: ranked.subarray(firstPair, firstPair + survey.facts.pairCount),
      labelPath: survey.recognition.labelPath,
      distribution,
      cutoffs,
      broken: brokenRecords(survey.findings),
      scorer,
      percent: options.budget,
      rules: DEFAULT_RULES,
    }),
  );
  const percent = (share: number): string => (100 * share).toFixed(0);
  const words = `, ${scorer} agrees with ${percent(trust.accuracy.value)} % of labels (longer wins: ${percent(trust.longerWins)} %)`;
  return { byFile, trust: words };
}

/** What the records of a dataset are to each other. Near duplicates are looked for as far as memory allows. */
async function relate(command: Command, dataset: SurveyedDataset): Promise<readonly Relations[]> {
  const { ranges, memoryMb, bar, signal } = command;
  if (dataset.pairCount > mostRelated(memoryMb)) {
    command.note(
      `${dataset.name}: duplicates were not looked for: ${dataset.pairCount} pairs need more than ${memoryMb} MB (--memory).`,
    );
    return [];
  }
  const most = mostSigned(memoryMb);
  const onProgress = (done: number): void => {
    bar.show('Looking for duplicates', done);
  };
  const signatures = await signDataset(dataset, ranges, most, onProgress, signal);
  const signed = signatures.length / SIGNATURE_BYTES;
  if (signed < dataset.pairCount) {
    bar.clear();
    command.note(
      `${dataset.name}: near duplicates were looked for among the first ${signed} of ${dataset.pairCount} pairs. More memory (--memory) takes in more.`,
    );
  }
  const files = dataset.files.map(({ file, survey }) => ({
    name: file.path,
    facts: survey.facts,
    recognition: survey.recognition,
    rowGroups: rowGroupsOf(file.path),
  }));
  return findRelations(files, signatures, DEFAULT_RULES);
}

/** "580 pairs (188 ties)", "149 single verdicts": what there is, without what there is none of. */
export function countWords(counts: { pairCount: number; tieCount: number; judgementCount: number }): string {
  const { pairCount, tieCount, judgementCount } = counts;
  const ties = tieCount > 0 ? ` (${tieCount} ties)` : '';
  const words = [
    pairCount > 0 || judgementCount === 0 ? `${pairCount} pairs${ties}` : '',
    judgementCount > 0 ? `${judgementCount} single verdicts` : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

/** Checks one dataset and prints one line for each finding. True when a structural check found something. */
async function checkDataset(
  command: Command,
  paths: readonly string[],
  options: CheckOptions,
): Promise<boolean> {
  const dataset = await openSurveyed(command, paths, { sign: true });
  const relations = await relate(command, dataset);
  const canScore = options.score && isScorable(dataset, { ...options, selfTest: false });
  const reviewed = canScore ? await review(command, dataset, options) : undefined;
  let structural = 0;
  let toReview = 0;
  for (const [i, { file, survey }] of dataset.files.entries()) {
    const ranked = reviewed?.byFile[i] ?? [];
    const related = relations[i] ?? { findings: [], counts: new Map<string, number>() };
    const listed = [...survey.findings, ...related.findings];
    const placed = await placeFindings(file.records, [...listed, ...ranked]);
    command.bar.clear();
    for (const { finding, line, column } of placed) {
      command.print(
        `${file.path}:${line}:${column}: ${finding.severity} ${finding.rule}: ${finding.message}`,
      );
    }
    for (const [rule, count] of [...survey.counts, ...related.counts]) {
      const kept = listed.filter((finding) => finding.rule === rule).length;
      if (kept < count) command.print(`${file.path}: ${rule}: ${count - kept} more, not listed`);
      if (ruleById(rule)?.severity !== 'information') structural += count;
    }
    toReview += ranked.length;
  }
  const titles = [...new Set(dataset.files.map(({ survey }) => survey.recognition.mapping.title))].join(', ');
  const where = dataset.files.length > 1 ? ` of ${dataset.files.length} files` : '';
  command.note(
    `${dataset.name}: ${countWords(dataset)} in ${dataset.recordCount} records${where}, ${titles}, ` +
      `${structural} findings of structure, ${toReview} pairs to review${reviewed?.trust ?? ''}`,
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
  for (const group of groupShards(paths)) {
    try {
      outcome.found = (await checkDataset(command, group, options)) || outcome.found;
    } catch (error) {
      if (!(error instanceof UserError) || command.signal.aborted) throw error;
      command.bar.clear();
      command.note(error.message);
      outcome.failed = true;
    }
  }
  return outcome;
}
