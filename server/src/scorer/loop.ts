// The fitting loop on a connection. Only main.ts knows that it runs in a process.
import type { MessageConnection } from 'vscode-jsonrpc/node';

import type { FitPart, JobRows, PartFit } from '#core/score/consistency.ts';
import {
  fitPart,
  foldCountFor,
  foldOf,
  joinMargins,
  joinModels,
  partWork,
  planParts,
} from '#core/score/consistency.ts';
import { FeatureBuilder } from '#core/score/features.ts';
import type { Pause } from '#core/score/fit.ts';
import { styleScales } from '#core/score/fit.ts';
import { PromptKeys } from '#core/score/folds.ts';
import { plantFlips, positiveShare, selfTestFigures } from '#core/score/quality.ts';
import { serve } from '#node/rpc.ts';
import type { ConsistencyResult, ScorerRequests, WirePair } from '#protocol/scorer.ts';
import { SCORER_PROTOCOL } from '#protocol/version.ts';

import { modelHandlers } from './modelLoop.ts';

/** Longest time that a fit blocks the process from seeing a cancellation. */
const SLICE_MS = 15;

/** Interval between progress notifications. */
const PROGRESS_MS = 100;

interface Job {
  readonly rows: JobRows;
  readonly parts: readonly FitPart[];
  readonly lengths: Float64Array;
  readonly fits: (PartFit | undefined)[];
}

class Gathering {
  readonly features = new FeatureBuilder();
  readonly prompts = new PromptKeys();
  readonly group: number[] = [];
  readonly groups = new Map<string, number>();
  readonly lengths: number[] = [];

  add(pair: WirePair): void {
    this.features.add(pair);
    this.prompts.add(pair.prompt, pair.chosen, pair.rejected);
    this.lengths.push(pair.chosen.length - pair.rejected.length);
    if (pair.group === undefined) this.group.push(-1);
    else {
      const known = this.groups.get(pair.group) ?? this.groups.size;
      this.groups.set(pair.group, known);
      this.group.push(known);
    }
  }

  toJob(seed: number): Job {
    const features = this.features.build();
    const foldCount = foldCountFor(features.count);
    const fold = Uint8Array.from(this.prompts.keys(), (key) => foldOf(key, seed, foldCount));
    const rows: JobRows = {
      features,
      scales: styleScales(features),
      fold,
      foldCount,
      group: Int32Array.from(this.group),
      seed,
    };
    const parts = planParts(rows);
    return { rows, parts, lengths: Float64Array.from(this.lengths), fits: parts.map(() => undefined) };
  }
}

/** Reports progress, lets messages in, and throws once the request is cancelled. */
function pauser(connection: MessageConnection, signal: AbortSignal): Pause {
  let sliceStart = performance.now();
  let told = sliceStart;
  let visited = 0;
  return (count) => {
    visited += count;
    const now = performance.now();
    if (now - sliceStart < SLICE_MS) return undefined;
    if (now - told > PROGRESS_MS) {
      void connection.sendNotification('progress', { visited });
      told = now;
      visited = 0;
    }
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        sliceStart = performance.now();
        if (signal.aborted) reject(new Error('cancelled'));
        else resolve();
      });
    });
  };
}

function needJob(job: Job | undefined): Job {
  if (!job) throw new Error('scorer: no "plan" yet');
  return job;
}

function allFits(fits: readonly (PartFit | undefined)[]): PartFit[] {
  return fits.map((fitted, i) => {
    if (!fitted) throw new Error(`scorer: part ${i} is not fitted yet`);
    return fitted;
  });
}

async function fitAll(job: Job, sign: Int8Array, pause: Pause): Promise<PartFit[]> {
  const fits: PartFit[] = [];
  for (const part of job.parts) fits.push(await fitPart(job.rows, part, sign, pause));
  return fits;
}

/** Handles the requests of #protocol/scorer.ts until the connection closes. */
export function serveScorer(connection: MessageConnection, pid: number): void {
  const gathering = new Gathering();
  let job: Job | undefined;
  serve<ScorerRequests>(connection, {
    ...modelHandlers(connection),
    hello: async () => ({ version: SCORER_PROTOCOL, pid }),
    add: async ({ pairs }) => {
      for (const pair of pairs) gathering.add(pair);
      return { count: gathering.features.count };
    },
    plan: async ({ seed }) => {
      const planned = (job = gathering.toJob(seed));
      return { parts: planned.parts, work: planned.parts.map((part) => partWork(planned.rows, part)) };
    },
    fit: async ({ part }, signal) => {
      const { rows, parts, fits } = needJob(job);
      const wanted = parts[part];
      if (!wanted) throw new Error(`scorer: there is no part ${part}`);
      const asRecorded = new Int8Array(rows.features.count).fill(1);
      return (fits[part] = await fitPart(rows, wanted, asRecorded, pauser(connection, signal)));
    },
    restore: async ({ part, fit }) => {
      needJob(job).fits[part] = fit;
      return null;
    },
    join: async () => {
      const { rows, parts, fits, lengths } = needJob(job);
      const fitted = allFits(fits);
      const asRecorded = new Int8Array(rows.features.count).fill(1);
      const joined = joinMargins(rows, parts, fitted, asRecorded);
      const result: ConsistencyResult = {
        margins: Float32Array.from(joined.margins),
        foldCount: rows.foldCount,
        seed: rows.seed,
        groups: [...gathering.groups.keys()],
        parts,
        models: fitted.map((part) => joinModels(part, joined.blend)),
        answered: Float64Array.from(gathering.features.answered),
        answerFolds: new Map(
          [...gathering.prompts.answers()].map(([answer, key]) => [
            answer,
            foldOf(key, rows.seed, rows.foldCount),
          ]),
        ),
        trust: {
          accuracy: positiveShare(joined.margins),
          styleAccuracy: positiveShare(joined.styleOnly).value,
          longerWins: positiveShare(lengths).value,
        },
      };
      return result;
    },
    selfTest: async ({ seed, share }, signal) => {
      const planned = needJob(job);
      const { rows, parts, lengths } = planned;
      const sign = plantFlips(rows.features.count, seed, share);
      const fits = await fitAll(planned, sign, pauser(connection, signal));
      const { margins } = joinMargins(rows, parts, fits, sign);
      return selfTestFigures(
        margins,
        lengths.map((value, row) => value * (sign[row] ?? 1)),
        sign,
      );
    },
  });
  connection.listen();
}
