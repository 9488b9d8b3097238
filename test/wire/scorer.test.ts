import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { CONSISTENCY_VERSION } from '#core/score/consistency.ts';
import type { Grouping } from '#core/score/model.ts';
import type { ScoringJob } from '#node/scoring/fit.ts';
import { score } from '#node/scoring/fit.ts';
import type { WirePair } from '#protocol/scorer.ts';
import { SCORER_PROTOCOL } from '#protocol/version.ts';

import { generatePairs } from '../bench/generate.ts';
import type { MemoryScorer } from '../fakes/memoryScorer.ts';
import { scoringJob, startInMemory } from '../fakes/memoryScorer.ts';

const PAIRS = [...generatePairs(400, 11, 40)].map((line) => JSON.parse(line) as WirePair);

const jobOf = (over: Partial<ScoringJob> = {}): ScoringJob => scoringJob(PAIRS, over);

const start = async (): Promise<MemoryScorer> => Promise.resolve(startInMemory());

describe('the scoring wire', () => {
  it('shakes hands, refuses unknown requests, and reports missing ones', async () => {
    const scorer = startInMemory();
    expect(await scorer.requests.call('hello', { version: SCORER_PROTOCOL })).toEqual({
      version: SCORER_PROTOCOL,
      pid: 4711,
    });
    await expect(scorer.requests.call('nonsense' as 'hello', { version: 1 })).rejects.toThrow(
      /Unhandled method/,
    );
    await expect(scorer.requests.call('fit', { part: 0 })).rejects.toThrow('no "plan" yet');
    await scorer.requests.call('add', { pairs: PAIRS });
    await scorer.requests.call('plan', { seed: 1, grouping: { by: 'best' } });
    await expect(scorer.requests.call('fit', { part: 99 })).rejects.toThrow('there is no part 99');
    await expect(scorer.requests.call('join', null)).rejects.toThrow('part 0 is not fitted yet');
    scorer.kill();
  });

  it('rejects all pending requests when the other end is gone', async () => {
    const scorer = startInMemory();
    await scorer.requests.call('add', { pairs: PAIRS });
    await scorer.requests.call('plan', { seed: 1, grouping: { by: 'best' } });
    const waiting = scorer.requests.call('fit', { part: 0 });
    scorer.crash();
    await expect(waiting).rejects.toThrow();
    await expect(scorer.gone).rejects.toThrow('SIGSEGV');
  });
});

describe('a job', () => {
  it('gives the same margins for the same seed, and other folds for another', async () => {
    const [a, b, c] = [
      await score(start, jobOf()),
      await score(start, jobOf()),
      await score(start, jobOf({ seed: 2 })),
    ];
    expect(a.result.margins).toEqual(b.result.margins);
    expect(a.result.margins).not.toEqual(c.result.margins);
    expect(a.result.margins.length).toBe(PAIRS.length);
    expect(a.result.models.length).toBe(a.result.foldCount);
    expect(a.result.trust.accuracy.value).toBeGreaterThan(0.6);
  });

  it('gives the margins of this version to the last bit: others need another CONSISTENCY_VERSION', async () => {
    const pairs = PAIRS.map((pair, i) => ({
      ...pair,
      origins: [
        { title: 'model', chosen: `m${i % 3}`, rejected: `m${i % 4}` },
        { title: 'temperature', chosen: i % 2, rejected: 0.5 },
      ],
      kinds: { source: `s${i % 2}` },
    }));
    const list = async function* () {
      yield await Promise.resolve(pairs);
    };
    const { result } = await score(start, jobOf({ pairs: list, grouping: { by: 'field', field: 'source' } }));
    const bytes = new Uint8Array(result.margins.buffer);
    const sum = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    expect([CONSISTENCY_VERSION, sum]).toEqual([3, '59080e2a932225f6']);
  });

  it('continues after crashes where it was, and ends with the margins of an unbroken run', async () => {
    const unbroken = await score(start, jobOf());
    const started: MemoryScorer[] = [];
    const restarts: string[] = [];
    const fitted: number[] = [];
    const crashing = async (): Promise<MemoryScorer> => {
      const scorer = startInMemory();
      started.push(scorer);
      let fits = 0;
      const call = scorer.requests.call.bind(scorer.requests);
      scorer.requests.call = async (name, params, signal) => {
        if (name === 'fit') {
          fitted.push((params as { part: number }).part);
          if (++fits === 3 && started.length < 4)
            setTimeout(() => {
              scorer.crash();
            }, 0);
        }
        return call(name, params, signal);
      };
      return Promise.resolve(scorer);
    };
    const broken = await score(crashing, jobOf({ onRestart: (reason) => restarts.push(reason) }));
    expect(restarts.length).toBe(3);
    expect(restarts[0]).toContain('SIGSEGV');
    expect(broken.result.margins).toEqual(unbroken.result.margins);
    // Every part was requested in order, and none again after its reply.
    expect(fitted.length).toBeLessThanOrEqual(unbroken.result.foldCount + 3);
  });

  it('gives up when process after process dies without progress', async () => {
    let count = 0;
    const dying = async (): Promise<MemoryScorer> => {
      count++;
      const scorer = startInMemory();
      setTimeout(() => {
        scorer.crash();
      }, 0);
      return Promise.resolve(scorer);
    };
    await expect(score(dying, jobOf())).rejects.toThrow('SIGSEGV');
    expect(count).toBe(3);
  });

  it('is cancelled with the given reason, before, during and after feeding', async () => {
    for (const stage of ['reading', 'fitting', 'self-test'] as const) {
      const controller = new AbortController();
      const job = jobOf({
        selfTest: true,
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) controller.abort(new Error(`enough at ${stage}`));
        },
        ...(stage === 'self-test' && {
          onScored: () => {
            controller.abort(new Error('enough at self-test'));
          },
        }),
      });
      await expect(score(start, job)).rejects.toThrow(`enough at ${stage}`);
    }
    await expect(score(start, jobOf({ signal: AbortSignal.abort(new Error('before')) }))).rejects.toThrow(
      'before',
    );
  });

  it('finds the field whose groups prefer opposite answers, and none where they agree', async () => {
    const flipped = PAIRS.concat(PAIRS).map((pair, i) => ({
      ...pair,
      prompt: `${pair.prompt} ${i}`,
      ...(i % 2 === 1 && { chosen: pair.rejected, rejected: pair.chosen }),
      kinds: { source: `s${i % 2}`, topic: `t${i % 3}` },
    }));
    const fitted = async (pairs: readonly WirePair[], grouping: Grouping) => {
      const list = async function* () {
        yield await Promise.resolve(pairs);
      };
      return (await score(start, jobOf({ pairs: list, pairCount: pairs.length, grouping }))).result;
    };
    const opposite = await fitted(flipped, { by: 'best' });
    expect(opposite.groups).toEqual({ field: 'source', values: ['s0', 's1'] });
    expect(opposite.trials.map(({ field, groups }) => [field, groups])).toEqual([
      ['source', 2],
      ['topic', 3],
    ]);
    const alone = await fitted(flipped, { by: 'none' });
    expect(alone.groups).toBeUndefined();
    expect(opposite.trust.accuracy.value).toBeGreaterThan(alone.trust.accuracy.value + 0.1);
    const same = PAIRS.map((pair, i) => ({ ...pair, kinds: { source: `s${i % 2}` } }));
    expect((await fitted(same, { by: 'best' })).groups).toBeUndefined();
    expect((await fitted(same, { by: 'field', field: 'source' })).groups?.values.length).toBe(2);
  });

  it('plants flips and finds more of them than chance', async () => {
    const { selfTest } = await score(start, jobOf({ selfTest: true }));
    expect(selfTest!.planted).toBeGreaterThan(50);
    expect(selfTest!.auroc).toBeGreaterThan(0.6);
    expect(selfTest!.precisionAt5.count).toBe(20);
  });
});
