import { getEventListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { ModelHost } from '#node/models/host.ts';
import { MemoryBudget } from '#node/models/memory.ts';
import { ScorerGone } from '#node/scoring/process.ts';
import { persist, whileAlive } from '#node/scoring/supervisor.ts';

import { scriptedModel } from '../fakes/scriptedScorer.ts';

const gone: Error = new ScorerGone('The scoring process ended (signal SIGSEGV).');
const lost = new Error('Connection is disposed.');

const never = async (): Promise<never> => new Promise(() => undefined);
const fails = (error: Error, ms: number) => async (): Promise<never> => {
  await wait(ms);
  throw error;
};

describe('work on a process', () => {
  it.each([
    {
      name: 'ends with its result',
      work: async () => Promise.resolve('done'),
      exit: never,
      expected: 'done',
    },
    { name: 'ends with the process', work: never, exit: fails(gone, 1), expected: gone },
    { name: 'is explained by an exit after it', work: fails(lost, 1), exit: fails(gone, 10), expected: gone },
    { name: 'fails alone', work: fails(lost, 1), exit: never, expected: lost },
  ])('$name', async ({ work, exit, expected }) => {
    const { signal } = new AbortController();
    const outcome: unknown = await whileAlive({ gone: exit() }, work(), signal).catch(
      (error: unknown) => error,
    );
    expect(outcome).toBe(expected);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  const reason = new Error('Scoring was cancelled.');
  it.each([
    { name: 'that stops by itself', works: fails(lost, 5), expected: false },
    { name: 'that does not stop', works: never, expected: true },
  ])('$name is cancelled with the reason', async ({ works, expected }) => {
    for (const isEarly of [true, false]) {
      const controller = new AbortController();
      if (isEarly) controller.abort(reason);
      let isLate = false;
      const waiting = whileAlive({ gone: never() }, works(), controller.signal, () => (isLate = true));
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      expect(isLate).toBe(expected);
    }
  });
});

describe('a model that two callers open', () => {
  it('opens for the second one when the first one is cancelled', async () => {
    const host = new ModelHost({
      start: async () => Promise.resolve(scriptedModel()),
      open: { folder: 'rm', spec: {} as never, providers: ['cpu'], threads: 1, referenceIds: [] },
      bytes: 1,
      budget: new MemoryBudget(1),
      log: () => undefined,
    });
    const reason = new Error('Scoring was cancelled.');
    const controller = new AbortController();
    const first = host.opened(controller.signal).catch((error: unknown) => error);
    const second = host.opened(new AbortController().signal);
    controller.abort(reason);
    expect(await first).toBe(reason);
    expect((await second).width).toBe(1);
    host.close();
  });
});

describe('a task on processes that die', () => {
  /** Runs a script of attempts: a number is the progress at which the process dies. */
  async function run(script: readonly (number | Error | 'done')[], signal = new AbortController().signal) {
    let [attempts, progress] = [0, 0];
    const restarts: string[] = [];
    const outcome = await persist(
      async () => {
        const step = script[attempts++];
        if (typeof step !== 'number') return step instanceof Error ? Promise.reject(step) : step;
        progress = step;
        throw new ScorerGone(`died at ${step}`);
      },
      { progress: () => progress, signal, onRestart: (words) => restarts.push(words), backoffMs: 1 },
    ).catch((error: unknown) => error);
    return { attempts, restarts, outcome };
  }

  it.each([
    { script: ['done'], attempts: 1, restarts: 0, outcome: 'done' },
    { script: [0, 0, 'done'], attempts: 3, restarts: 2, outcome: 'done' },
    { script: [0, 1, 1, 2, 2, 'done'], attempts: 6, restarts: 5, outcome: 'done' },
    { script: [1, lost, 'done'], attempts: 2, restarts: 1, outcome: lost },
  ] as const)('$script', async ({ script, ...expected }) => {
    const { restarts, ...ran } = await run(script);
    expect({ ...ran, restarts: restarts.length }).toEqual(expected);
  });

  it('gives up after three attempts without progress, with the last reason', async () => {
    const { attempts, outcome, restarts } = await run([4, 4, 4, 4, 'done']);
    expect([attempts, restarts]).toEqual([4, ['died at 4', 'died at 4', 'died at 4']]);
    expect((outcome as Error).message).toMatch(/started 3 times without progress\. Last error: died at 4/);
  });

  it('stops waiting for the next attempt when cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('Scoring was cancelled.');
    const running = run([0, 0, 0], controller.signal);
    setTimeout(() => {
      controller.abort(reason);
    }, 1);
    expect(await running).toEqual({ attempts: 1, restarts: ['died at 0'], outcome: reason });
  });
});
