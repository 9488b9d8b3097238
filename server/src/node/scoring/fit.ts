// Fits the built-in scorer on the pairs of a dataset, part by part, in a process. Finished parts outlive the process.
import { inLanes } from '#core/lanes.ts';
import type { PartFit } from '#core/score/consistency.ts';
import { fieldsOf, lengthRung, rung } from '#core/score/ladder.ts';
import type { Grouping } from '#core/score/model.ts';
import type { FitEvidence, SelfTest } from '#core/score/quality.ts';
import type { ConsistencyResult, Plan, PlantedFit, WirePair } from '#protocol/scorer.ts';

import type { Scorer, StartScorer } from './process.ts';
import { persist, whileAlive } from './supervisor.ts';

/** Share of labels that the self-test flips. */
export const SELF_TEST_SHARE = 0.2;

export type FitStage = 'reading' | 'fitting' | 'self-test';

export interface FitProgress {
  readonly stage: FitStage;
  /** 0 to 1 within the stage. */
  readonly done: number;
}

export interface ScoringJob {
  /** All pairs from the start, at each call: a new process must be fed again. */
  readonly pairs: () => AsyncIterable<readonly WirePair[]>;
  /** For progress while feeding. */
  readonly pairCount: number;
  readonly seed: number;
  readonly grouping: Grouping;
  /** Plant flips after the fit and count how many the ranking finds: as much work again. */
  readonly selfTest: boolean;
  /** With a self-test: repeat it for each kind of evidence in the file. */
  readonly ladder?: boolean | undefined;
  readonly onProgress: (progress: FitProgress) => void;
  /** A process died; the next one takes over. */
  readonly onRestart?: (reason: string) => void;
  /** The margins are known; the self-test follows. */
  readonly onScored?: (result: ConsistencyResult) => void;
  readonly signal: AbortSignal;
}

export interface Scored {
  readonly result: ConsistencyResult;
  readonly selfTest: SelfTest | undefined;
  /** The fit of the self-test, with all evidence. */
  readonly planted?: PlantedFit;
}

/** What survives a process. */
interface Kept {
  readonly fits: Map<number, PartFit>;
  readonly planted: Map<FitEvidence, PlantedFit>;
  result?: ConsistencyResult;
}

/** Batches that are sent before the first of them is answered: enough for the threads of the process. */
const AHEAD = 8;

async function feed(scorer: Scorer, job: ScoringJob): Promise<void> {
  const sent: Promise<void>[] = [];
  for await (const pairs of job.pairs()) {
    const answer = scorer.requests.call('add', { pairs }, job.signal).then(({ count }) => {
      job.onProgress({ stage: 'reading', done: Math.min(1, count / Math.max(1, job.pairCount)) });
    });
    // Failures are met below, in their order.
    answer.catch(() => undefined);
    sent.push(answer);
    if (sent.length >= AHEAD) await sent.shift();
  }
  await Promise.all(sent);
}

async function fitMissing(scorer: Scorer, job: ScoringJob, plan: Plan, kept: Kept): Promise<void> {
  const { parts, work, width } = plan;
  let visited = kept.fits.size * work;
  const tell = (): void => {
    job.onProgress({ stage: 'fitting', done: Math.min(1, visited / (parts * work)) });
  };
  scorer.listen('progress', (told) => {
    visited += told.visited;
    tell();
  });
  await inLanes(width, parts, async (part) => {
    const known = kept.fits.get(part);
    if (known) await scorer.requests.call('restore', { part, fit: known }, job.signal);
    else kept.fits.set(part, await scorer.requests.call('fit', { part }, job.signal));
    visited = Math.max(visited, kept.fits.size * work);
    tell();
  });
}

/** Plants the same flips for each kind of evidence, or once for all of it. */
async function testAll(scorer: Scorer, job: ScoringJob, plan: Plan, kept: Kept): Promise<void> {
  const { parts, work, evidence } = plan;
  const wanted = job.ladder ? evidence : evidence.slice(-1);
  let visited = 0;
  scorer.listen('progress', (told) => {
    visited += told.visited;
    const done = kept.planted.size + Math.min(1, visited / (parts * work));
    job.onProgress({ stage: 'self-test', done: Math.min(1, done / wanted.length) });
  });
  for (const one of wanted) {
    if (kept.planted.has(one)) continue;
    visited = 0;
    const params = { seed: job.seed + 1, share: SELF_TEST_SHARE, evidence: one };
    kept.planted.set(one, await scorer.requests.call('selfTest', params, job.signal));
  }
}

function selfTestOf(result: ConsistencyResult, { ladder }: ScoringJob, { planted }: Kept): Scored {
  const fits = [...planted];
  const last = fits.at(-1)?.[1];
  if (!last) return { result, selfTest: undefined };
  const rungs = fits.map(([evidence, { test }]) => rung(evidence, test, fieldsOf(evidence, result)));
  const selfTest = ladder ? { ...last.test, ladder: [lengthRung(last.test), ...rungs] } : last.test;
  return { result, selfTest, planted: last };
}

async function runOn(scorer: Scorer, job: ScoringJob, kept: Kept): Promise<Scored> {
  await feed(scorer, job);
  const plan = await scorer.requests.call('plan', { seed: job.seed, grouping: job.grouping }, job.signal);
  await fitMissing(scorer, job, plan, kept);
  if (!kept.result) {
    kept.result = await scorer.requests.call('join', null, job.signal);
    job.signal.throwIfAborted();
    job.onScored?.(kept.result);
  }
  if (job.selfTest) await testAll(scorer, job, plan, kept);
  return selfTestOf(kept.result, job, kept);
}

/** One process, from its start to its end: it never outlives this call. */
async function runOnce(start: StartScorer, job: ScoringJob, kept: Kept): Promise<Scored> {
  const scorer = await start({ signal: job.signal });
  try {
    return await whileAlive(scorer, runOn(scorer, job, kept), job.signal);
  } finally {
    scorer.kill();
  }
}

/**
 * Fits a dataset. A process that dies is replaced, and the next one continues with the parts that are missing. Rejects with
 * the signal's reason when cancelled.
 */
export async function score(start: StartScorer, job: ScoringJob): Promise<Scored> {
  const kept: Kept = { fits: new Map(), planted: new Map() };
  return persist(async () => runOnce(start, job, kept), {
    progress: () => kept.fits.size + kept.planted.size,
    signal: job.signal,
    onRestart: job.onRestart,
  });
}
