// A reward model in a folder, as a scorer of pairs.
import { availableParallelism, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { messages } from '#core/messages.ts';
import type { Head } from '#core/reward/heads.ts';
import type { OnnxRule } from '#core/reward/scorerRule.ts';
import { PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { OpenedModel } from '#protocol/scorer.ts';

import { readJsonEntry, writeEntry } from '../cacheEntry.ts';
import { doWithout } from '../cacheFolder.ts';
import type { ModelFolder } from '../models/folder.ts';
import { openFolder } from '../models/folder.ts';
import type { HostLimits } from '../models/host.ts';
import { ModelHost } from '../models/host.ts';
import { MemoryBudget } from '../models/memory.ts';
import { providersFor } from '../models/providers.ts';
import { ScoreCache } from '../models/scoreCache.ts';
import type { StartScorer } from '../scoring/process.ts';
import type { PairScorer, Rater } from './rating.ts';
import { raterScorer } from './rating.ts';

/** What models need of the machine. */
export interface ModelMachine {
  readonly start: StartScorer;
  /** Undefined: don't cache. */
  readonly cacheFolder: string | undefined;
  readonly budget: MemoryBudget;
  readonly limits?: Partial<HostLimits>;
  readonly log: (line: string) => void;
}

/** Memory for all models; by default half of the machine's: the rest is for the editor and other programs. */
export function modelBudget(maxMb?: number): MemoryBudget {
  return new MemoryBudget(maxMb === undefined ? totalmem() / 2 : maxMb * 2 ** 20);
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

interface OpenPart {
  readonly folder: ModelFolder;
  readonly host: ModelHost;
  readonly rater: Rater;
  readonly known: Known;
}

async function openPart(
  path: string,
  rule: OnnxRule,
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<OpenPart> {
  const folder = await openFolder(path, rule, machine.cacheFolder, machine.log);
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
      providers: providersFor(rule.provider),
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
    await cache.load();
    const provider = (): number => PROVIDER_NAMES.indexOf(host.provider ?? 'cpu');
    const rater: Rater = {
      pass: spec.pass,
      scorer: { provider, rate: async (...args) => host.rate(...args) },
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

/** Checks the head against the model's width. */
function checkedHead(head: Head, width: number, folder: string): Head {
  const fault = (words: string): Error => messages.badModel(folder, words);
  switch (head.kind) {
    case 'scalar':
      if (width !== 1)
        throw fault(
          `it gives ${width} numbers for an answer where one reward is expected: say "label" or "weights"`,
        );
      return head;
    case 'label':
      if (width < 2 || head.index >= width)
        throw fault(`it gives ${width} numbers, and label ${head.index} is not among them`);
      return head;
    case 'weighted':
      if (width !== head.weights.length)
        throw fault(`it gives ${width} numbers for ${head.weights.length} weights`);
      return head;
    case 'gated':
      if (width % 2 !== 0) throw fault('its rewards and its gate are not of one size');
      return head;
    case 'embedding':
      if (width % 2 !== 0)
        throw fault(`a preference embedding has an even number of parts, this one ${width}`);
      return head;
    case 'pair':
      if (width !== 2 && width !== 4)
        throw fault(`it gives ${width / 2} numbers for a pair where one or two are expected`);
      return { kind: 'pair', numbers: width / 2 };
    case 'implicit':
      return head;
  }
}

/** The reference model is read as the policy is, except for the name of its file. */
function referenceRule(rule: OnnxRule): OnnxRule {
  const own = { ...rule };
  delete own.file;
  return own;
}

/** Opens the model of a rule. Folders in the rule are relative to `base`. */
export async function openOnnxScorer(
  rule: OnnxRule,
  base: string,
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<PairScorer> {
  const first = await openPart(resolve(base, rule.model), rule, machine, signal);
  const parts = [first];
  try {
    if (first.folder.head.kind === 'implicit' && rule.reference !== undefined) {
      parts.push(await openPart(resolve(base, rule.reference), referenceRule(rule), machine, signal));
    }
    const head = checkedHead(first.folder.head, first.known.width, first.folder.folder);
    return raterScorer({
      kind: 'onnx',
      name: rule.name ?? basename(first.folder.folder),
      about: [
        `${first.folder.brief}, ${first.known.precision}; fingerprint ${first.folder.fingerprint.slice(0, 12)}.`,
      ],
      warnings: parts.flatMap(({ folder }) => folder.warnings),
      raters: parts.map(({ rater }) => rater),
      head,
      close() {
        for (const { host } of parts) host.close();
      },
    });
  } catch (error) {
    for (const { host } of parts) host.close();
    throw error;
  }
}

/** Describes a model folder: opens the model and scores one text. */
export async function describeModel(
  rule: OnnxRule,
  base: string,
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly warnings: readonly string[] }> {
  const path = resolve(base, rule.model);
  const { host, folder, known } = await openPart(path, rule, { ...machine, cacheFolder: undefined }, signal);
  try {
    const head = checkedHead(folder.head, known.width, folder.folder);
    const texts = folder.spec.pass === 'pair' ? ['Yes.', 'No.'] : ['Yes.'];
    const prompt = [{ role: 'user', text: 'Is water wet?' }];
    const lines = [
      folder.folder,
      ...folder.found,
      `Works on ${host.provider ?? 'cpu'}, precision ${known.precision}, head ${head.kind}, ${known.width === 1 ? '1 number' : `${known.width} numbers`} for each ${folder.spec.pass === 'pair' ? 'pair' : 'answer'}.`,
    ];
    await host.rate(
      [{ prompt, texts }],
      0,
      {
        onRated: (_unit, values, tokens) =>
          lines.push(
            `A first text of ${tokens} tokens gave ${[...values].map((value) => value.toPrecision(4)).join(', ')}.`,
          ),
        onRefused: (_unit, reason) => lines.push(`A first text was refused: ${reason}.`),
        onBatch: () => undefined,
      },
      signal,
    );
    return { lines, warnings: folder.warnings };
  } finally {
    host.close();
  }
}
