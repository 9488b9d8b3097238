// One scoring run: from the scorers that preflens.json names to the margins of a dataset. The command line and the editor
// run the same; each brings its own target and listener.
import { messages } from '#core/messages.ts';
import type { PairIdentities } from '#core/model/identity.ts';
import type { ScoreCounts } from '#core/reward/counts.ts';
import { countScores, pairCountText, unscoredMessage } from '#core/reward/counts.ts';
import type { Member } from '#core/reward/ensemble.ts';
import { Ensemble } from '#core/reward/ensemble.ts';
import type { ScorerRule } from '#core/reward/scorerRule.ts';
import { stackedMember } from '#core/reward/stack.ts';
import { MIN_PAIRS } from '#core/score/consistency.ts';
import { groupingOf, inputOf, readerOf } from '#core/score/model.ts';
import { answerLength, whyTooFew } from '#core/score/scorable.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { plural } from '#core/words/numbers.ts';
import type { ConsistencyResult } from '#protocol/scorer.ts';

import type { PairSource } from '../engine.ts';
import { fittedShare, pairBatches, restMargins } from '../engine.ts';
import type { ScoredFile, ScorerMachine } from '../scorers/open.ts';
import { openScorers, warningsOf } from '../scorers/open.ts';
import { consistencyMember } from '../scorers/pairTable.ts';
import type { PairScorer, RatingSource } from '../scorers/rating.ts';
import type { FitProgress, Scored } from './fit.ts';
import { score } from './fit.ts';
import { MAX_LENGTH_HERE, startHere } from './fitHere.ts';
import { withOthers } from './planted.ts';
import type { StartScorer } from './process.ts';

/** The scorers of a run. Without a rule that names another one, the built-in scorer alone. */
export interface NamedScorers {
  readonly rules: readonly ScorerRule[];
  /** Files in the rules are relative to it. */
  readonly folder: string;
}

/** What decides whether a dataset can be scored. */
export interface Scorable {
  /** The reason if the schema allows no scores. */
  readonly whyNone?: string | undefined;
  /** Pairs that are no ties. */
  readonly preferenceCount: number;
  readonly judgementCount: number;
}

/** A dataset to score: the files of a command, or a file that is open in an editor and changes meanwhile. */
export interface ScoringTarget extends Scorable {
  /** As messages name it. */
  readonly name: string;
  readonly file: ScoredFile;
  /** Most records say how much better the chosen answer is. */
  readonly hasScores: boolean;
  /** Rises with every change. */
  readonly revision: number;
  /** The pairs as they are now. */
  source(): RatingSource;
  /** Of the pairs as they are now. */
  readonly margins: Float32Array;
  /** Pairs to score with the sample: somebody will soon look at them. */
  readonly first?: () => ReadonlySet<number>;
  /** Marks every pair with its present number, which the margins of a fit go by, and returns the pairs to fit. */
  begin(): readonly PairSource[];
  /** Takes the margins of a fit. Pairs outside the fitted share are NaN. */
  takeFit(result: ConsistencyResult, margins: Float32Array): void;
  /** Takes the margins of a fit again, with those of pairs outside the fitted share. */
  takeRest(margins: Float32Array): void;
  /** Margins by the numbers that pairs have now, from margins by the numbers of `begin`. */
  renumber(margins: Float32Array): Float32Array;
  /** Measures the ensemble and takes its margins. */
  takeEnsemble(ensemble: Ensemble, signal: AbortSignal, fitted: Scored | undefined): Promise<void>;
  /** Rejects if the files changed on disk. */
  readonly assertSame?: () => Promise<void>;
}

/** A scorer of preflens.json rates pairs. */
export interface RatingStage {
  readonly stage: 'rating';
  readonly scorer: string;
  /** "120 of 600 pairs". */
  readonly count: string;
  /** 0 to 1. */
  readonly done: number;
}

/** Pairs like the doubtful ones are searched. The ranking stands by now. */
export interface ComparingStage {
  readonly stage: 'comparing';
  /** 0 to 1. */
  readonly done: number;
}

export interface RunListener {
  onProgress(progress: FitProgress | RatingStage | ComparingStage): void;
  /** A person should know of it; the run continues. */
  onWarning(message: string): void;
  /** A process died; the next one continues its work. */
  onRestart(reason: string): void;
  /** The scorers of preflens.json are open; the run waits. */
  readonly onOpened?: (ensemble: Ensemble, scorers: readonly PairScorer[]) => Promise<void>;
  /** A scorer has rated its sample. */
  readonly onSample?: () => void;
  log(line: string): void;
}

export interface RunOptions {
  readonly scorers: NamedScorers;
  readonly machine: ScorerMachine;
  readonly seed: number;
  /** A field, "none", or empty for the field that predicts labels best. */
  readonly groupBy: string | undefined;
  /** Plant flips and count how many are found. */
  readonly selfTest: boolean;
  /** Repeat that for each kind of evidence. */
  readonly ladder?: boolean;
  /** Search pairs like the most doubtful ones, which only some show. */
  readonly compares?: boolean;
  /** Scorers stay open until the signal aborts, for pairs that edits bring. Without it, they are closed once they have rated. */
  readonly staysOpen: boolean;
  readonly signal: AbortSignal;
}

/** From the built-in scorer alone, or from the scorers of preflens.json. */
export type ScoringOutcome = { readonly counts: ScoreCounts } & (
  | { readonly kind: 'fit'; readonly fitted: Scored }
  /** `fitted`: of the built-in scorer, if it is a member. */
  | { readonly kind: 'ensemble'; readonly ensemble: Ensemble; readonly fitted: Scored | undefined }
);

interface Run {
  readonly target: ScoringTarget;
  readonly options: RunOptions;
  readonly listener: RunListener;
}

/** Where records have scores and preflens.json names no scorers. */
const WITH_SCORES: readonly ScorerRule[] = [{ kind: 'columns' }, { kind: 'consistency' }];

/** The scorers of a run: as named; or the built-in one, joined by the records' own scores. */
function rulesFor(
  { hasScores, preferenceCount }: ScoringTarget,
  rules: readonly ScorerRule[],
): readonly ScorerRule[] {
  return rules.length === 0 && hasScores && preferenceCount >= MIN_PAIRS ? WITH_SCORES : rules;
}

function isNamed({ kind }: ScorerRule): boolean {
  return kind !== 'consistency';
}

/** A fit on the labels of the dataset: the built-in scorer, and the heads of encoders, which stand beside it. */
function isFitted({ kind }: Pick<ScorerRule, 'kind'>): boolean {
  return kind === 'consistency' || kind === 'probe';
}

/** The reason why these scorers give a dataset no scores; undefined where they can. */
export function whyUnscored(
  { whyNone, preferenceCount, judgementCount }: Scorable,
  { rules }: NamedScorers,
): string | undefined {
  return whyNone ?? (rules.every(isFitted) ? whyTooFew(preferenceCount, judgementCount) : undefined);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Counts the pairs with and without scores. Throws if every pair that could have one is without. */
function countOrThrow(target: ScoringTarget, members: readonly Member[]): ScoreCounts {
  const counts = countScores(target.source().facts, target.margins, members);
  if (counts.scored === 0 && counts.refused + counts.unscored > 0)
    throw messages.nothingScored(target.name, unscoredMessage(counts));
  return counts;
}

/** What a fit gives. Margins go by the numbers that pairs had when it began. */
interface Fitted {
  readonly scored: Scored;
  readonly margins: Float32Array;
  /** The pair of each row of the fit, by its number when the fit began. */
  readonly numbers: readonly number[];
}

/** Fits the built-in scorer. Pairs outside the fitted share get their margins from the fitted models, in one more pass. */
async function fit(
  { target, options, listener }: Run,
  taker?: Pick<ScoringTarget, 'takeFit' | 'takeRest'>,
): Promise<Fitted> {
  const { machine, seed, selfTest, ladder, signal } = options;
  const grouping = groupingOf(options.groupBy);
  const files = target.begin();
  const { preferenceCount } = target;
  const { facts } = target.source();
  const length = answerLength(facts);
  const share = fittedShare(length);
  const margins = new Float32Array(facts.pairCount).fill(Number.NaN);
  const numbers: number[] = [];
  const begun = performance.now();
  const startProcess: StartScorer = async (wishes) => {
    const scorer = await machine.start(wishes);
    listener.log(`Scoring process ${scorer.pid} started.`);
    return scorer;
  };
  const scored = await score(
    machine.fitsHere === true && length <= MAX_LENGTH_HERE ? startHere : startProcess,
    {
      pairs: () => pairBatches(files, share, grouping, numbers),
      pairCount: Math.ceil(preferenceCount * share),
      seed,
      grouping,
      selfTest,
      ladder,
      onProgress: (progress) => {
        listener.onProgress(progress);
      },
      onRestart: (reason) => {
        listener.onRestart(reason);
      },
      onScored: (result) => {
        listener.log(`${plural(result.margins.length, 'pair')} scored in ${seconds(begun)}.`);
        numbers.forEach((number, i) => {
          margins[number] = result.margins[i] ?? Number.NaN;
        });
        taker?.takeFit(result, margins);
      },
      signal,
    },
  );
  signal.throwIfAborted();
  await target.assertSame?.();
  if (numbers.length < preferenceCount) {
    const isKnown = (number: number): boolean => !Number.isNaN(margins[number]);
    for await (const { number, margin } of restMargins(files, readerOf(scored.result), grouping, isKnown)) {
      signal.throwIfAborted();
      margins[number] = margin;
    }
    taker?.takeRest(margins);
  }
  return { scored, margins, numbers };
}

/** The built-in scorer alone. */
async function runFit(run: Run): Promise<ScoringOutcome> {
  const { target } = run;
  const { scored } = await fit(run, target);
  return { kind: 'fit', fitted: scored, counts: countOrThrow(target, []) };
}

/**
 * The built-in scorer as a member of an ensemble, tested with the others; undefined where it has too few pairs to compare.
 */
async function fitMember(
  run: Run,
  others: readonly PairScorer[],
): Promise<{ readonly member: Member; readonly scored: Scored } | undefined> {
  const { target, listener, options } = run;
  const reason = whyTooFew(target.preferenceCount, target.judgementCount);
  if (reason !== undefined) {
    listener.onWarning(reason);
    return undefined;
  }
  const { margins, scored, numbers } = await fit(run);
  const rows = new Float32Array(margins.length).fill(Number.NaN);
  numbers.forEach((number, row) => (rows[number] = row));
  const rowNow = target.renumber(rows);
  const reader = readerOf(scored.result);
  const tested = await withOthers(
    scored,
    others,
    (pair) => {
      const row = rowNow[pair] ?? Number.NaN;
      return Number.isNaN(row) ? undefined : row;
    },
    {
      source: target.source(),
      seed: options.seed,
      signal: options.signal,
      onProgress: (done) => {
        listener.onProgress({ stage: 'self-test', done });
      },
    },
  );
  const grouping = groupingOf(options.groupBy);
  // Edits may have moved the pairs meanwhile.
  const present = target.renumber(margins);
  const member = consistencyMember(target.source().facts, present, (pair, record, max, file) =>
    reader(inputOf(pair, record, grouping, file), max),
  );
  return { member, scored: tested };
}

/** Rates the pairs with one scorer. Edits move pairs meanwhile, so a changed target is rated again: known pairs cost nothing. */
async function rateAll({ target, options, listener }: Run, scorer: PairScorer): Promise<void> {
  const begun = performance.now();
  for (let revision: number | undefined; revision !== target.revision;) {
    options.signal.throwIfAborted();
    ({ revision } = target);
    await scorer.rate({
      source: target.source(),
      seed: options.seed,
      first: target.first?.(),
      signal: options.signal,
      onProgress: ({ done, scoredPairs, pairs }) => {
        const count = `${scoredPairs.toLocaleString('en')} of ${plural(pairs, 'pair')}`;
        listener.onProgress({ stage: 'rating', scorer: scorer.name, count, done });
      },
      onSome: () => listener.onSample?.(),
    });
  }
  listener.log(`${scorer.name}: scored in ${seconds(begun)}.`);
}

/** Searches pairs like those that the ranking doubts most; true if a scorer can. */
async function compareAll(
  { target, options, listener }: Run,
  scorers: readonly PairScorer[],
): Promise<boolean> {
  const { seed, signal } = options;
  let isCompared = false;
  for (const scorer of scorers) {
    if (!scorer.compare) continue;
    isCompared = true;
    const begun = performance.now();
    const { name } = scorer;
    try {
      await scorer.compare({
        source: target.source(),
        margins: target.margins,
        ...{ seed, signal },
        onProgress: (done) => {
          listener.onProgress({ stage: 'comparing', done });
        },
      });
      listener.log(`${name}: pairs compared in ${seconds(begun)}.`);
    } catch (error) {
      signal.throwIfAborted();
      // The ranking stands without them.
      listener.onWarning(`${name}: pairs like the doubtful ones are not shown. ${errorMessage(error)}`);
    }
  }
  return isCompared;
}

/** All fits on the labels of the dataset are one member of the ensemble. */
function withFit(scorers: readonly PairScorer[], fitted: Member, pairs: PairIdentities): readonly Member[] {
  const probes = scorers.filter(isFitted);
  if (probes.length === 0) return [...scorers, fitted];
  return [...scorers.filter((scorer) => !isFitted(scorer)), stackedMember([fitted, ...probes], pairs)];
}

/** The scorers of preflens.json, the built-in one among them where it is named. */
async function runEnsemble(run: Run): Promise<ScoringOutcome> {
  const { target, listener, options } = run;
  const { scorers: named, machine, staysOpen, signal } = options;
  const { folder } = named;
  const rules = rulesFor(target, named.rules);
  target.begin();
  const opened = await openScorers(rules, folder, target.file, machine, signal);
  const { scorers } = opened;
  const close = (): void => {
    for (const scorer of scorers) scorer.close();
  };
  signal.addEventListener('abort', close, { once: true });
  let ensemble = new Ensemble(scorers);
  try {
    signal.throwIfAborted();
    for (const warning of warningsOf(opened)) listener.onWarning(warning);
    // Stored scores are read at once; a ranking by them alone would mislead.
    if (rules !== WITH_SCORES) await listener.onOpened?.(ensemble, scorers);
    for (const scorer of scorers) await rateAll(run, scorer);
    await target.assertSame?.();
  } finally {
    if (!staysOpen || signal.aborted) {
      signal.removeEventListener('abort', close);
      close();
    }
  }
  const fitted = rules.some(isFitted) ? await fitMember(run, scorers) : undefined;
  if (fitted) ensemble = new Ensemble(withFit(scorers, fitted.member, target.source().facts));
  await target.takeEnsemble(ensemble, signal, fitted?.scored);
  // Again, so that what is shown by now says what the search found.
  if (options.compares && (await compareAll(run, scorers)))
    await target.takeEnsemble(ensemble, signal, fitted?.scored);
  signal.throwIfAborted();
  const counts = countOrThrow(target, ensemble.members);
  const others = unscoredMessage(counts);
  listener.log(`${pairCountText(counts.scored)} scored${others === '' ? '' : `; ${others}`}.`);
  return { kind: 'ensemble', ensemble, fitted: fitted?.scored, counts };
}

/** Scores a dataset. Rejects with the signal's reason when cancelled, and when no pair gets a score. */
export async function runScoring(
  target: ScoringTarget,
  options: RunOptions,
  listener: RunListener,
): Promise<ScoringOutcome> {
  const run = { target, options, listener };
  return rulesFor(target, options.scorers.rules).some(isNamed) ? runEnsemble(run) : runFit(run);
}
