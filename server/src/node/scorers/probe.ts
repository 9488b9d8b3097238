// A text encoder as a scorer: its embeddings of both answers, read by a head that is fitted on the labels of the file.
import { basename, resolve } from 'node:path';

import { keyNumber } from '#core/hash.ts';
import type { Identity } from '#core/model/identity.ts';
import type { Account } from '#core/reward/reading.ts';
import type { ProbeRule } from '#core/reward/scorerRule.ts';
import { ANSWER_CUT, REFUSED } from '#core/reward/table.ts';
import { foldCountFor, MIN_PAIRS } from '#core/score/consistency.ts';
import type { EmbeddingHead } from '#core/score/head.ts';
import { headMargin } from '#core/score/head.ts';
import { PairFolds } from '#core/score/pairFolds.ts';

import { openEncoder } from '../models/folder.ts';
import { fitHeadInProcess } from './fitHead.ts';
import type { ModelMachine } from './modelPart.ts';
import { openPart } from './modelPart.ts';
import type { PairFacts, PairScorer, PlantJob, Rater, RatingSource } from './rating.ts';
import { forgetScores, rateDataset, ratePairs, refusalOf } from './rating.ts';

/** Memory for the embeddings of one dataset. Of larger ones, a share of the prompts is embedded. */
const MAX_EMBEDDING_BYTES = 512 * 2 ** 20;

/** Share of the progress for embedding; the rest is for the head. */
const EMBEDDING_SHARE = 0.95;

/** What a fit leaves, to read any pair with. */
interface Fitted {
  readonly head: EmbeddingHead;
  readonly folds: PairFolds;
}

/** The share of prompts whose embeddings fit into memory. */
function embeddedShare(pairCount: number, width: number): number {
  return Math.min(1, MAX_EMBEDDING_BYTES / Math.max(1, 2 * pairCount * width * 4));
}

/** The source with only a share of its prompts: all other pairs are passed over as ties are. */
function sourceOf(source: RatingSource, share: number): RatingSource {
  if (share >= 1) return source;
  const { facts } = source;
  const isOutside = (pair: number): boolean => facts.identity(pair).promptKey[1] / 2 ** 32 >= share;
  return {
    facts: {
      get pairCount() {
        return facts.pairCount;
      },
      isTie: (pair) => facts.isTie(pair) || isOutside(pair),
      identity: (pair) => facts.identity(pair),
      answerLength: (pair) => facts.answerLength(pair),
    },
    pass: (wanted) => source.pass(wanted),
  };
}

/** The keys of all answers. */
function answerKeys(facts: PairFacts): Set<number> {
  const keys = new Set<number>();
  for (let pair = 0; pair < facts.pairCount; pair++) {
    if (facts.isTie(pair)) continue;
    const { chosenKey, rejectedKey } = facts.identity(pair);
    keys.add(keyNumber(chosenKey)).add(keyNumber(rejectedKey));
  }
  return keys;
}

interface Rows {
  readonly chosen: number;
  readonly rejected: number;
}

/** Rows of the table with the embeddings of a pair; undefined if one is missing or was refused. */
function rowsOf({ cache: { table } }: Rater, { chosenKey, rejectedKey }: Identity): Rows | undefined {
  const [chosen, rejected] = [table.rowOf(chosenKey), table.rowOf(rejectedKey)];
  if (chosen < 0 || rejected < 0) return undefined;
  return ((table.flags(chosen) | table.flags(rejected)) & REFUSED) === 0 ? { chosen, rejected } : undefined;
}

/** A fit of a head. */
interface HeadJob extends PlantJob {
  readonly start: ModelMachine['start'];
  readonly log: ModelMachine['log'];
}

/** The margin of a pair with these embeddings, by the head that did not see its fold. */
function marginBy(
  { head, folds }: Fitted,
  { table }: Rater['cache'],
  identity: Identity,
  rows: Rows,
): number {
  return headMargin(head, folds.of(identity), table.values(rows.chosen), table.values(rows.rejected));
}

/** Fits a head on the pairs whose embeddings are there; undefined if they are too few. */
async function fitOn(
  rater: Rater,
  { source: { facts }, sign, seed, signal, onProgress, start, log }: HeadJob,
): Promise<Fitted | undefined> {
  const { table } = rater.cache;
  const [chosen, rejected, signs, pairs]: [number[], number[], number[], Identity[]] = [[], [], [], []];
  for (let pair = 0; pair < facts.pairCount; pair++) {
    if (facts.isTie(pair) || sign(pair) === 0) continue;
    const identity = facts.identity(pair);
    const rows = rowsOf(rater, identity);
    if (!rows) continue;
    chosen.push(rows.chosen);
    rejected.push(rows.rejected);
    signs.push(sign(pair));
    pairs.push(identity);
  }
  if (pairs.length < MIN_PAIRS) return undefined;
  const folds = new PairFolds(foldCountFor(pairs.length), seed);
  for (const identity of pairs) folds.add(identity);
  const foldOfRow = Uint8Array.from(pairs, (identity) => folds.of(identity));
  const head = await fitHeadInProcess(
    {
      width: table.width,
      count: pairs.length,
      foldCount: folds.foldCount,
      fill(row, into) {
        const [better, worse] = [table.values(chosen[row] ?? 0), table.values(rejected[row] ?? 0)];
        const own = signs[row] ?? 1;
        for (let k = 0; k < into.length; k++) into[k] = own * ((better[k] ?? 0) - (worse[k] ?? 0));
        return foldOfRow[row] ?? 0;
      },
    },
    { start, seed, signal, log, onProgress },
  );
  return { head, folds };
}

/** Opens the encoder of a rule. Folders in the rule are relative to `base`. */
export async function openProbe(
  rule: ProbeRule,
  base: string,
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<PairScorer> {
  const folder = await openEncoder(resolve(base, rule.model), rule, machine.cacheFolder, machine.log);
  const { host, rater, known } = await openPart(folder, rule.provider, machine, signal);
  const { cache } = rater;
  const { start, log } = machine;
  let fitted: Fitted | undefined;
  return {
    kind: 'probe',
    name: rule.name ?? basename(folder.folder),
    about: [
      `${folder.brief}, ${known.precision}; fingerprint ${folder.fingerprint.slice(0, 12)}.`,
      'A small fit on the labels of this file reads the embeddings; no pair is read by a fit that saw its prompt.',
    ],
    warnings: folder.warnings,
    account(identity): Account | undefined {
      const rows = fitted && rowsOf(rater, identity);
      if (!fitted || !rows) return undefined;
      const { table } = cache;
      const { chosen, rejected } = rows;
      return {
        margin: marginBy(fitted, cache, identity, rows),
        // The beginning of a long answer is evidence too, so a cut answer is ranked.
        flags: (table.flags(chosen) | table.flags(rejected)) & ~ANSWER_CUT,
        time: Math.max(table.time(chosen), table.time(rejected)),
        provider: table.provider(chosen),
      };
    },
    refusal: (identity) => refusalOf([rater], identity),
    async rate(job) {
      const source = sourceOf(job.source, embeddedShare(job.source.facts.pairCount, known.width));
      const keys = answerKeys(source.facts);
      cache.wants = (key) => keys.has(keyNumber(key));
      await cache.load();
      let pairs = 0;
      await rateDataset([rater], {
        ...job,
        source,
        onProgress: (progress) => {
          ({ pairs } = progress);
          job.onProgress({ ...progress, done: EMBEDDING_SHARE * progress.done });
        },
        onSome: () => undefined,
      });
      fitted = await fitOn(rater, {
        ...job,
        source,
        sign: () => 1,
        start,
        log,
        onProgress: (done) => {
          const scored = EMBEDDING_SHARE + (1 - EMBEDDING_SHARE) * done;
          job.onProgress({ done: scored, scoredPairs: pairs, pairs });
        },
      });
    },
    async plant(job) {
      const planted = await fitOn(rater, { ...job, start, log });
      const { facts } = job.source;
      return Float64Array.from({ length: facts.pairCount }, (_, pair) => {
        const sign = facts.isTie(pair) ? 0 : job.sign(pair);
        const identity = facts.identity(pair);
        const rows = sign !== 0 && rowsOf(rater, identity);
        return planted && rows ? sign * marginBy(planted, cache, identity, rows) : Number.NaN;
      });
    },
    ratePairs: async (pairs, now) => ratePairs([rater], pairs, now),
    forget() {
      fitted = undefined;
      forgetScores([rater]);
    },
    close() {
      host.close();
    },
  };
}
