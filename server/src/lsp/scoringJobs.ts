// One scoring job for each open dataset: started, followed, cancelled.
import { performance } from 'node:perf_hooks';

import { stageProgress } from '#core/progress.ts';
import type { Member } from '#core/reward/ensemble.ts';
import type { PairReader } from '#core/score/model.ts';
import { readerOf } from '#core/score/model.ts';
import { answerLength, whyTooFew, whyUnscorable } from '#core/score/scorable.ts';
import { plural } from '#core/words/numbers.ts';
import { configuredScorers } from '#node/config.ts';
import type { PairSource } from '#node/engine.ts';
import { fittedShare, pairBatches, restMargins } from '#node/engine.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import { consistencyMember } from '#node/scorers/pairTable.ts';
import type { Scored } from '#node/scoring/fit.ts';
import { score } from '#node/scoring/fit.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { Phase } from '#protocol/editor/status.ts';
import type { ConsistencyResult } from '#protocol/scorer.ts';
import { breathe } from '#session/breathe.ts';
import type { OpenDataset } from '#session/dataset.ts';

import { EnsembleJob } from './ensembleJob.ts';

/** How long other requests wait at most while pairs are read. */
const SLICE_MS = 8;

/** What a job tells while it runs. */
export interface JobListener {
  onPhase(phase: Phase, reason?: string): void;
  /** Something that the person should know and that does not stop the job. */
  onWarning(words: string): void;
  /** 0 to 1, and the words for it. */
  onProgress(title: string, done: number, words: string): void;
  /** There is no room for another process yet. */
  onWait(): void;
  onScored(): void;
  onSelfTest(): void;
  log(line: string): void;
}

export interface RunningJob {
  /** Ends the job and everything that it started. */
  cancel(): void;
  /** Scores the pairs of these lines before everything else, where scoring takes its time. */
  prefer(lines: readonly [start: number, end: number]): void;
  /** Scores what edits brought, where that is not done at once. */
  rateNew(): void;
  readonly finished: Promise<void>;
}

/** What a job needs of the server. */
export interface JobTools {
  /** Path of the dataset; undefined for a text without a file. */
  readonly path: string | undefined;
  readonly machine: ScorerMachine;
  /** The lines that somebody looks at; undefined where nobody said. */
  readonly visible: () => readonly [start: number, end: number] | undefined;
}

const TITLES = { reading: 'Reading pairs', fitting: 'Scoring', 'self-test': 'Self-test' } as const;

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}

/** Margins of the pairs that were not fitted, in one more pass that lets other requests run. */
async function scoreRest(
  dataset: OpenDataset,
  rest: PairSource,
  reader: PairReader,
  groupBy: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const isKnown = (number: number): boolean => !Number.isNaN(dataset.survey.facts.margin(number));
  let slice = performance.now();
  for await (const { number, margin } of restMargins([rest], reader, groupBy, isKnown)) {
    dataset.setLateMargin(number, margin);
    if (performance.now() - slice < SLICE_MS) continue;
    await breathe();
    signal.throwIfAborted();
    slice = performance.now();
  }
}

/** One job as its steps see it. */
interface Work {
  readonly dataset: OpenDataset;
  readonly settings: Settings;
  readonly start: StartScorer;
  readonly listener: JobListener;
  readonly signal: AbortSignal;
}

interface Fitted {
  readonly scored: Scored;
  readonly numbers: readonly number[];
}

/** Fits the built-in scorer on the dataset as it is now. */
async function fit(
  { dataset, settings, start, listener, signal }: Work,
  wantsSelfTest: boolean,
  onScored: (result: ConsistencyResult, numbers: readonly number[]) => void,
): Promise<Fitted> {
  const { survey, source } = dataset;
  const { facts, recognition } = survey;
  if (!recognition) throw new Error('fit: nothing is recognised');
  dataset.beginScoring();
  const numbers: number[] = [];
  const groupBy = settings.groupBy === '' ? undefined : settings.groupBy;
  const { records } = source;
  const wordsOf = stageProgress(() => performance.now());
  const begun = performance.now();
  const share = fittedShare(answerLength(facts));
  const scored = await score(
    async (options) => {
      const scorer = await start(options);
      listener.log(`Scoring process ${scorer.pid} started.`);
      return scorer;
    },
    {
      pairs: () => pairBatches([{ records, recognition, firstPair: 0 }], share, groupBy, numbers),
      pairCount: Math.ceil(facts.preferenceCount * share),
      seed: settings.seed,
      selfTest: wantsSelfTest,
      onProgress: ({ stage, done }) => {
        const title = TITLES[stage];
        listener.onProgress(title, done, wordsOf(title, done));
      },
      onRestart: (reason) => {
        listener.log(`${reason} Another one takes over from there.`);
      },
      onScored: (result) => {
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        listener.log(`${plural(result.margins.length, 'pair')} scored in ${seconds} s.`);
        onScored(result, numbers);
      },
      signal,
    },
  );
  return { scored, numbers };
}

/** The built-in scorer alone. */
async function runConsistency(work: Work): Promise<void> {
  const { dataset, settings, listener, signal } = work;
  const { facts, recognition } = dataset.survey;
  const reason = whyTooFew(facts.preferenceCount, facts.judgementCount);
  if (reason !== undefined || !recognition) {
    listener.onPhase('unscored', reason);
    return;
  }
  listener.onPhase('scoring');
  const { scored, numbers } = await fit(work, true, (result, fitted) => {
    dataset.update();
    dataset.setScores(result, fitted, settings);
    listener.onScored();
  });
  if (numbers.length < facts.preferenceCount) {
    const groupBy = settings.groupBy === '' ? undefined : settings.groupBy;
    const rest = { records: dataset.source.records, recognition, firstPair: 0 };
    await scoreRest(dataset, rest, readerOf(scored.result), groupBy, signal);
    dataset.rankAll(settings.reviewPercent);
    listener.onScored();
  }
  if (scored.selfTest) dataset.setSelfTest(scored.selfTest);
  listener.onSelfTest();
}

/** The built-in scorer as one of several; undefined where it has too few pairs to compare. */
async function fitMember(work: Work): Promise<Member | undefined> {
  const { dataset } = work;
  const { facts } = dataset.survey;
  if (whyTooFew(facts.preferenceCount, facts.judgementCount) !== undefined) return undefined;
  const { scored, numbers } = await fit(work, false, () => undefined);
  dataset.update();
  return consistencyMember(dataset.survey.facts, dataset.marginsByOrigin(scored.result.margins, numbers));
}

async function run(work: Work, tools: JobTools, onPanel: (job: EnsembleJob) => void): Promise<void> {
  const { dataset, settings, listener, signal } = work;
  dataset.update();
  const { recognition } = dataset.survey;
  if (!recognition) return;
  const reason = whyUnscorable(recognition.mapping);
  if (reason !== undefined) {
    listener.onPhase('unscored', reason);
    return;
  }
  const { path, machine, visible } = tools;
  const { rules, folder } = path === undefined ? { rules: [], folder: '' } : configuredScorers(path);
  if (!rules.some(({ kind }) => kind !== 'consistency')) {
    await runConsistency(work);
    return;
  }
  listener.onPhase('scoring');
  dataset.beginScoring();
  const job = new EnsembleJob({
    dataset,
    path,
    rules,
    folder,
    machine,
    settings,
    listener,
    signal,
    visible,
    fitMember: async () => fitMember(work),
  });
  onPanel(job);
  await job.run();
  listener.onSelfTest();
}

/** Starts scoring a dataset. Never rejects: how it ended is told as a phase. */
export function startJob(
  dataset: OpenDataset,
  settings: Settings,
  tools: JobTools,
  listener: JobListener,
): RunningJob {
  const controller = new AbortController();
  let cancelledAt = 0;
  let ensemble: EnsembleJob | undefined;
  const { signal } = controller;
  const start: StartScorer = async (options) =>
    tools.machine.start({
      ...options,
      onWait: () => {
        listener.onWait();
      },
    });
  const own = { ...tools, machine: { ...tools.machine, start } };
  const finished = run({ dataset, settings, start, listener, signal }, own, (job) => {
    ensemble = job;
  }).then(
    () => {
      if (dataset.scores) listener.onPhase('scored');
    },
    (error: unknown) => {
      if (isAbort(error, controller.signal)) {
        const took = Math.ceil(performance.now() - cancelledAt);
        const stopped = `Scoring was cancelled; it stopped within ${took} ms.`;
        listener.log(stopped);
        listener.onPhase(dataset.scores ? 'scored' : 'cancelled', stopped);
        return;
      }
      const reason = error instanceof Error ? error.message : String(error);
      listener.log(`Scoring failed: ${reason}`);
      listener.onPhase('failed', reason);
    },
  );
  return {
    cancel() {
      cancelledAt = performance.now();
      controller.abort(new Error('Scoring was cancelled.'));
      ensemble?.close();
    },
    prefer: (lines) => {
      ensemble?.prefer(lines);
    },
    rateNew: () => {
      ensemble?.rateNew();
    },
    finished,
  };
}
