import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { openFolder } from '#node/models/folder.ts';
import { ModelHost } from '#node/models/host.ts';
import { MemoryBudget } from '#node/models/memory.ts';
import type { ScoringJob } from '#node/scoring/fit.ts';
import { score } from '#node/scoring/fit.ts';
import type { Scorer, SilenceLimits, StartScorer } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';
import type { WirePair } from '#protocol/scorer.ts';

import { generatePairs } from '../bench/generate.ts';
import { writeModel } from '../models/folders.ts';
import { isAlive, SCORER } from '../process/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-stopped-'));
const started: Scorer[] = [];
afterEach(() => {
  for (const scorer of started.splice(0)) scorer.kill();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const NEVER = new AbortController().signal;
const PAIRS = [...generatePairs(600, 5, 40)].map((line) => JSON.parse(line) as WirePair);

const starter =
  (path: string, silence: SilenceLimits): StartScorer =>
  async (options) => {
    const scorer = await startScorer(path, { ...options, silence });
    started.push(scorer);
    return scorer;
  };

function job(onProgress: ScoringJob['onProgress'], restarts: string[]): ScoringJob {
  return {
    async *pairs() {
      yield await Promise.resolve(PAIRS);
    },
    pairCount: PAIRS.length,
    seed: 1,
    grouping: { by: 'best' },
    selfTest: false,
    onProgress,
    onRestart: (reason) => restarts.push(reason),
    signal: NEVER,
  };
}

/** A program that answers some requests of the protocol, and stops itself at the next one. */
function stoppingScorer(name: string, answers: number): string {
  const path = join(folder, `${name}.cjs`);
  writeFileSync(
    path,
    `const { SCORER_PROTOCOL: version } = ${JSON.stringify({ SCORER_PROTOCOL: 2 })};
let left = ${answers};
process.on('message', ({ id, method, params }) => {
  if (id === undefined) return;
  if (left-- <= 0) process.kill(process.pid, 'SIGSTOP');
  const hello = { version: (Array.isArray(params) ? params[0] : params)?.version ?? version, pid: process.pid };
  process.send({ jsonrpc: '2.0', id, result: method === 'hello' ? hello : { count: 0 } });
});
`,
  );
  return path;
}

describe.skipIf(process.platform === 'win32')('35: a scoring process that is stopped', () => {
  it('35: before its handshake is ended, and the message says so', async () => {
    await expect(startScorer(stoppingScorer('start', 0), { silence: { hello: 500 } })).rejects.toThrow(
      'The scoring process was ended: it said nothing for 0.5 s.',
    );
  });

  it('35: in the middle of a fit is replaced, and the margins are the same', async () => {
    const whole = await score(
      starter(SCORER, {}),
      job(() => undefined, []),
    );
    const restarts: string[] = [];
    let isStopped = false;
    const onProgress: ScoringJob['onProgress'] = ({ stage, done }) => {
      if (isStopped || stage !== 'fitting' || done < 0.3) return;
      isStopped = true;
      process.kill(started.at(-1)!.pid, 'SIGSTOP');
    };
    const scored = await score(starter(SCORER, { fit: 2000, join: 2000 }), job(onProgress, restarts));
    expect([...new Set(restarts)]).toEqual(['The scoring process was ended: it said nothing for 2 s.']);
    expect(scored.result.margins).toEqual(whole.result.margins);
    expect(isAlive(started[1]!.pid)).toBe(false);
  });

  it('35: at every start is given up after three times', async () => {
    const restarts: string[] = [];
    const start = starter(stoppingScorer('always', 1), { add: 300 });
    await expect(
      score(
        start,
        job(() => undefined, restarts),
      ),
    ).rejects.toThrow(
      /the scoring process started 3 times without progress\. Last error: .*it said nothing for 0.3 s/,
    );
    expect(restarts).toHaveLength(2);
    expect(started.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
  });

  it('35: while it is idle with a model is replaced when texts arrive', async () => {
    const { folder: model } = writeModel(join(folder, 'model'), {});
    const { spec, bytes } = await openFolder(model, { kind: 'onnx', model }, undefined);
    const host = new ModelHost({
      start: starter(SCORER, {}),
      open: { folder: model, spec, providers: ['cpu'], threads: 1, referenceIds: [] },
      bytes,
      budget: new MemoryBudget(8 * 2 ** 30),
      limits: { textMs: 2000 },
      log: () => undefined,
    });
    try {
      await host.opened(NEVER);
      process.kill(started[0]!.pid, 'SIGSTOP');
      const units = Array.from({ length: 40 }, (_, i) => ({
        prompt: [{ role: 'user', text: `what is ${i}` }],
        texts: [`it is ${i}`],
      }));
      const [rated, refused] = [new Set<number>(), new Set<number>()];
      await host.rate(
        units,
        1,
        {
          onRated: (unit) => rated.add(unit),
          onRefused: (unit) => refused.add(unit),
          onBatch: () => undefined,
        },
        NEVER,
      );
      expect([rated.size, refused.size, started.length]).toEqual([40, 0, 2]);
    } finally {
      host.close();
    }
  });
});
