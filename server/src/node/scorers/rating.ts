// Scores what a dataset still lacks: what somebody looks at first, then a sample, then the rest in file order.
import type { Key } from '#core/hash.ts';
import { formatKey } from '#core/hash.ts';
import type { Identity } from '#core/model/identity.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { scoredText } from '#core/model/pair.ts';
import type { Member, PairIdentities } from '#core/reward/ensemble.ts';
import type { Pass } from '#core/reward/folder.ts';
import type { Head } from '#core/reward/heads.ts';
import { accountOf, chosenIsFirst, unitKeys } from '#core/reward/reading.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import type { ScoreRow } from '#core/reward/table.ts';
import { REFUSED } from '#core/reward/table.ts';
import type { RateFigures } from '#protocol/scorer.ts';

import type { RateItem, RateListener } from '../models/host.ts';
import { addFigures, NO_FIGURES } from '../models/host.ts';
import type { ScoreCache } from '../models/scoreCache.ts';

/** Units handed over at once: enough to sort by length. */
const WINDOW_UNITS = 256;

/** A slow model gets smaller windows: whoever wants something else must not wait for longer. */
const WINDOW_MS = 4000;
const MIN_UNITS = 16;

/** Windows on their way: while one is scored the next is made ready. */
const WINDOWS = 2;

/** Pairs that are scored first, chosen by chance: a distribution stands before a long job has got anywhere. */
const SAMPLE_PAIRS = 512;

/** How often scores of other processes on the same file are looked for. */
const REFRESH_MS = 5000;

export interface NumberedPair {
  readonly number: number;
  readonly pair: Pair;
  /** The record that it was taken from. */
  readonly value: JsonObject;
}

/** What is known of pairs by their numbers. `Facts` are one. */
export interface PairFacts extends PairIdentities {
  /** Of both answers, in UTF-16 units. */
  answerLength(pair: number): number;
}

/** A dataset as a rating needs it. */
export interface RatingSource {
  readonly facts: PairFacts;
  /** The pairs that are asked for, in file order. */
  pass(wanted: (number: number) => boolean): AsyncIterable<NumberedPair>;
}

/** A scorer of a panel that can be asked to score. */
export interface PairScorer extends Member {
  readonly kind: ScorerRule['kind'];
  readonly warnings: readonly string[];
  /** Scores what is missing of a dataset. What was scored stays when it is ended early. */
  rate(job: RatingJob): Promise<void>;
  /** Scores a handful of pairs before everything else. */
  ratePairs(pairs: readonly NumberedPair[], signal: AbortSignal): Promise<void>;
  /** Drops the scores that are in memory; those on disk stay. */
  forget(): void;
  close(): void;
}

export interface RatingProgress {
  /** 0 to 1, by the length of texts. */
  readonly done: number;
  readonly scoredPairs: number;
  readonly pairs: number;
}

/** Whatever turns units into numbers: a model's process, or a server elsewhere. */
export interface UnitScorer {
  /** Number in `PROVIDER_NAMES`. */
  readonly provider: () => number;
  rate(
    items: readonly RateItem[],
    priority: number,
    listener: RateListener,
    signal: AbortSignal,
  ): Promise<RateFigures>;
}

/** One model's part in a rating: what scores, and where scores are kept. */
export interface Rater {
  readonly pass: Pass;
  readonly scorer: UnitScorer;
  readonly cache: ScoreCache;
  /** Why units were refused, by key; kept as long as the process runs. */
  readonly refusals: Map<string, string>;
  /** Keys of units on their way. */
  readonly flying: Set<string>;
}

export interface RatingJob {
  readonly source: RatingSource;
  /** Pairs to be scored with the sample: those that somebody will want to know of. */
  readonly first?: ReadonlySet<number> | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RatingProgress) => void;
  /** The sample is through, and now and then later: margins can be ranked. */
  readonly onSome: () => void;
}

interface Item extends RateItem {
  readonly key: Key;
}

/** What a pass scores of a pair. */
function itemsOf(pass: Pass, pair: Pair, identity: Identity): readonly Item[] {
  const { prompt } = pair;
  const texts = [scoredText(pair.chosen), scoredText(pair.rejected)];
  if (pass === 'pair') {
    return [{ key: pairKey(identity), prompt, texts: chosenIsFirst(identity) ? texts : texts.reverse() }];
  }
  return [
    { key: identity.chosenKey, prompt, texts: [texts[0] ?? ''] },
    { key: identity.rejectedKey, prompt, texts: [texts[1] ?? ''] },
  ];
}

/** Scores the units that are not known. Rejects as the scorer does; what was scored is kept all the same. */
async function rateUnits(
  rater: Rater,
  items: readonly Item[],
  priority: number,
  signal: AbortSignal,
): Promise<RateFigures> {
  const { cache, scorer, refusals } = rater;
  let rows: ScoreRow[] = [];
  const keep = (item: number, values: ArrayLike<number>, tokens: number, flags: number): void => {
    const key = items[item]?.key;
    if (!key) return;
    const time = Math.floor(Date.now() / 1000);
    rows.push({ key, values, tokens, flags, provider: scorer.provider(), time });
  };
  const flush = (): void => {
    cache.add(rows);
    rows = [];
  };
  const onRefused = (item: number, reason: string): void => {
    const key = items[item]?.key;
    if (key) refusals.set(formatKey(key), reason);
    keep(item, [], 0, REFUSED);
  };
  try {
    return await scorer.rate(items, priority, { onRated: keep, onRefused, onBatch: flush }, signal);
  } finally {
    flush();
  }
}

function isMissing(raters: readonly Rater[], identity: Identity): boolean {
  return raters.some(({ pass, cache }) => unitKeys(pass, identity).some((key) => !cache.table.has(key)));
}

/** Units of pairs that no table holds, each once. */
function missingUnits(
  rater: Rater,
  pairs: readonly NumberedPair[],
  isTaken: (name: string) => boolean,
): Item[] {
  const own = new Set<string>();
  return pairs
    .flatMap(({ pair }) => itemsOf(rater.pass, pair, identify(pair)))
    .filter(({ key }) => {
      const name = formatKey(key);
      if (own.has(name) || isTaken(name) || rater.cache.table.has(key)) return false;
      own.add(name);
      return true;
    });
}

/** Scores a handful of pairs before everything else. */
async function ratePairs(
  raters: readonly Rater[],
  pairs: readonly NumberedPair[],
  signal: AbortSignal,
): Promise<void> {
  const scorable = pairs.filter(({ pair }) => !pair.isTie);
  await Promise.all(
    raters.map(async (rater) => {
      // What is on its way in a window may be far back in it.
      const items = missingUnits(rater, scorable, () => false);
      if (items.length > 0) await rateUnits(rater, items, 0, signal);
    }),
  );
}

/** Scores everything that is missing. Resolves with what it took. */
export async function rateDataset(
  raters: readonly Rater[],
  { source, first, signal, onProgress, onSome }: RatingJob,
): Promise<RateFigures> {
  const { facts } = source;
  const total = { ...NO_FIGURES };
  for (const { cache } of raters) await cache.refresh();
  let refreshedAt = performance.now();
  const lengthOf = (number: number): number => 1 + facts.answerLength(number);
  const isWanted = (number: number): boolean =>
    !facts.isTie(number) && isMissing(raters, facts.identity(number));
  let [preferences, missing, work] = [0, 0, 0];
  for (let number = 0; number < facts.pairCount; number++) {
    if (facts.isTie(number)) continue;
    preferences++;
    if (!isWanted(number)) continue;
    missing++;
    work += lengthOf(number);
  }
  // By key, so that the same pairs come in every run.
  const share = SAMPLE_PAIRS / Math.max(1, missing);
  const isSampled = (number: number): boolean =>
    pairKey(facts.identity(number))[0] / 2 ** 32 < share || (first?.has(number) ?? false);
  let done = 0;
  let scoredPairs = preferences - missing;
  const tell = (pairs: readonly NumberedPair[]): void => {
    done += pairs.reduce((sum, { number }) => sum + lengthOf(number), 0);
    scoredPairs += pairs.length;
    onProgress({ done: work === 0 ? 1 : Math.min(1, done / work), scoredPairs, pairs: preferences });
  };

  let windowUnits = WINDOW_UNITS / 4;
  const rateWindow = async (pairs: readonly NumberedPair[], priority: number): Promise<void> => {
    for (const rater of raters) {
      const items = missingUnits(rater, pairs, (name) => rater.flying.has(name));
      if (items.length === 0) continue;
      const names = items.map(({ key }) => formatKey(key));
      for (const name of names) rater.flying.add(name);
      const begun = performance.now();
      try {
        const figures = await rateUnits(rater, items, priority, signal);
        addFigures(total, figures);
      } finally {
        for (const name of names) rater.flying.delete(name);
      }
      const fitting = (items.length * WINDOW_MS) / (performance.now() - begun);
      windowUnits = Math.max(MIN_UNITS, Math.min(WINDOW_UNITS, fitting));
    }
    tell(pairs);
  };

  const ratePass = async (wanted: (number: number) => boolean, priority: number): Promise<void> => {
    const flying = new Set<Promise<void>>();
    let failure: unknown;
    let window: NumberedPair[] = [];
    const launch = async (): Promise<void> => {
      while (flying.size >= WINDOWS) await Promise.race(flying);
      if (failure !== undefined) throw failure as Error;
      const flight: Promise<void> = rateWindow(window, priority)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => flying.delete(flight));
      flying.add(flight);
      window = [];
      if (performance.now() - refreshedAt < REFRESH_MS) return;
      refreshedAt = performance.now();
      for (const { cache } of raters) await cache.refresh();
    };
    try {
      for await (const numbered of source.pass(wanted)) {
        signal.throwIfAborted();
        if (numbered.pair.isTie) continue;
        window.push(numbered);
        if (2 * window.length >= windowUnits) await launch();
      }
      if (window.length > 0) await launch();
    } finally {
      await Promise.all(flying);
    }
    if (failure !== undefined) throw failure as Error;
  };

  signal.throwIfAborted();
  if (share < 1) {
    await ratePass((number) => isWanted(number) && isSampled(number), 1);
    onSome();
  }
  if (missing > 0) await ratePass(isWanted, 2);
  return total;
}

/** What a scorer of raters is made from. */
export interface RaterParts extends Pick<PairScorer, 'kind' | 'name' | 'about' | 'warnings' | 'close'> {
  readonly raters: readonly Rater[];
  readonly head: Head;
}

/** A scorer whose numbers come from models, here or elsewhere. */
export function raterScorer({ raters, head, ...parts }: RaterParts): PairScorer {
  const rated = raters.map(({ pass, cache: { table } }) => ({ pass, table }));
  return {
    ...parts,
    account: (identity) => accountOf(head, rated, identity),
    refusal: (identity) =>
      raters
        .flatMap(({ pass, refusals }) => unitKeys(pass, identity).map((key) => refusals.get(formatKey(key))))
        .find((reason) => reason !== undefined),
    async rate(job) {
      await rateDataset(raters, job);
    },
    ratePairs: async (pairs, signal) => ratePairs(raters, pairs, signal),
    forget() {
      for (const { cache, refusals } of raters) {
        cache.table.clear();
        refusals.clear();
      }
    },
  };
}
