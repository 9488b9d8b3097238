// Fits of the built-in scorer on threads, in the built scoring program.
import { availableParallelism } from 'node:os';

import { expect, it } from 'vitest';

import type { ScoringJob } from '#node/scoring/fit.ts';
import { score } from '#node/scoring/fit.ts';
import type { Scorer } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';
import type { Plan, WirePair } from '#protocol/scorer.ts';

import { generatePairs } from '../bench/generate.ts';
import { scoringJob, startInMemory } from '../fakes/memoryScorer.ts';
import { SCORER } from './run.ts';

/** Enough words for threads. */
const PAIRS = [...generatePairs(700, 5, 220)].map((line) => JSON.parse(line) as WirePair);

/** Remembers the plan, and calls `onFit` when a part is fitted. */
function watched(start: () => Promise<Scorer>, onFit: (scorer: Scorer) => void = () => undefined) {
  const plans: Plan[] = [];
  return {
    plans,
    start: async (): Promise<Scorer> => {
      const scorer = await start();
      const call = scorer.requests.call.bind(scorer.requests);
      scorer.requests.call = async (name, params, signal) => {
        const result = await call(name, params, signal);
        if (name === 'plan') plans.push(result as unknown as Plan);
        if (name === 'fit') onFit(scorer);
        return result;
      };
      return scorer;
    },
  };
}

const jobOf = (told: number[] = []): ScoringJob =>
  scoringJob(PAIRS, {
    selfTest: true,
    onProgress: ({ stage, done }) => {
      if (stage === 'fitting') told.push(done);
    },
  });

it('gives the margins of one thread, to the last bit, also when a process dies on the way', async () => {
  const one = watched(async () => Promise.resolve(startInMemory()));
  const alone = await score(one.start, jobOf());
  let fits = 0;
  const many = watched(
    async () => startScorer(SCORER),
    (scorer) => {
      if (++fits === 2) scorer.kill();
    },
  );
  const told: number[] = [];
  const together = await score(many.start, jobOf(told));
  expect(one.plans.map(({ width }) => width)).toEqual([1]);
  const width = Math.min(availableParallelism(), 10);
  expect(many.plans.map((plan) => plan.width)).toEqual([width, width]);
  expect(together).toEqual(alone);
  expect(Math.max(...told)).toBe(1);
  // Parts that were fitted before the process died are not fitted again.
  expect(fits).toBe(10);
}, 180_000);
