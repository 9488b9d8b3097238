// One scoring job for each open dataset: started, followed, cancelled.
import { performance } from 'node:perf_hooks';

import { stageProgress } from '#core/progress.ts';
import { answerUnits, whyTooFew, whyUnscorable } from '#core/score/scorable.ts';
import type { PairSource } from '#node/engine.ts';
import { fittedShare, pairBatches, restMargins } from '#node/engine.ts';
import { score } from '#node/scoring.ts';
import type { StartScorer } from '#node/scoringProcess.ts';
import type { Phase, Settings } from '#protocol/editor.ts';

import type { OpenDataset } from './dataset.ts';
import { breathe } from './source.ts';

/** How long other requests wait at most while pairs are read. */
const SLICE_MS = 8;

/** What a job tells while it runs. */
export interface JobListener {
  onPhase(phase: Phase, reason?: string): void;
  /** 0 to 1, and the words for it. */
  onProgress(title: string, done: number, words: string): void;
  onScored(): void;
  onSelfTest(): void;
  log(line: string): void;
}

export interface RunningJob {
  cancel(): void;
  readonly finished: Promise<void>;
}

const TITLES = { reading: 'Reading pairs', fitting: 'Scoring', 'self-test': 'Self-test' } as const;

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason;
}

/** Margins of the pairs that were not fitted, in one more pass that lets other requests run. */
async function scoreRest(
  dataset: OpenDataset,
  rest: PairSource,
  groupBy: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { scores } = dataset;
  if (!scores) return;
  const isKnown = (number: number): boolean => !Number.isNaN(dataset.survey.facts.margin(number));
  let slice = performance.now();
  for await (const { number, margin } of restMargins([rest], scores.reader, groupBy, isKnown)) {
    dataset.setLateMargin(number, margin);
    if (performance.now() - slice < SLICE_MS) continue;
    await breathe();
    signal.throwIfAborted();
    slice = performance.now();
  }
}

async function run(
  dataset: OpenDataset,
  settings: Settings,
  start: StartScorer,
  listener: JobListener,
  signal: AbortSignal,
): Promise<void> {
  dataset.refresh();
  dataset.beginScoring();
  const { survey, source } = dataset;
  const { recognition } = survey;
  if (!recognition) return;
  const { facts } = survey;
  const reason = whyUnscorable(recognition.mapping) ?? whyTooFew(facts.preferenceCount, facts.judgementCount);
  if (reason !== undefined) {
    listener.onPhase('unscored', reason);
    return;
  }
  listener.onPhase('scoring');
  const numbers: number[] = [];
  const groupBy = settings.groupBy === '' ? undefined : settings.groupBy;
  const { stream } = source;
  const wordsOf = stageProgress(() => performance.now());
  const begun = performance.now();
  const share = fittedShare(answerUnits(facts));
  const { selfTest } = await score(
    async () => {
      const scorer = await start();
      listener.log(`Scoring process ${scorer.pid} started.`);
      return scorer;
    },
    {
      pairs: () => pairBatches([{ bytes: stream, recognition, firstPair: 0 }], share, groupBy, numbers),
      pairCount: Math.ceil(facts.preferenceCount * share),
      seed: settings.seed,
      selfTest: true,
      onProgress: ({ stage, done }) => {
        const title = TITLES[stage];
        listener.onProgress(title, done, wordsOf(title, done));
      },
      onRestart: (reason) => {
        listener.log(`${reason} Another one takes over from there.`);
      },
      onScored: (result) => {
        dataset.refresh();
        dataset.setScores(result, numbers, settings);
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        listener.log(`${result.margins.length} pairs scored in ${seconds} s.`);
        listener.onScored();
      },
      signal,
    },
  );
  if (numbers.length < facts.preferenceCount) {
    await scoreRest(dataset, { bytes: source.stream, recognition, firstPair: 0 }, groupBy, signal);
    dataset.rankAll(settings.reviewPercent);
    listener.onScored();
  }
  if (selfTest) dataset.setSelfTest(selfTest);
  listener.onSelfTest();
}

/** Starts scoring a dataset. Never rejects: how it ended is told as a phase. */
export function startJob(
  dataset: OpenDataset,
  settings: Settings,
  start: StartScorer,
  listener: JobListener,
): RunningJob {
  const controller = new AbortController();
  let cancelledAt = 0;
  const finished = run(dataset, settings, start, listener, controller.signal).then(
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
    },
    finished,
  };
}
