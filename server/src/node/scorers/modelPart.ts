// A model in a folder with its process and its stored scores: what every scorer that runs a model is made of.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { messages } from '#core/messages.ts';
import type { ModelReading } from '#core/reward/folder.ts';
import type { ModelRule } from '#core/reward/scorerRule.ts';
import { PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { OpenedModel } from '#protocol/scorer.ts';

import { readJsonEntry, writeEntry } from '../cacheEntry.ts';
import { doWithout } from '../cacheFolder.ts';
import type { ModelFolder } from '../models/folder.ts';
import type { HostLimits } from '../models/host.ts';
import { ModelHost } from '../models/host.ts';
import type { MemoryBudget } from '../models/memory.ts';
import { providersFor } from '../models/providers.ts';
import { ScoreCache } from '../models/scoreCache.ts';
import type { StartScorer } from '../scoring/process.ts';
import type { Rater } from './rating.ts';

/** What models need of the machine. */
export interface ModelMachine {
  readonly start: StartScorer;
  /** Undefined: don't cache. */
  readonly cacheFolder: string | undefined;
  readonly budget: MemoryBudget;
  readonly limits?: Partial<HostLimits>;
  readonly log: (line: string) => void;
}

/** Memory beside the weights: code, and the arena of one batch. */
const PROCESS_BYTES = 300 * 2 ** 20;

/** One core is left to the editor. */
export function modelThreads(): number {
  return Math.max(1, availableParallelism() - 1);
}

/** Kept beside the scores, so that a scored file is shown without opening the model. */
interface Known {
  readonly width: number;
  readonly precision: string;
}

export interface OpenPart<Reading extends ModelReading = ModelReading> {
  readonly folder: ModelFolder<Reading>;
  readonly host: ModelHost;
  readonly rater: Rater;
  readonly known: Known;
}

/** Prepares an open folder for scoring. The model is opened when it is first needed. */
export async function openPart<Reading extends ModelReading>(
  folder: ModelFolder<Reading>,
  provider: ModelRule['provider'],
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<OpenPart<Reading>> {
  const { budget, start, log, limits, cacheFolder } = machine;
  const bytes = folder.bytes + PROCESS_BYTES;
  if (bytes > budget.bytes) {
    const megabytes = (count: number): string => `${Math.round(count / 2 ** 20)} MB`;
    throw messages.badModel(
      folder.folder,
      `it needs about ${megabytes(bytes)} and models may take ${megabytes(budget.bytes)} of this machine`,
    );
  }
  const { spec, files, fingerprint } = folder;
  const host = new ModelHost({
    start,
    open: {
      folder: folder.folder,
      spec,
      providers: providersFor(provider),
      threads: modelThreads(),
      referenceIds: files.referenceIds ?? [],
    },
    bytes,
    budget,
    ...(limits && { limits }),
    log,
  });
  try {
    const scores = cacheFolder === undefined ? undefined : join(cacheFolder, 'scores', fingerprint);
    const knownPath = scores === undefined ? undefined : join(scores, 'model.json');
    let known = knownPath === undefined ? undefined : await readJsonEntry<Known>(knownPath, fingerprint);
    if (!known) {
      const { width, precision } = await openedOf(host, folder.folder, signal);
      known = { width, precision };
      try {
        if (knownPath !== undefined) await writeEntry(knownPath, fingerprint, JSON.stringify(known));
      } catch (error) {
        doWithout(cacheFolder ?? '', error, log);
      }
    }
    const cache = new ScoreCache(
      scores,
      known.width,
      {
        model: folder.folder,
        file: spec.file,
        fingerprint,
        precision: known.precision,
        text: spec.text.kind,
        maxTokens: String(spec.maxTokens),
        truncate: spec.truncate,
      },
      log,
    );
    const providerNow = (): number => PROVIDER_NAMES.indexOf(host.provider ?? 'cpu');
    const rater: Rater = {
      pass: spec.pass,
      scorer: { provider: providerNow, rate: async (...args) => host.rate(...args) },
      cache,
      refusals: new Map(),
      flying: new Set(),
    };
    return { folder, host, rater, known };
  } catch (error) {
    host.close();
    throw error;
  }
}

/** Opens the model. A failure is a fault of the folder. */
async function openedOf(host: ModelHost, folder: string, signal: AbortSignal): Promise<OpenedModel> {
  try {
    return await host.opened(signal);
  } catch (error) {
    signal.throwIfAborted();
    throw messages.badModel(folder, errorMessage(error));
  }
}
