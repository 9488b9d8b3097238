// The scoring job of an open file: started, followed, cancelled.
import { performance } from 'node:perf_hooks';

import { Untrusted } from '#core/messages.ts';
import { stageProgress } from '#core/progress.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { configuredScorers } from '#node/config.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import type { FitStage } from '#node/scoring/fit.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { ComparingStage, NamedScorers, RunListener, ScoringTarget } from '#node/scoring/run.ts';
import { runScoring, whyUnscored } from '#node/scoring/run.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { Phase } from '#protocol/editor/status.ts';

import type { OpenDataset } from '../dataset.ts';
import { LiveScoring } from './liveScoring.ts';
import { openFileTarget } from './scoringTarget.ts';

/** Hears of a job while it runs. */
export interface JobListener {
  onPhase(phase: Phase, reason?: string): void;
  /** The person should know of it; the job continues. */
  onWarning(message: string): void;
  /** `done` is 0 to 1. */
  onProgress(title: string, done: number, text: string): void;
  /** There is no room for another process yet. */
  onWait(): void;
  /** Pairs have new margins. */
  onScored(): void;
  log(line: string): void;
}

export interface RunningJob {
  /** Ends the job and its processes. */
  cancel(): void;
  /** Scores the pairs of these lines before all others, unless scoring takes no time. */
  prefer(lines: readonly [start: number, end: number]): void;
  /** Scores the pairs that edits brought, unless that happens at once. */
  rateNew(): void;
  readonly finished: Promise<void>;
}

/** What a job needs of the server. */
export interface JobTools {
  /** Path of the dataset; undefined for a text without a file. */
  readonly path: string | undefined;
  readonly machine: ScorerMachine;
  /** The visible lines; undefined where the client doesn't report them. */
  readonly visible: () => readonly [start: number, end: number] | undefined;
}

const TITLES: Record<FitStage | ComparingStage['stage'], string> = {
  comparing: 'Comparing pairs',
  reading: 'Reading pairs',
  fitting: 'Scoring',
  'self-test': 'Self-test',
};

const BUILT_IN: NamedScorers = { rules: [], folder: '' };

/** One job as its steps see it. */
interface Work {
  readonly dataset: OpenDataset;
  readonly settings: Settings;
  readonly tools: JobTools;
  readonly listener: JobListener;
  readonly signal: AbortSignal;
  /** The scorers of preflens.json are open. */
  readonly onLive: (live: LiveScoring) => void;
}

/** Passes on what happens in a run. */
function runListenerOf(target: ScoringTarget, work: Work): RunListener {
  const { dataset, tools, listener, signal, onLive } = work;
  const estimate = stageProgress(() => performance.now());
  const log = (line: string): void => {
    listener.log(line);
  };
  let live: LiveScoring | undefined;
  return {
    onProgress(progress) {
      const { stage, done } = progress;
      if (stage === 'rating') {
        const { scorer, count } = progress;
        listener.onProgress(scorer, done, `${count}, ${estimate(scorer, done)}`);
        live?.progressed(scorer);
      } else listener.onProgress(TITLES[stage], done, estimate(TITLES[stage], done));
    },
    onWarning: (message) => {
      listener.onWarning(message);
    },
    onRestart: (reason) => {
      log(`${reason} Another one takes over from there.`);
    },
    async onOpened(ensemble, scorers) {
      live = new LiveScoring({
        dataset,
        scorers,
        rank: async () => target.takeEnsemble(ensemble, signal, undefined),
        onScored: () => {
          listener.onScored();
        },
        log,
        signal,
      });
      onLive(live);
      await live.begin(tools.visible());
    },
    onSample: () => live?.rankSoFar(),
    log,
  };
}

async function run(work: Work): Promise<void> {
  const { dataset, settings, tools, listener, signal } = work;
  const { path, machine } = tools;
  dataset.update();
  if (!dataset.survey.recognition) return;
  const target = openFileTarget(dataset, path, settings, () => {
    listener.onScored();
  });
  // A schema that allows no scores is the better reason than a faulty preflens.json.
  const scorers = target.whyNone === undefined && path !== undefined ? configuredScorers(path) : BUILT_IN;
  const reason = whyUnscored(target, scorers);
  if (reason !== undefined) {
    listener.onPhase('unscored', reason);
    return;
  }
  listener.onPhase('scoring');
  const start: StartScorer = async (options) =>
    machine.start({
      ...options,
      onWait: () => {
        listener.onWait();
      },
    });
  const outcome = await runScoring(
    target,
    {
      scorers,
      machine: { ...machine, start },
      seed: settings.seed,
      groupBy: settings.groupBy === '' ? undefined : settings.groupBy,
      selfTest: true,
      compares: true,
      staysOpen: true,
      signal,
    },
    runListenerOf(target, work),
  );
  if (outcome.kind === 'fit' && outcome.fitted.selfTest) dataset.setSelfTest(outcome.fitted.selfTest);
}

/** Starts scoring a dataset. Never rejects: a phase says how it ended. */
export function startJob(
  dataset: OpenDataset,
  settings: Settings,
  tools: JobTools,
  listener: JobListener,
): RunningJob {
  const controller = new AbortController();
  const { signal } = controller;
  let cancelledAt = 0;
  let live: LiveScoring | undefined;
  const onLive = (opened: LiveScoring): void => {
    live = opened;
  };
  const finished = run({ dataset, settings, tools, listener, signal, onLive }).then(
    () => {
      if (dataset.scores) listener.onPhase('scored');
    },
    (error: unknown) => {
      if (signal.aborted && error === signal.reason) {
        const took = Math.ceil(performance.now() - cancelledAt);
        const stopped = `Scoring was cancelled; it stopped within ${took} ms.`;
        listener.log(stopped);
        listener.onPhase(dataset.scores ? 'scored' : 'cancelled', stopped);
        return;
      }
      const reason = errorMessage(error);
      listener.log(`Scoring failed: ${reason}`);
      listener.onPhase(error instanceof Untrusted ? 'untrusted' : 'failed', reason);
    },
  );
  return {
    cancel() {
      cancelledAt = performance.now();
      controller.abort(new Error('Scoring was cancelled.'));
    },
    prefer: (lines) => {
      live?.prefer(lines);
    },
    rateNew: () => {
      live?.rateNew();
    },
    finished,
  };
}
