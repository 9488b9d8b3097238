// Scores an open dataset with the scorers that preflens.json names: what is visible first, then a sample, then the rest;
// and afterwards whatever an edit brings.
import { performance } from 'node:perf_hooks';

import { messages } from '#core/messages.ts';
import { stageProgress } from '#core/progress.ts';
import { countScores, pairCountText, unscoredMessage } from '#core/reward/counts.ts';
import type { Member } from '#core/reward/ensemble.ts';
import { Ensemble } from '#core/reward/ensemble.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { plural } from '#core/words/numbers.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import { openScorers } from '#node/scorers/open.ts';
import type { PairScorer, RatingSource } from '#node/scorers/rating.ts';
import type { Settings } from '#protocol/editor/options.ts';
import { breathe } from '#session/breathe.ts';
import type { OpenDataset } from '#session/dataset.ts';

import type { JobListener } from './scoringJobs.ts';

/** What there is so far is ranked after so long, and then each time after twice as long. */
const FIRST_RANKING_MS = 2000;
const SELDOM_MS = 60_000;

/** Visible pairs that are scored before it is looked whether they are still visible. */
const PREFERRED_AT_ONCE = 8;

/** How long other requests wait at most while pairs are read. */
const SLICE_MS = 8;

export interface EnsembleParts {
  readonly dataset: OpenDataset;
  readonly path: string | undefined;
  readonly rules: readonly ScorerRule[];
  /** From which rules name files. */
  readonly folder: string;
  readonly machine: ScorerMachine;
  readonly settings: Settings;
  readonly listener: JobListener;
  readonly signal: AbortSignal;
  /** The lines that somebody looks at; undefined where nobody said. */
  readonly visible: () => readonly [start: number, end: number] | undefined;
  /** Margins of the built-in scorer as a member of the panel. */
  readonly fitMember: () => Promise<Member | undefined>;
}

/** The pairs of the dataset as they are now, in file order. */
function sourceOf(dataset: OpenDataset): RatingSource {
  const { facts } = dataset.survey;
  return {
    facts,
    async *pass(wanted) {
      let slice = performance.now();
      for (let number = 0; number < facts.pairCount; number++) {
        if (performance.now() - slice > SLICE_MS) {
          await breathe();
          slice = performance.now();
        }
        if (!wanted(number)) continue;
        const record = facts.recordOf(number);
        const read = dataset.readPair(record, number - facts.pairsOf(record)[0]);
        if (read) yield { number, pair: read.pair, value: read.value };
      }
    },
  };
}

export class EnsembleJob {
  readonly #parts: EnsembleParts;
  #scorers: readonly PairScorer[] = [];
  #ensemble: Ensemble | undefined;
  /** The ranking that is being made; resolved when there is none. */
  #ranking: Promise<void> = Promise.resolve();
  #isRanking = false;
  #preferred: readonly [start: number, end: number] | undefined;

  constructor(parts: EnsembleParts) {
    this.#parts = parts;
  }

  /** Scores everything. Rejects when nothing can be scored. */
  async run(): Promise<void> {
    const { dataset, path, rules, folder, machine, listener, signal, fitMember } = this.#parts;
    const { recognition, facts } = dataset.survey;
    if (!recognition) return;
    const file = {
      path,
      mapping: recognition.mapping,
      firstPairOf: (record: number) => facts.pairsOf(record)[0],
    };
    const { scorers, failed } = await openScorers(rules, folder, file, machine, signal);
    this.#scorers = scorers;
    for (const error of failed) listener.onWarning(error.message);
    for (const scorer of scorers)
      for (const warning of scorer.warnings) listener.onWarning(`${scorer.name}: ${warning}`);
    const wantsFit = rules.some(({ kind }) => kind === 'consistency');
    const members: Member[] = [...scorers];
    this.#ensemble = new Ensemble(members);
    // What an earlier session scored is there at once.
    await this.#show();
    const lines = this.#parts.visible();
    if (lines) this.prefer(lines);
    for (const scorer of scorers) await this.#rateAll(scorer);
    const fitted = wantsFit ? await fitMember() : undefined;
    if (fitted) this.#ensemble = new Ensemble([...members, fitted]);
    await this.#show();
    this.#tellCounts(path ?? dataset.source.uri);
  }

  /** Says what became of the pairs. Throws where no pair at all has a score. */
  #tellCounts(name: string): void {
    const { dataset, listener } = this.#parts;
    const { facts } = dataset.survey;
    const counts = countScores(facts, facts.margins, this.#ensemble?.members);
    const others = unscoredMessage(counts);
    if (counts.scored === 0 && counts.refused + counts.unscored > 0)
      throw messages.nothingScored(name, others);
    listener.log(`${pairCountText(counts.scored)} scored${others === '' ? '' : `; ${others}`}.`);
  }

  /** Scores the pairs of these lines before everything else, until somebody looks elsewhere. */
  prefer(lines: readonly [start: number, end: number]): void {
    this.#preferred = lines;
    const pairs = this.#parts.dataset.pairsWithoutScore(lines);
    const rate = async (): Promise<void> => {
      for (let at = 0; at < pairs.length && this.#preferred === lines; at += PREFERRED_AT_ONCE)
        await this.#rateSome(pairs.slice(at, at + PREFERRED_AT_ONCE));
    };
    this.#meanwhile(rate());
  }

  /** Scores what edits brought. */
  rateNew(): void {
    this.#meanwhile(this.#rateSome(this.#parts.dataset.pairsWithoutScore()));
  }

  close(): void {
    for (const scorer of this.#scorers) scorer.close();
  }

  /** Edits meanwhile move pairs: then it is looked once more for what was missed. */
  async #rateAll(scorer: PairScorer): Promise<void> {
    const { dataset, listener } = this.#parts;
    const begun = performance.now();
    for (let generation; generation !== dataset.generation;) {
      ({ generation } = dataset);
      await this.#rate(scorer);
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    listener.log(`${scorer.name}: scored in ${seconds} s.`);
  }

  async #rate(scorer: PairScorer): Promise<void> {
    const { dataset, listener, signal } = this.#parts;
    const words = stageProgress(() => performance.now());
    let wait = FIRST_RANKING_MS;
    let nextRanking = performance.now() + wait;
    await scorer.rate({
      source: sourceOf(dataset),
      first: new Set(dataset.findingPairs()),
      signal,
      onProgress: ({ done, scoredPairs, pairs }) => {
        listener.onProgress(
          scorer.name,
          done,
          `${scoredPairs.toLocaleString('en')} of ${plural(pairs, 'pair')}, ${words(scorer.name, done)}`,
        );
        if (performance.now() < nextRanking || this.#isRanking) return;
        wait = Math.min(SELDOM_MS, 2 * wait);
        nextRanking = performance.now() + wait;
        this.#meanwhile(this.#show());
      },
      onSome: () => {
        this.#meanwhile(this.#show());
      },
    });
  }

  /** Work beside the job: what goes wrong in it ends nothing, and is told. */
  #meanwhile(work: Promise<void>): void {
    const { listener, signal } = this.#parts;
    work.catch((error: unknown) => {
      if (!signal.aborted) listener.log(error instanceof Error ? error.message : String(error));
    });
  }

  /** Ranks what there is so far and shows it. One ranking follows the other. */
  async #show(): Promise<void> {
    const rank = async (): Promise<void> => this.#rank();
    this.#ranking = this.#ranking.then(rank, rank);
    return this.#ranking;
  }

  async #rank(): Promise<void> {
    const { dataset, settings, listener, signal } = this.#parts;
    if (!this.#ensemble) return;
    this.#isRanking = true;
    try {
      this.#ensemble.measure(dataset.survey.facts);
      await dataset.setEnsemble(this.#ensemble, settings, signal);
      if (dataset.survey.facts.margins.some((margin) => !Number.isNaN(margin))) listener.onScored();
    } finally {
      this.#isRanking = false;
    }
  }

  async #rateSome(pairs: ReturnType<OpenDataset['pairsWithoutScore']>): Promise<void> {
    const { dataset, listener, signal } = this.#parts;
    if (pairs.length === 0 || signal.aborted) return;
    await Promise.all(this.#scorers.map(async (scorer) => scorer.ratePairs(pairs, signal)));
    if (dataset.setNewMargins(pairs)) listener.onScored();
  }
}
