// One job of the built-in scorer, request by request: in the scoring process, or in the program that wants the scores.
import { inLanes } from '#core/lanes.ts';
import type { GroupTrial, JobRows, PartFit } from '#core/score/consistency.ts';
import {
  chooseGroups,
  fitPart,
  foldCountFor,
  foldOf,
  joinMargins,
  joinModels,
  partWork,
} from '#core/score/consistency.ts';
import { FeatureBuilder, inGroups } from '#core/score/features.ts';
import type { Pause } from '#core/score/fit.ts';
import { styleScales } from '#core/score/fit.ts';
import { PromptKeys } from '#core/score/folds.ts';
import type { GroupColumn } from '#core/score/groups.ts';
import { evidenceIn, rowsWith } from '#core/score/ladder.ts';
import type { Grouping } from '#core/score/model.ts';
import type { OriginTable } from '#core/score/origins.ts';
import { plantFlips, positiveShare, selfTestFigures } from '#core/score/quality.ts';
import type { PairNumbers, PairText } from '#core/score/readPairs.ts';
import { readPairs } from '#core/score/readPairs.ts';
import type { ConsistencyResult, ScorerRequests, WirePair } from '#protocol/scorer.ts';

import type { Handlers } from '../rpc.ts';

/** Does the work of a job: in this thread, or side by side on others. */
export interface FitCrew {
  read(pairs: readonly PairText[]): Promise<PairNumbers>;
  /** Parts that it fits side by side. */
  widthFor(rows: JobRows): number;
  fit(rows: JobRows, part: number, sign: Int8Array, pause: Pause): Promise<PartFit>;
}

/** Everything in the calling thread. */
export const ALONE: FitCrew = {
  read: async (pairs) => Promise.resolve(readPairs(pairs)),
  widthFor: () => 1,
  fit: fitPart,
};

/** Longest time that a fit blocks the process from seeing a cancellation. */
const SLICE_MS = 15;

/** Interval between progress notifications. */
const PROGRESS_MS = 100;

interface Job {
  readonly rows: JobRows;
  readonly lengths: Float64Array;
  readonly fits: (PartFit | undefined)[];
  readonly column: GroupColumn | undefined;
  readonly trials: readonly GroupTrial[];
  readonly origins: OriginTable;
}

class Gathering {
  readonly features = new FeatureBuilder();
  readonly prompts = new PromptKeys();
  readonly lengths: number[] = [];
  #before = Promise.resolve();

  /** Batches are read side by side, and added in the order in which they came. */
  async add(pairs: readonly WirePair[], crew: FitCrew): Promise<void> {
    const [numbers, before] = [crew.read(pairs), this.#before];
    this.#before = before.then(async () => {
      this.features.add(pairs, await numbers);
      for (const { prompt, chosen, rejected } of pairs) {
        this.prompts.add(prompt, chosen, rejected);
        this.lengths.push(chosen.length - rejected.length);
      }
    });
    await this.#before;
  }

  async toJob(seed: number, grouping: Grouping, pause: Pause): Promise<Job> {
    const { features, origins } = this.features.build();
    const foldCount = foldCountFor(features.count);
    const fold = Uint8Array.from(this.prompts.keys(), (key) => foldOf(key, seed, foldCount));
    const alone: JobRows = { features, scales: styleScales(features), fold, foldCount, seed };
    const { groups } = this.features;
    const { column, trials } =
      grouping.by === 'best'
        ? await chooseGroups(alone, groups.candidates(), asRecorded(alone), pause)
        : { column: grouping.by === 'field' ? groups.column(grouping.field) : undefined, trials: [] };
    const rows: JobRows = { ...alone, features: inGroups(features, column) };
    const fits = Array.from({ length: foldCount }, () => undefined);
    const lengths = Float64Array.from(this.lengths);
    return { rows, lengths, fits, column, trials, origins };
  }
}

/** The labels as the file has them. */
function asRecorded({ features }: JobRows): Int8Array {
  return new Int8Array(features.count).fill(1);
}

/**
 * Reports progress, lets messages in, and throws once the request is cancelled.
 * @param tell gets the number of pairs visited since the last time
 */
export function pauser(tell: (visited: number) => void, signal: AbortSignal): Pause {
  let sliceStart = performance.now();
  let told = sliceStart;
  let visited = 0;
  return (count) => {
    visited += count;
    const now = performance.now();
    if (now - sliceStart < SLICE_MS) return undefined;
    if (now - told > PROGRESS_MS) {
      tell(visited);
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

async function fitAll(rows: JobRows, crew: FitCrew, sign: Int8Array, pause: Pause): Promise<PartFit[]> {
  const fits: PartFit[] = [];
  await inLanes(crew.widthFor(rows), rows.foldCount, async (part) => {
    fits[part] = await crew.fit(rows, part, sign, pause);
  });
  return fits;
}

type FitRequests = Pick<ScorerRequests, 'add' | 'plan' | 'fit' | 'restore' | 'join' | 'selfTest'>;

/** The requests of one job. */
export function fitHandlers(crew: FitCrew, pauseFor: (signal: AbortSignal) => Pause): Handlers<FitRequests> {
  const gathering = new Gathering();
  let job: Job | undefined;
  return {
    add: async ({ pairs }) => {
      await gathering.add(pairs, crew);
      return { count: gathering.features.count };
    },
    plan: async ({ seed, grouping }, signal) => {
      const { rows } = (job = await gathering.toJob(seed, grouping, pauseFor(signal)));
      return {
        parts: rows.foldCount,
        work: partWork(rows),
        width: crew.widthFor(rows),
        evidence: evidenceIn(rows),
      };
    },
    fit: async ({ part }, signal) => {
      const { rows, fits } = needJob(job);
      if (part >= rows.foldCount) throw new Error(`scorer: there is no part ${part}`);
      return (fits[part] = await crew.fit(rows, part, asRecorded(rows), pauseFor(signal)));
    },
    restore: async ({ part, fit }) => {
      needJob(job).fits[part] = fit;
      return null;
    },
    join: async () => {
      const { rows, fits, lengths, column, trials, origins } = needJob(job);
      const fitted = allFits(fits);
      const joined = joinMargins(rows, fitted, asRecorded(rows));
      const result: ConsistencyResult = {
        margins: Float32Array.from(joined.margins),
        foldCount: rows.foldCount,
        seed: rows.seed,
        ...(column && { groups: { field: column.field, values: column.values } }),
        trials,
        origins,
        models: fitted.map((part) => joinModels(part, rows.features.vocabulary, joined.blend)),
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
    selfTest: async ({ seed, share, evidence }, signal) => {
      const { rows: all, lengths } = needJob(job);
      const rows = rowsWith(all, evidence);
      const sign = plantFlips(rows.features.count, seed, share);
      const fits = await fitAll(rows, crew, sign, pauseFor(signal));
      const { margins } = joinMargins(rows, fits, sign);
      const planted = lengths.map((value, row) => value * (sign[row] ?? 1));
      return {
        test: selfTestFigures(margins, planted, sign),
        margins: Float32Array.from(margins),
        sign,
      };
    },
  };
}
