// What commands do to a dataset: open, survey, score.
import { messages } from '#core/messages.ts';
import { readerOf } from '#core/score/model.ts';
import { answerUnits, whyTooFew } from '#core/score/scorable.ts';
import { configuredMapping } from '#node/config.ts';
import { fittedShare, pairBatches, restMargins } from '#node/engine.ts';
import type { DataFile } from '#node/files.ts';
import { openGroup } from '#node/files.ts';
import type { Scored, Stage } from '#node/scoring.ts';
import { score } from '#node/scoring.ts';
import { startScorer } from '#node/scoringProcess.ts';
import type { SurveyedDataset } from '#node/survey.ts';
import { assertSame, pairSources, surveyDataset } from '#node/survey.ts';
import type { FileSurvey } from '#node/surveyFile.ts';
import { surveyFile } from '#node/surveyFile.ts';

import type { Command } from './command.ts';

export interface ScoreOptions {
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly selfTest: boolean;
}

export interface ScoredDataset {
  readonly scored: Scored;
  /** The number of each fitted pair. */
  readonly numbers: readonly number[];
}

const STAGE_TITLES: Record<Stage, string> = {
  reading: 'Reading',
  fitting: 'Scoring',
  'self-test': 'Self-test',
};

/** Surveys one file as its preflens.json says. */
export async function surveyOne(
  { bar, ranges, cache, signal }: Command,
  file: DataFile,
  rebuild = false,
): Promise<FileSurvey> {
  return surveyFile(file, {
    ranges,
    cache,
    rebuild,
    mapping: configuredMapping(file.path),
    onProgress: (done) => {
      bar.show('Checking', done);
    },
    signal,
  });
}

/** Opens and surveys paths that belong together; refuses a dataset that holds nothing known. */
export async function openSurveyed(command: Command, paths: readonly string[]): Promise<SurveyedDataset> {
  const dataset = await openGroup(paths);
  for (const shard of dataset.missingShards) command.note(`${dataset.name}: shard ${shard} is missing.`);
  const surveyed = await surveyDataset(dataset, async (file) => (await surveyOne(command, file)).survey);
  for (const reason of surveyed.leftOut) command.note(`${reason.message} Left out.`);
  return surveyed;
}

/** Fits and scores in a child process. */
export async function scoreDataset(
  { bar, signal, scorerPath }: Command,
  dataset: SurveyedDataset,
  options: ScoreOptions,
): Promise<ScoredDataset> {
  const sources = pairSources(dataset);
  const reason = sources.whyNone ?? whyTooFew(sources.preferenceCount, dataset.judgementCount);
  if (reason !== undefined) throw messages.notScorable(dataset.name, reason);
  const numbers: number[] = [];
  const share = fittedShare(dataset.files.reduce((sum, { survey }) => sum + answerUnits(survey.facts), 0));
  const scored = await score(() => startScorer(scorerPath), {
    pairs: () => pairBatches(sources.files, share, options.groupBy, numbers),
    pairCount: Math.ceil(sources.preferenceCount * share),
    seed: options.seed,
    selfTest: options.selfTest,
    onProgress: ({ stage, done }) => {
      bar.show(STAGE_TITLES[stage], done);
    },
    onRestart: (reason) => {
      process.stderr.write(`${reason} Starting another one.\n`);
    },
    signal,
  });
  await assertSame(dataset);
  return { scored, numbers };
}

/**
 * Margins of all pairs, NaN for ties and for what cannot be scored. Pairs of very much text that were not among the
 * fitted ones are read by one more pass.
 */
export async function marginsByPair(
  dataset: SurveyedDataset,
  { scored, numbers }: ScoredDataset,
  groupField: string | undefined,
): Promise<Float32Array> {
  const margins = new Float32Array(dataset.pairCount).fill(Number.NaN);
  numbers.forEach((number, i) => {
    margins[number] = scored.result.margins[i] ?? Number.NaN;
  });
  const { files, preferenceCount } = pairSources(dataset);
  if (numbers.length === preferenceCount) return margins;
  const isKnown = (number: number): boolean => !Number.isNaN(margins[number]);
  for await (const { number, margin } of restMargins(files, readerOf(scored.result), groupField, isKnown)) {
    margins[number] = margin;
  }
  return margins;
}
