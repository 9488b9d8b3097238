// A text encoder as a scorer: its embeddings of both answers, read by a head that is fitted on the labels of the file.
import { basename, resolve } from 'node:path';

import { keyNumber } from '#core/hash.ts';
import type { Identity } from '#core/model/identity.ts';
import { pairKey } from '#core/model/identity.ts';
import type { Neighbourhood, Placed } from '#core/reward/neighbours.ts';
import type { Account } from '#core/reward/reading.ts';
import type { ProbeRule } from '#core/reward/scorerRule.ts';
import { ANSWER_CUT, REFUSED } from '#core/reward/table.ts';
import { foldCountFor, MIN_PAIRS } from '#core/score/consistency.ts';
import type { EmbeddingHead } from '#core/score/head.ts';
import { headMargin } from '#core/score/head.ts';
import { PairFolds } from '#core/score/pairFolds.ts';

import { openEncoder } from '../models/folder.ts';
import type { ModelMachine } from './modelPart.ts';
import { openPart } from './modelPart.ts';
import type { ComparedPairs } from './neighbours.ts';
import { findNeighbours } from './neighbours.ts';
import type { DifferenceRows } from './onDifferences.ts';
import { fitHeadInProcess } from './onDifferences.ts';
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

/** Pairs whose embeddings are there, row by row. */
interface Embedded {
  readonly pairs: readonly (Placed & Rows)[];
  readonly width: number;
  readonly folds: PairFolds;
  /** Writes the difference of a row: the better embedding minus the worse one. */
  readonly fill: (row: number, into: Float32Array) => void;
}

/** @param sign by pair, as in a `PlantJob` */
function embeddedOf(rater: Rater, facts: PairFacts, seed: number, sign: (pair: number) => number): Embedded {
  const { table } = rater.cache;
  const pairs: (Placed & Rows)[] = [];
  for (let number = 0; number < facts.pairCount; number++) {
    if (facts.isTie(number) || sign(number) === 0) continue;
    const identity = facts.identity(number);
    const rows = rowsOf(rater, identity);
    if (rows) pairs.push({ identity, number, ...rows });
  }
  const folds = new PairFolds(foldCountFor(pairs.length), seed);
  for (const { identity } of pairs) folds.add(identity);
  return {
    pairs,
    width: table.width,
    folds,
    fill(row, into) {
      const { chosen = 0, rejected = 0, number = 0 } = pairs[row] ?? {};
      const [better, worse] = [table.values(chosen), table.values(rejected)];
      const own = sign(number);
      for (let k = 0; k < into.length; k++) into[k] = own * ((better[k] ?? 0) - (worse[k] ?? 0));
    },
  };
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
async function fitOn(rater: Rater, job: HeadJob): Promise<Fitted | undefined> {
  const { source, sign, seed } = job;
  const { pairs, width, folds, fill } = embeddedOf(rater, source.facts, seed, sign);
  if (pairs.length < MIN_PAIRS) return undefined;
  const foldOf = Uint8Array.from(pairs, ({ identity }) => folds.of(identity));
  const rows: DifferenceRows = {
    width,
    count: pairs.length,
    fill(row, into) {
      fill(row, into);
      return foldOf[row] ?? 0;
    },
  };
  return { head: await fitHeadInProcess(rows, { foldCount: folds.foldCount, seed }, job), folds };
}

/** Pairs as a search compares them: those of one prompt are one group. */
function comparedOf({ pairs, width, folds, fill }: Embedded): ComparedPairs {
  const groups = new Map<number, number>();
  const groupOf = Int32Array.from(pairs, ({ identity }) => {
    const key = folds.keyOf(identity);
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    return group;
  });
  return {
    pairs,
    width,
    count: pairs.length,
    fill(row, into) {
      fill(row, into);
      return groupOf[row] ?? -1;
    },
  };
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
  const name = rule.name ?? basename(folder.folder);
  let fitted: Fitted | undefined;
  let neighbourhoods: ReadonlyMap<number, Neighbourhood> = new Map();
  return {
    kind: 'probe',
    name,
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
    neighbours: (identity) => neighbourhoods.get(keyNumber(pairKey(identity))),
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
    async compare({ margins, ...job }) {
      const share = embeddedShare(job.source.facts.pairCount, known.width);
      const { facts } = sourceOf(job.source, share);
      const embedded = embeddedOf(rater, facts, job.seed, () => 1);
      if (!fitted || embedded.pairs.length < MIN_PAIRS) return;
      const compared = comparedOf(embedded);
      neighbourhoods = await findNeighbours(compared, { ...job, scorer: name, margins, start, log });
    },
    ratePairs: async (pairs, now) => ratePairs([rater], pairs, now),
    forget() {
      fitted = undefined;
      neighbourhoods = new Map();
      forgetScores([rater]);
    },
    close() {
      host.close();
    },
  };
}
