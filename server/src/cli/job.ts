// What commands do to a dataset: open, survey, score.
import { resolve } from 'node:path';

import { messages, missingShardsMessage } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { stageProgress } from '#core/progress.ts';
import type { ScoreCounts } from '#core/reward/counts.ts';
import { countScores, unscoredMessage } from '#core/reward/counts.ts';
import type { Member } from '#core/reward/ensemble.ts';
import { Ensemble } from '#core/reward/ensemble.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { MIN_PAIRS } from '#core/score/consistency.ts';
import type { Reason } from '#core/score/explain.ts';
import { CONSISTENCY_NAME, pairText, readerOf } from '#core/score/model.ts';
import type { SelfTest, Trust } from '#core/score/quality.ts';
import { plantedTest, trustOf } from '#core/score/quality.ts';
import { CONSISTENCY_WORDS } from '#core/score/ranking.ts';
import { answerLength, whyTooFew, whyUnscorable } from '#core/score/scorable.ts';
import { plural } from '#core/words/numbers.ts';
import { configuredScorers } from '#node/config.ts';
import { fittedShare, groupOf, pairBatches, readWantedPairs, restMargins } from '#node/engine.ts';
import type { DataFile } from '#node/files.ts';
import { openGroup } from '#node/files.ts';
import { settingsFor } from '#node/fileSettings.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import { openScorers } from '#node/scorers/open.ts';
import { consistencyMember } from '#node/scorers/pairTable.ts';
import type { PairFacts, RatingSource } from '#node/scorers/rating.ts';
import type { FitStage, Scored } from '#node/scoring/fit.ts';
import { score, SELF_TEST_SHARE } from '#node/scoring/fit.ts';
import { maxSigned } from '#node/signatures.ts';
import type { SurveyedDataset, SurveyedFile } from '#node/survey.ts';
import { assertSame, pairSources, surveyDataset } from '#node/survey.ts';
import type { FileSurvey } from '#node/surveyFile.ts';
import { surveyFile } from '#node/surveyFile.ts';

import type { Command } from './command.ts';

export interface ScoreOptions {
  readonly seed: number;
  readonly groupBy: string | undefined;
  readonly selfTest: boolean;
  /** A model folder, in place of what preflens.json says. */
  readonly model?: string | undefined;
}

const STAGE_TITLES: Record<FitStage, string> = {
  reading: 'Reading',
  fitting: 'Scoring',
  'self-test': 'Self-test',
};

/** Surveys one file as its preflens.json says. */
export async function surveyOne(
  { bar, ranges, cache, memoryMb, signal }: Command,
  file: DataFile,
  { rebuild = false, maxSigned = 0 } = {},
): Promise<FileSurvey> {
  return surveyFile(file, {
    ranges,
    cache,
    rebuild,
    maxSigned,
    memoryMb,
    settings: await settingsFor(file.path),
    onProgress: (done) => {
      bar.show('Checking', done);
    },
    signal,
  });
}

/** Opens and surveys paths that belong together. What is left out is not told yet. */
export async function surveyGroup(
  command: Command,
  paths: readonly string[],
  { sign = false, canPart = false } = {},
): Promise<SurveyedDataset> {
  const { signal, memoryMb } = command;
  const dataset = await openGroup(paths, recordBytesFor(memoryMb));
  for (const missing of dataset.missingShards) command.note(missingShardsMessage(dataset.name, missing));
  return surveyDataset(
    dataset,
    async (file, pairsBefore) =>
      surveyOne(command, file, { maxSigned: sign ? Math.max(0, maxSigned(memoryMb) - pairsBefore) : 0 }),
    { canPart, signal, memoryMb },
  );
}

/** Opens and surveys paths that belong together; refuses a dataset that holds nothing known. */
export async function openSurveyed(command: Command, paths: readonly string[]): Promise<SurveyedDataset> {
  const surveyed = await surveyGroup(command, paths);
  const { files, leftOut } = surveyed;
  const [first] = leftOut;
  // Print the error that stops the command last.
  for (const { error, isFailure } of files.length === 0 ? leftOut.slice(1) : leftOut) {
    if (isFailure) command.fail(error);
    else command.note(`${error.message} Left out.`);
  }
  if (files.length === 0 && first) throw first.error;
  return surveyed;
}

/** Fits the built-in scorer in a child process. */
async function fitDataset(
  { bar, note, signal, machine }: Command,
  dataset: SurveyedDataset,
  options: ScoreOptions,
): Promise<{ readonly scored: Scored; readonly margins: Float32Array }> {
  const sources = pairSources(dataset);
  const reason = sources.whyNone ?? whyTooFew(sources.preferenceCount, dataset.judgementCount);
  if (reason !== undefined) throw messages.notScorable(dataset.name, reason);
  const numbers: number[] = [];
  const share = fittedShare(dataset.files.reduce((sum, { survey }) => sum + answerLength(survey.facts), 0));
  const scored = await score(machine.start, {
    pairs: () => pairBatches(sources.files, share, options.groupBy, numbers),
    pairCount: Math.ceil(sources.preferenceCount * share),
    seed: options.seed,
    selfTest: options.selfTest,
    onProgress: ({ stage, done }) => {
      bar.show(STAGE_TITLES[stage], done);
    },
    onRestart: (reason) => {
      note(`${reason} Starting another one.`);
    },
    signal,
  });
  await assertSame(dataset);
  const margins = new Float32Array(dataset.pairCount).fill(Number.NaN);
  numbers.forEach((number, i) => {
    margins[number] = scored.result.margins[i] ?? Number.NaN;
  });
  if (numbers.length < sources.preferenceCount) {
    const isKnown = (number: number): boolean => !Number.isNaN(margins[number]);
    const read = readerOf(scored.result);
    for await (const { number, margin } of restMargins(sources.files, read, options.groupBy, isKnown)) {
      margins[number] = margin;
    }
  }
  return { scored, margins };
}

/** Margins of a dataset and what they are worth, from any scorer. */
export interface DatasetScores {
  /** As texts name it. */
  readonly scorer: string;
  /** As files name it. */
  readonly scorerId: string;
  /** By pair number; NaN for ties and for what has no score. */
  readonly margins: Float32Array;
  readonly trust: Trust;
  readonly selfTest: SelfTest | undefined;
  /** Reasons of a margin; the built-in scorer alone has some. */
  readonly reasons: (pair: Pair, value: JsonObject) => readonly Reason[];
  /** Undefined for the built-in scorer alone. */
  readonly ensemble: Ensemble | undefined;
  /** What became of the pairs. */
  readonly counts: ScoreCounts;
}

/** Throws where no pair at all has a score. */
function countOrThrow({ name }: SurveyedDataset, ...counted: Parameters<typeof countScores>): ScoreCounts {
  const counts = countScores(...counted);
  if (counts.scored === 0) throw messages.nothingScored(name, unscoredMessage(counts) || 'there is none');
  return counts;
}

/** The pairs of all files, numbered through. */
function ratingSource(dataset: SurveyedDataset): RatingSource {
  const { files, pairCount } = dataset;
  // Pairs are asked for in order: the file of the last one is seldom far.
  let at = 0;
  const fileOf = (pair: number): SurveyedFile => {
    while (at > 0 && (files[at]?.firstPair ?? 0) > pair) at--;
    while ((files[at + 1]?.firstPair ?? Infinity) <= pair) at++;
    return files[at] as SurveyedFile;
  };
  const facts: PairFacts = {
    pairCount,
    isTie: (pair) => fileOf(pair).survey.facts.isTie(pair - fileOf(pair).firstPair),
    identity: (pair) => fileOf(pair).survey.facts.identity(pair - fileOf(pair).firstPair),
    answerLength: (pair) => fileOf(pair).survey.facts.answerLength(pair - fileOf(pair).firstPair),
  };
  return {
    facts,
    async *pass(wanted) {
      for (const { file, survey, firstPair } of files) {
        if (whyUnscorable(survey.recognition.mapping) !== undefined) continue;
        const isWanted = (number: number): boolean => wanted(firstPair + number);
        for await (const read of readWantedPairs(file.records, survey.recognition, survey.facts, isWanted))
          yield { ...read, number: firstPair + read.number };
      }
    },
  };
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

/** Scores a dataset with a panel: the scorers of preflens.json, or the model that the command names. */
async function rateEnsemble(
  command: Command,
  dataset: SurveyedDataset,
  rules: readonly ScorerRule[],
  folder: string,
  options: ScoreOptions,
): Promise<DatasetScores> {
  const [first] = dataset.files;
  const { whyNone } = pairSources(dataset);
  if (whyNone !== undefined || !first) throw messages.notScorable(dataset.name, whyNone ?? 'it is empty');
  const file = {
    path: first.file.path,
    mapping: first.survey.recognition.mapping,
    firstPairOf: (record: number) => firstPairOf(dataset, record),
  };
  const { scorers, failed } = await openScorers(rules, folder, file, command.machine, command.signal);
  for (const error of failed) command.note(error.message);
  const source = ratingSource(dataset);
  const members: Member[] = [...scorers];
  try {
    for (const scorer of scorers) {
      for (const warning of scorer.warnings) command.note(`${scorer.name}: ${warning}`);
      const words = stageProgress(() => performance.now());
      await scorer.rate({
        source,
        signal: command.signal,
        onProgress({ done, scoredPairs, pairs }) {
          command.bar.show(
            `${scorer.name}: ${scoredPairs.toLocaleString('en')} of ${plural(pairs, 'pair')}, ${words(scorer.name, done)}`,
            done,
          );
        },
        onSome: () => undefined,
      });
    }
    await assertSame(dataset);
  } finally {
    for (const scorer of scorers) scorer.close();
  }
  if (rules.some(({ kind }) => kind === 'consistency')) {
    const { margins } = await fitDataset(command, dataset, { ...options, selfTest: false });
    members.push(consistencyMember(source.facts, margins));
  }
  const ensemble = new Ensemble(members);
  ensemble.measure(source.facts);
  const margins = new Float32Array(dataset.pairCount).fill(Number.NaN);
  for (const { survey, firstPair } of dataset.files) {
    const { facts } = survey;
    for (let pair = 0; pair < facts.pairCount; pair++) {
      if (facts.isTie(pair)) continue;
      const { margin, dispute } = ensemble.verdict(facts.identity(pair));
      facts.setMargin(pair, margin, dispute);
      margins[firstPair + pair] = margin;
    }
  }
  const lengths = lengthDifferences(dataset);
  const counts = countOrThrow(dataset, source.facts, margins, members);
  return {
    counts,
    scorer: ensemble.name,
    scorerId: ensemble.name,
    margins,
    trust: trustOf(margins, lengths),
    selfTest: options.selfTest ? plantedTest(margins, lengths, options.seed + 1, SELF_TEST_SHARE) : undefined,
    reasons: () => [],
    ensemble,
  };
}

function firstPairOf({ files }: SurveyedDataset, record: number): number {
  const file = files.findLast(({ firstRecord }) => firstRecord <= record);
  return file ? file.firstPair + file.survey.facts.pairsOf(record - file.firstRecord)[0] : 0;
}

/** Who scores a file: the model that the command names, else what its preflens.json says. */
export function scorersFor(path: string, model: string | undefined): ReturnType<typeof configuredScorers> {
  return model === undefined
    ? configuredScorers(path)
    : { rules: [{ kind: 'onnx', model: resolve(model) }], folder: '.' };
}

/** Scores a dataset: with the scorers that the command or its preflens.json names, else with the built-in one. */
export async function scoreDataset(
  command: Command,
  dataset: SurveyedDataset,
  options: ScoreOptions,
): Promise<DatasetScores> {
  const [first] = dataset.files;
  const { rules, folder } = scorersFor(first?.file.path ?? '.', options.model);
  if (rules.some(({ kind }) => kind !== 'consistency'))
    return rateEnsemble(command, dataset, rules, folder, options);
  const { scored, margins } = await fitDataset(command, dataset, options);
  const read = readerOf(scored.result);
  return {
    counts: countOrThrow(dataset, ratingSource(dataset).facts, margins),
    scorer: CONSISTENCY_WORDS,
    scorerId: CONSISTENCY_NAME,
    margins,
    trust: scored.result.trust,
    selfTest: scored.selfTest,
    reasons: (pair, value) => read(pairText(pair), groupOf(value, options.groupBy)).reasons,
    ensemble: undefined,
  };
}

/** Whether a dataset gets scores at all: the built-in scorer needs company, others do not. */
export function isScorable(dataset: SurveyedDataset, options: ScoreOptions): boolean {
  const { preferenceCount } = pairSources(dataset);
  const [first] = dataset.files;
  const { rules } = scorersFor(first?.file.path ?? '.', options.model);
  const isNamed = rules.some(({ kind }) => kind !== 'consistency');
  return preferenceCount >= (isNamed ? 1 : MIN_PAIRS);
}
