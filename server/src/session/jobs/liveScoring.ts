// What an editor wants of an ensemble beside its run: visible pairs first, a ranking of the margins so far, and scores for
// the pairs that edits bring.
import { performance } from 'node:perf_hooks';

import { errorMessage } from '#core/words/errorMessage.ts';
import type { NumberedPair, PairScorer } from '#node/scorers/rating.ts';

import type { OpenDataset } from '../dataset.ts';
import type { Lines } from '../state.ts';

/** The first ranking of a scorer comes after this time, each later one after twice the time, at most `MAX_RANKING_MS`. */
const FIRST_RANKING_MS = 2000;
const MAX_RANKING_MS = 60_000;

/** Visible pairs to score before rechecking visibility. */
const VISIBLE_BATCH = 8;

export interface LiveContext {
  readonly dataset: OpenDataset;
  readonly scorers: readonly PairScorer[];
  /** Ranks the margins so far. */
  readonly rank: () => Promise<void>;
  readonly onScored: () => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export class LiveScoring {
  readonly #context: LiveContext;
  #visible: Lines | undefined;
  #isRanking = false;
  #scorer = '';
  #interval = 0;
  #nextRanking = 0;

  constructor(context: LiveContext) {
    this.#context = context;
  }

  /** Shows the scores that earlier sessions kept, and scores the visible lines. */
  async begin(lines: Lines | undefined): Promise<void> {
    await this.#rank();
    if (lines) this.prefer(lines);
  }

  /** Scores the pairs of these lines before all others, until other lines are visible. */
  prefer(lines: Lines): void {
    this.#visible = lines;
    const pairs = this.#context.dataset.pairsWithoutScore(lines);
    const rate = async (): Promise<void> => {
      for (let at = 0; at < pairs.length && this.#visible === lines; at += VISIBLE_BATCH)
        await this.#rate(pairs.slice(at, at + VISIBLE_BATCH));
    };
    this.#inBackground(rate());
  }

  /** Scores the pairs that edits brought. */
  rateNew(): void {
    this.#inBackground(this.#rate(this.#context.dataset.pairsWithoutScore()));
  }

  /** A scorer got further: ranks the margins so far, if it is time. */
  progressed(scorer: string): void {
    const now = performance.now();
    if (scorer !== this.#scorer) {
      this.#scorer = scorer;
      this.#interval = FIRST_RANKING_MS;
      this.#nextRanking = now + FIRST_RANKING_MS;
    }
    if (now < this.#nextRanking || this.#isRanking) return;
    this.#interval = Math.min(MAX_RANKING_MS, 2 * this.#interval);
    this.#nextRanking = now + this.#interval;
    this.rankSoFar();
  }

  rankSoFar(): void {
    this.#inBackground(this.#rank());
  }

  async #rank(): Promise<void> {
    this.#isRanking = true;
    try {
      await this.#context.rank();
    } finally {
      this.#isRanking = false;
    }
  }

  async #rate(pairs: readonly NumberedPair[]): Promise<void> {
    const { dataset, scorers, onScored, signal } = this.#context;
    if (pairs.length === 0 || signal.aborted) return;
    await Promise.all(scorers.map(async (scorer) => scorer.ratePairs(pairs, signal)));
    if (dataset.setNewMargins(pairs)) onScored();
  }

  /** A failure ends nothing but this work; the log has it. */
  #inBackground(work: Promise<void>): void {
    const { log, signal } = this.#context;
    work.catch((error: unknown) => {
      if (!signal.aborted) log(errorMessage(error));
    });
  }
}
