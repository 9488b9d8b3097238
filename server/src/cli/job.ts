// Steps that commands share: open, survey and score a dataset.
import { resolve } from 'node:path';

import { NO_SKETCHES } from '#core/checks/relations/textSketches.ts';
import { splitParts } from '#core/facts/splitStart.ts';
import { messages, missingShardsMessage } from '#core/messages.ts';
import type { PairIdentities } from '#core/model/identity.ts';
import { stageProgress } from '#core/progress.ts';
import type { ScoreCounts } from '#core/reward/counts.ts';
import { unscoredMessage } from '#core/reward/counts.ts';
import type { Ensemble } from '#core/reward/ensemble.ts';
import { aboutEnsemble } from '#core/reward/ensemble.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { aboutFit } from '#core/score/about.ts';
import { CONSISTENCY_ID, groupingOf } from '#core/score/model.ts';
import type { SelfTest, Trust } from '#core/score/quality.ts';
import { CONSISTENCY_LABEL } from '#core/score/ranking.ts';
import { plural } from '#core/words/numbers.ts';
import { configuredScorers } from '#node/config.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openGroup } from '#node/files.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import type { FitStage } from '#node/scoring/fit.ts';
import { ensembleQuality } from '#node/scoring/quality.ts';
import type { ComparingStage, NamedScorers, RunListener } from '#node/scoring/run.ts';
import { runScoring, whyUnscored } from '#node/scoring/run.ts';
import { limitsAfter } from '#node/signatures.ts';
import { minCachedBytes } from '#node/smallWork.ts';
import type { SurveyedDataset } from '#node/survey.ts';
import { surveyDataset } from '#node/survey.ts';
import type { FileSurvey } from '#node/surveyFile.ts';
import { surveyFile } from '#node/surveyFile.ts';

import type { Command } from './command.ts';
import type { TellReasons } from './reasons.ts';
import { ensembleReasons, fitReasons } from './reasons.ts';
import { datasetTarget, scorableOf } from './scoringTarget.ts';

export interface ScoreOptions {
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly selfTest: boolean;
  /** Repeat it for each kind of evidence. */
  readonly ladder?: boolean;
  /** Search pairs like the most doubtful ones. */
  readonly compares?: boolean;
  /** A model folder that overrides preflens.json. */
  readonly model?: string | undefined;
  /** A command that overrides preflens.json. */
  readonly verify?: readonly string[] | undefined;
}

const STAGE_TITLES: Record<FitStage | ComparingStage['stage'], string> = {
  comparing: 'Comparing pairs',
  reading: 'Reading',
  fitting: 'Scoring',
  'self-test': 'Self-test',
};

/** Surveys one file with the settings in its preflens.json. */
export async function surveyOne(
  { bar, ranges, cache, memoryMb, settingsOf, signal }: Command,
  file: DataFile,
  { rebuild = false, limits = NO_SKETCHES, minCachedBytes = 0 } = {},
): Promise<FileSurvey> {
  return surveyFile(file, {
    ranges,
    cache,
    rebuild,
    limits,
    minCachedBytes,
    memoryMb,
    settings: await settingsOf(file.path),
    onProgress: (done) => {
      bar.show('Checking', done);
    },
    signal,
  });
}

/** Opens and surveys the files of one dataset. Does not report skipped files. */
export async function surveyGroup(
  command: Command,
  paths: readonly string[],
  { sign = false, canPart = false } = {},
): Promise<SurveyedDataset> {
  const { signal, memoryMb } = command;
  const dataset = await openGroup(paths, recordBytesFor(memoryMb));
  for (const missing of dataset.missingShards) command.note(missingShardsMessage(dataset.name, missing));
  for (const note of dataset.notes) command.note(`${dataset.name}: ${note}`);
  const least = minCachedBytes(dataset.files.reduce((sum, { size }) => sum + size, 0));
  const surveyed = await surveyDataset(
    dataset,
    async (file, pairsBefore) =>
      surveyOne(command, file, {
        limits: sign ? limitsAfter(pairsBefore, memoryMb) : NO_SKETCHES,
        minCachedBytes: least,
      }),
    { canPart, signal, memoryMb },
  );
  const splits = splitsOf(surveyed);
  if (splits.length > 1) {
    command.bar.clear();
    command.note(`${dataset.name}: ${splits.map(splitLabel).join('; ')}.`);
  }
  return surveyed;
}

/** A split of a dataset, with its counts. */
export interface SplitCounts {
  /** Undefined for files whose split nothing says. */
  readonly name: string | undefined;
  /** Files that hold a part of it. */
  readonly files: number;
  readonly records: number;
  readonly pairs: number;
}

/** The splits of a dataset in file order; empty if nothing names one. */
export function splitsOf({ files }: SurveyedDataset): readonly SplitCounts[] {
  const counts = new Map<string | undefined, SplitCounts>();
  for (const { file, survey } of files) {
    for (const { split, recordCount, pairCount } of splitParts(survey.facts, survey.splits, file.split)) {
      const { files: before, records, pairs } = counts.get(split) ?? { files: 0, records: 0, pairs: 0 };
      counts.set(split, {
        name: split,
        files: before + 1,
        records: records + recordCount,
        pairs: pairs + pairCount,
      });
    }
  }
  const splits = [...counts.values()];
  return splits.some(({ name }) => name !== undefined) ? splits : [];
}

function splitLabel({ name, files, records, pairs }: SplitCounts): string {
  const what = pairs > 0 ? plural(pairs, 'pair') : plural(records, 'record');
  return `${name ?? 'no split'} ${what} in ${plural(files, 'file')}`;
}

/** Opens and surveys the files of one dataset. Rejects if it contains nothing known. */
export async function openSurveyed(command: Command, paths: readonly string[]): Promise<SurveyedDataset> {
  const surveyed = await surveyGroup(command, paths);
  const { files, leftOut } = surveyed;
  const [first] = leftOut;
  // Print the error that stops the command last.
  for (const { error, isFailure } of files.length === 0 ? leftOut.slice(1) : leftOut) {
    if (isFailure) command.fail(error);
    else command.note(`${error.message} Skipped.`);
  }
  if (files.length === 0 && first) throw first.error;
  return surveyed;
}

/** Margins of a dataset from any scorer, and how good they are. */
export interface DatasetScores {
  /** The scorer's name in messages. */
  readonly scorer: string;
  /** The scorer's name in files. */
  readonly scorerId: string;
  /** By pair number; NaN for ties and unscored pairs. */
  readonly margins: Float32Array;
  readonly trust: Trust;
  readonly selfTest: SelfTest | undefined;
  /** Only the built-in scorer and checklists have reasons, alone or as members. */
  readonly tellReasons: TellReasons;
  /** Undefined if only the built-in scorer was used. */
  readonly ensemble: Ensemble | undefined;
  /** By number. */
  readonly pairs: PairIdentities;
  /** What the built-in scorer took into account, a sentence each. */
  readonly notes: readonly string[];
  readonly counts: ScoreCounts;
}

function lengthDifferences(dataset: SurveyedDataset): Float64Array {
  const lengths = new Float64Array(dataset.pairCount);
  for (const { survey, firstPair } of dataset.files) {
    const { chosenLength, rejectedLength } = survey.facts.pairs;
    for (let pair = 0; pair < survey.facts.pairCount; pair++)
      lengths[firstPair + pair] = (chosenLength[pair] ?? 0) - (rejectedLength[pair] ?? 0);
  }
  return lengths;
}

/** Shows a run on the command line. */
function listenerOf({ bar, note }: Command): RunListener {
  const estimate = stageProgress(() => performance.now());
  return {
    onProgress(progress) {
      const { done } = progress;
      if (progress.stage === 'rating')
        bar.show(`${progress.scorer}: ${progress.count}, ${estimate(progress.scorer, done)}`, done);
      else bar.show(STAGE_TITLES[progress.stage], done);
    },
    onWarning: note,
    onRestart: (reason) => {
      note(`${reason} Starting again.`);
    },
    log: () => undefined,
  };
}

/** Scorers of a file: the model or the verifier given to the command, or those in its preflens.json. */
export function scorersFor(
  path: string,
  { model, verify }: Pick<ScoreOptions, 'model' | 'verify'>,
): NamedScorers {
  const rules: ScorerRule[] = [
    ...(model === undefined ? [] : [{ kind: 'onnx', model: resolve(model) } as const]),
    ...(verify === undefined ? [] : [{ kind: 'command', run: verify } as const]),
  ];
  return rules.length === 0 ? configuredScorers(path) : { rules, folder: '.' };
}

function scorersOf({ files: [first] }: SurveyedDataset, options: ScoreOptions): NamedScorers {
  return scorersFor(first?.file.path ?? '.', options);
}

/** Scores a dataset with these scorers, or with the built-in one. */
export async function scoreDataset(
  command: Command,
  dataset: SurveyedDataset,
  options: ScoreOptions,
): Promise<DatasetScores> {
  const { machine, signal } = command;
  const { name } = dataset;
  const { seed, groupBy, selfTest, ladder = false, compares = false } = options;
  const scorers = scorersOf(dataset, options);
  const target = datasetTarget(dataset);
  const reason = whyUnscored(target, scorers);
  if (reason !== undefined) throw messages.notScorable(name, reason);
  const outcome = await runScoring(
    target,
    { scorers, machine, seed, groupBy, selfTest, ladder, compares, staysOpen: false, signal },
    listenerOf(command),
  );
  const { counts } = outcome;
  if (counts.scored === 0) throw messages.nothingScored(name, unscoredMessage(counts) || 'it has none');
  const { margins } = target;
  const { facts: pairs } = target.source();
  if (outcome.kind === 'ensemble') {
    const { ensemble, fitted } = outcome;
    return {
      ...ensembleQuality(ensemble, fitted, margins, lengthDifferences(dataset), selfTest ? seed : undefined),
      ...{ counts, pairs },
      scorer: ensemble.name,
      scorerId: ensemble.id,
      margins,
      // A member of several parts weighs the reasons of each.
      tellReasons:
        fitted &&
        ensemble.members.every(
          (member) => !member.parts && (member.kind === 'consistency' || !('explain' in member)),
        )
          ? fitReasons(command, fitted.result, groupingOf(groupBy))
          : ensembleReasons(ensemble),
      ensemble,
      notes: [...aboutEnsemble(ensemble), ...(fitted ? aboutFit(fitted.result) : [])],
    };
  }
  const { result, selfTest: tested } = outcome.fitted;
  return {
    ...{ counts, pairs },
    scorer: CONSISTENCY_LABEL,
    scorerId: CONSISTENCY_ID,
    margins,
    trust: result.trust,
    selfTest: tested,
    tellReasons: fitReasons(command, result, groupingOf(groupBy)),
    ensemble: undefined,
    notes: aboutFit(result),
  };
}

/** Whether a dataset gets scores: the built-in scorer needs a minimum of pairs, others don't. */
export function isScorable(dataset: SurveyedDataset, options: ScoreOptions): boolean {
  const scorable = scorableOf(dataset);
  return scorable.preferenceCount > 0 && whyUnscored(scorable, scorersOf(dataset, options)) === undefined;
}
