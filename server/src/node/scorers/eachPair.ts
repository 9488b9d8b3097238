// Rates pairs one by one, for scorers that read more of a record than its answers.
import type { NumberedPair, RatingJob } from './rating.ts';

export interface PairRater {
  readonly ratePair: (numbered: NumberedPair, priority: number, signal: AbortSignal) => Promise<void>;
  /** Pairs in flight; how many of them work at a time is up to `ratePair`. */
  readonly atOnce: number;
  /** Keeps what is known, at the end. */
  readonly flush?: () => void;
}

/** Rates all but ties. After a failure no other pair begins, and those in flight are cancelled. */
export async function rateSome(
  { ratePair, atOnce, flush }: PairRater,
  pairs: AsyncIterable<NumberedPair> | Iterable<NumberedPair>,
  priority: number,
  signal: AbortSignal,
  onRated: () => void = () => undefined,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const waiting = new Set<Promise<unknown>>();
  let failure: unknown;
  try {
    for await (const numbered of pairs) {
      signal.throwIfAborted();
      if (failure !== undefined) break;
      if (numbered.pair.isTie) continue;
      const rated: Promise<unknown> = ratePair(numbered, priority, either)
        .then(onRated)
        .catch((error: unknown) => {
          failure ??= error;
          stop.abort(error);
        })
        .finally(() => waiting.delete(rated));
      waiting.add(rated);
      if (waiting.size > atOnce) await Promise.race(waiting);
    }
  } finally {
    await Promise.all(waiting);
    flush?.();
  }
  signal.throwIfAborted();
  if (failure !== undefined) throw failure as Error;
}

/** Rates a dataset: first the pairs that somebody will soon look at, then all in file order. */
export async function rateEach(
  rater: PairRater,
  { source, first, signal, onProgress, onSome }: Omit<RatingJob, 'seed'>,
): Promise<void> {
  const pairs = source.facts.pairCount;
  let scoredPairs = 0;
  const onRated = (): void => {
    scoredPairs++;
    onProgress({ done: Math.min(1, scoredPairs / pairs), scoredPairs, pairs });
  };
  if (first !== undefined && first.size > 0) {
    await rateSome(
      rater,
      source.pass((number) => first.has(number)),
      1,
      signal,
      onRated,
    );
    scoredPairs = 0;
    onSome();
  }
  await rateSome(
    rater,
    source.pass(() => true),
    2,
    signal,
    onRated,
  );
}
