// Runs a scoring job to its end: feeds the pairs, asks for one part after the other, keeps what each
// gave, and starts a new process from there when the old one dies.
import { setTimeout as wait } from 'node:timers/promises';

import { messages } from '#core/messages.ts';
import type { PartFit } from '#core/score/consistency.ts';
import type { SelfTest } from '#core/score/quality.ts';
import type { ConsistencyResult, Plan, WirePair } from '#protocol/scorer.ts';

import type { Scorer, StartScorer } from './process.ts';
import { ScorerGone } from './process.ts';

/** How long a scorer may take to hear a cancellation before it is killed. */
const CANCEL_GRACE_MS = 100;

/** Tries of a process that brings the job no further. */
const MAX_FRUITLESS = 3;

/** Share of labels that the self-test flips. */
export const SELF_TEST_SHARE = 0.2;

export type FitStage = 'reading' | 'fitting' | 'self-test';

export interface Progress {
  readonly stage: FitStage;
  /** 0 to 1 within the stage. */
  readonly done: number;
}

export interface ScoringJob {
  /** The pairs, from the start, each time it is called: a restarted process must be fed again. */
  readonly pairs: () => AsyncIterable<readonly WirePair[]>;
  /** For progress while feeding. */
  readonly pairCount: number;
  readonly seed: number;
  /** Whether to plant flips afterwards and see how many are found: as much work again. */
  readonly selfTest: boolean;
  readonly onProgress: (progress: Progress) => void;
  /** Told when a process died and another takes over. */
  readonly onRestart?: (reason: string) => void;
  /** Told as soon as the margins are known, before the self-test. */
  readonly onScored?: (result: ConsistencyResult) => void;
  readonly signal: AbortSignal;
}

export interface Scored {
  readonly result: ConsistencyResult;
  readonly selfTest: SelfTest | undefined;
}

/** What survives a process. */
interface Kept {
  readonly fits: Map<number, PartFit>;
  result?: ConsistencyResult;
}

async function feed(scorer: Scorer, job: ScoringJob): Promise<void> {
  let fed = 0;
  for await (const pairs of job.pairs()) {
    const { count } = await scorer.requests.call('add', { pairs }, job.signal);
    fed = count;
    job.onProgress({ stage: 'reading', done: Math.min(1, fed / Math.max(1, job.pairCount)) });
  }
}

async function fitMissing(scorer: Scorer, job: ScoringJob, plan: Plan, kept: Kept): Promise<void> {
  const total = plan.work.reduce((sum, work) => sum + work, 0);
  let before = 0;
  let within = 0;
  const tell = (): void => {
    job.onProgress({ stage: 'fitting', done: Math.min(1, (before + within) / total) });
  };
  scorer.listen('progress', ({ visited }) => {
    within += visited;
    tell();
  });
  for (let part = 0; part < plan.parts.length; part++) {
    const known = kept.fits.get(part);
    if (known) await scorer.requests.call('restore', { part, fit: known });
    else kept.fits.set(part, await scorer.requests.call('fit', { part }, job.signal));
    before += plan.work[part] ?? 0;
    within = 0;
    tell();
  }
}

async function runOn(scorer: Scorer, job: ScoringJob, kept: Kept): Promise<Scored> {
  await feed(scorer, job);
  const plan = await scorer.requests.call('plan', { seed: job.seed }, job.signal);
  await fitMissing(scorer, job, plan, kept);
  if (!kept.result) {
    kept.result = await scorer.requests.call('join', null, job.signal);
    job.onScored?.(kept.result);
  }
  if (!job.selfTest) return { result: kept.result, selfTest: undefined };
  const total = plan.work.reduce((sum, work) => sum + work, 0);
  let visited = 0;
  scorer.listen('progress', (told) => {
    visited += told.visited;
    job.onProgress({ stage: 'self-test', done: Math.min(1, visited / total) });
  });
  const selfTest = await scorer.requests.call(
    'selfTest',
    { seed: job.seed + 1, share: SELF_TEST_SHARE },
    job.signal,
  );
  return { result: kept.result, selfTest };
}

/** One process, from its start to its end: it never outlives this call. */
async function runOnce(start: StartScorer, job: ScoringJob, kept: Kept): Promise<Scored> {
  const scorer = await start({ signal: job.signal });
  const cancelled = new Promise<never>((_, reject) => {
    const stop = (): void => {
      // The fit stops by itself between two slices; a process that does not is killed.
      void wait(CANCEL_GRACE_MS).then(() => {
        reject(job.signal.reason as Error);
      });
    };
    if (job.signal.aborted) stop();
    else job.signal.addEventListener('abort', stop, { once: true });
  });
  cancelled.catch(() => undefined);
  try {
    return await Promise.race([runOn(scorer, job, kept), scorer.gone, cancelled]);
  } catch (error) {
    job.signal.throwIfAborted();
    // The call may fail an instant before the exit is known: give the exit a chance to explain.
    await Promise.race([scorer.gone, wait(50)]);
    throw error;
  } finally {
    scorer.kill();
  }
}

/**
 * Scores a file. Rejects with the signal's reason when cancelled, and with the last process's words
 * when several in a row died without finishing a part.
 */
export async function score(start: StartScorer, job: ScoringJob): Promise<Scored> {
  const kept: Kept = { fits: new Map() };
  for (let fruitless = 0; ;) {
    job.signal.throwIfAborted();
    const before = kept.fits.size;
    try {
      return await runOnce(start, job, kept);
    } catch (error) {
      if (!(error instanceof ScorerGone)) throw error;
      fruitless = kept.fits.size > before ? 0 : fruitless + 1;
      if (fruitless >= MAX_FRUITLESS) throw messages.scorerGivenUp(fruitless, error.message);
      job.onRestart?.(error.message);
      await wait(100 * 2 ** fruitless);
    }
  }
}
