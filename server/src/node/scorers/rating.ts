// Scores the pairs of a dataset that have no score yet: first a sample, then the rest in file order.
import type { Key } from '#core/hash.ts';
import { formatKey } from '#core/hash.ts';
import type { Identity, PairIdentities } from '#core/model/identity.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { scoredText } from '#core/model/pair.ts';
import type { Member } from '#core/reward/ensemble.ts';
import type { Pass } from '#core/reward/folder.ts';
import type { Head } from '#core/reward/heads.ts';
import { accountOf, chosenIsFirst, itemKeys } from '#core/reward/reading.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import type { ScoreRow } from '#core/reward/table.ts';
import { REFUSED } from '#core/reward/table.ts';
import type { RateFigures } from '#protocol/scorer.ts';

import type { RateItem, RateListener } from '../models/host.ts';
import { addFigures, NO_FIGURES } from '../models/host.ts';
import type { ScoreCache } from '../models/scoreCache.ts';
import { referencePart } from './reference.ts';

/** Items in a window: enough to sort by length. */
const WINDOW_ITEMS = 256;

/** A slow model gets smaller windows, so that visible pairs wait no longer than this. */
const WINDOW_MS = 4000;
const MIN_ITEMS = 16;

/** Windows in flight: the next one is prepared while the first one is scored. */
const WINDOWS = 2;

/** Random pairs to score first, so that a long job has a distribution early. */
const SAMPLE_PAIRS = 512;

/** How often to read the scores that other processes write for the same model. */
const REFRESH_MS = 5000;

export interface NumberedPair {
  readonly number: number;
  readonly pair: Pair;
  /** Its record. */
  readonly value: JsonObject;
}

/** Pairs by number. `Facts` are an example. */
export interface PairFacts extends PairIdentities {
  /** Of both answers, in UTF-16 units. */
  answerLength(pair: number): number;
}

/** The pairs of a dataset, for scorers. */
export interface RatingSource {
  readonly facts: PairFacts;
  /** The wanted pairs, in file order. */
  pass(wanted: (number: number) => boolean): AsyncIterable<NumberedPair>;
}

/** An open scorer of preflens.json. */
export interface PairScorer extends Member {
  readonly kind: ScorerRule['kind'];
  readonly warnings: readonly string[];
  /** Scores all pairs without a score. Scores made before a cancellation are kept. */
  rate(job: RatingJob): Promise<void>;
  /** Scores a few pairs before all others. */
  ratePairs(pairs: readonly NumberedPair[], signal: AbortSignal): Promise<void>;
  /**
   * Its margins as they would be if these labels were planted, by pair; NaN where it has none. Only scorers that are fitted on
   * labels need it: others never read one.
   */
  plant?(job: PlantJob): Promise<Float64Array>;
  /** Searches pairs like those with the lowest margins. Only encoders can. */
  compare?(job: CompareJob): Promise<void>;
  /** Drops the scores in memory; those on disk stay. */
  forget(): void;
  close(): void;
}

export interface RatingProgress {
  /** 0 to 1, by the length of texts. */
  readonly done: number;
  readonly scoredPairs: number;
  readonly pairs: number;
}

/** Scores items: the process of a model, or a server. */
export interface ItemScorer {
  /** Number in `PROVIDER_NAMES`. */
  readonly provider: () => number;
  rate(
    items: readonly RateItem[],
    priority: number,
    listener: RateListener,
    signal: AbortSignal,
  ): Promise<RateFigures>;
}

/** A model and its score cache. A scorer with a reference model has two. */
export interface Rater {
  readonly pass: Pass;
  readonly scorer: ItemScorer;
  readonly cache: ScoreCache;
  /** Why items were refused, by key. Not kept on disk. */
  readonly refusals: Map<string, string>;
  /** Keys of items in flight. */
  readonly flying: Set<string>;
}

export interface RatingJob {
  readonly source: RatingSource;
  /** Of fits on the scores. */
  readonly seed: number;
  /** Pairs to score with the sample. */
  readonly first?: ReadonlySet<number> | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RatingProgress) => void;
  /** The sample has scores: margins can be ranked. */
  readonly onSome: () => void;
}

/** A self-test of a scorer that is fitted on labels. */
export interface PlantJob extends Pick<RatingJob, 'source' | 'seed' | 'signal'> {
  /** By pair: −1 for a planted flip, 0 for a pair that the fit must not read. */
  readonly sign: (pair: number) => number;
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** A search of pairs that are alike. */
export interface CompareJob extends Pick<RatingJob, 'source' | 'seed' | 'signal'> {
  /** Of the whole run, by pair; NaN for none. */
  readonly margins: ArrayLike<number>;
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
}

interface Item extends RateItem {
  readonly key: Key;
}

/** The items of a pair. */
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

/** Scores items and keeps the scores, those before a failure too. */
async function rateItems(
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
  return raters.some(({ pass, cache }) => itemKeys(pass, identity).some((key) => !cache.table.has(key)));
}

/** The items of pairs that have no score yet, each once. */
function missingItems(
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

/** Scores a few pairs before all others. */
export async function ratePairs(
  raters: readonly Rater[],
  pairs: readonly NumberedPair[],
  signal: AbortSignal,
): Promise<void> {
  const scorable = pairs.filter(({ pair }) => !pair.isTie);
  await Promise.all(
    raters.map(async (rater) => {
      // An item in flight may be far back in its window: score it here as well.
      const items = missingItems(rater, scorable, () => false);
      if (items.length > 0) await rateItems(rater, items, 0, signal);
    }),
  );
}

/** Scores all pairs without a score. */
export async function rateDataset(
  raters: readonly Rater[],
  { source, first, signal, onProgress, onSome }: Omit<RatingJob, 'seed'>,
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

  let windowItems = WINDOW_ITEMS / 4;
  const rateWindow = async (pairs: readonly NumberedPair[], priority: number): Promise<void> => {
    for (const rater of raters) {
      const items = missingItems(rater, pairs, (name) => rater.flying.has(name));
      if (items.length === 0) continue;
      const names = items.map(({ key }) => formatKey(key));
      for (const name of names) rater.flying.add(name);
      const begun = performance.now();
      try {
        const figures = await rateItems(rater, items, priority, signal);
        addFigures(total, figures);
      } finally {
        for (const name of names) rater.flying.delete(name);
      }
      const fitting = (items.length * WINDOW_MS) / (performance.now() - begun);
      windowItems = Math.max(MIN_ITEMS, Math.min(WINDOW_ITEMS, fitting));
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
        if (2 * window.length >= windowItems) await launch();
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

/** Why an item of a pair was refused, if known. */
export function refusalOf(raters: readonly Rater[], identity: Identity): string | undefined {
  return raters
    .flatMap(({ pass, refusals }) => itemKeys(pass, identity).map((key) => refusals.get(formatKey(key))))
    .find((reason) => reason !== undefined);
}

/** Drops all scores in memory. */
export function forgetScores(raters: readonly Rater[]): void {
  for (const { cache, refusals } of raters) {
    cache.table.clear();
    refusals.clear();
  }
}

/** Parts of a scorer over raters. */
export interface RaterParts extends Pick<
  PairScorer,
  'kind' | 'name' | 'about' | 'warnings' | 'tokens' | 'close'
> {
  readonly raters: readonly Rater[];
  readonly head: Head;
}

/** A scorer whose numbers come from models. */
export function raterScorer({ raters, head, ...parts }: RaterParts): PairScorer {
  const rated = raters.map(({ pass, cache: { table } }) => ({ pass, table }));
  const reference = referencePart(head, rated);
  return {
    ...parts,
    ...(reference && { notes: reference.notes, details: reference.details }),
    account: (identity) => accountOf(head, rated, identity),
    refusal: (identity) => refusalOf(raters, identity),
    async rate(job) {
      await rateDataset(raters, job);
      reference?.measure(job.source.facts);
    },
    ratePairs: async (pairs, signal) => ratePairs(raters, pairs, signal),
    forget() {
      forgetScores(raters);
    },
  };
}
