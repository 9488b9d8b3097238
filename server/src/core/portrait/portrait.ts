// A dataset as a whole, as plain data for the editor, the report and the terminal. Every number says what it counts.
import type { LabelEffects } from '../checks/dataset/labelEffects.ts';
import { LabelCounter } from '../checks/dataset/labelEffects.ts';
import { DistinctKeys } from '../facts/distinct.ts';
import type { Facts } from '../facts/facts.ts';
import type { Severity } from '../model/finding.ts';
import type { SelfTest } from '../score/quality.ts';
import type { Agreement } from './agreement.ts';
import { agreementOf } from './agreement.ts';
import type { Histogram } from './bins.ts';
import { BinCounter } from './bins.ts';
import type { BySource, Parts } from './bySource.ts';
import { PartCounter } from './bySource.ts';
import type { Calibration } from './calibration.ts';
import { CalibrationCounter } from './calibration.ts';
import type { Lengths } from './lengths.ts';
import { LengthCounter } from './lengths.ts';
import type { Density } from './margins.ts';
import { DensityCounter, marginEdges, RangeFinder } from './margins.ts';
import type { RatingSummary } from './ratings.ts';
import type { Annotators, Sources } from './sampled.ts';
import type { Strengths } from './strengths.ts';

export interface PortraitCounts {
  readonly records: number;
  /** Pairs, ties among them. */
  readonly pairs: number;
  readonly ties: number;
  /** Answers with their own verdict. */
  readonly judgements: number;
  /** Different prompts of pairs. */
  readonly prompts: number;
}

/** Findings of one rule. */
export interface RuleCount {
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in a phrase. */
  readonly title: string;
  readonly count: number;
}

/** The margins of one scorer. */
export interface ScorerMargins {
  readonly name: string;
  /** Pairs with a margin. */
  readonly scored: number;
  /** Pairs whose label it agrees with, and disagrees with; the others have a margin of 0. */
  readonly agrees: number;
  readonly disagrees: number;
  readonly histogram: Histogram;
  /** What the review list is cut from; only the ranking has one. */
  readonly budget?: {
    /** Of all scored pairs. */
    readonly percent: number;
    /** Pairs with margins up to this one are on the list. */
    readonly worst: number;
  };
}

/** How far two scorers prefer the same answers. */
export interface ScorerAgreement {
  readonly names: readonly [string, string];
  readonly agreement: Agreement;
}

/** What a portrait of some pairs is a part of, and what it can't say. */
export interface Subset {
  /** Of the whole. */
  readonly pairs: number;
  readonly records: number;
  /** The pairs were chosen by their label, by a margin or by a finding: what is said of those may only say how they were chosen. */
  readonly byOutcome: boolean;
  /** Findings that are about no chosen pair: those of the whole, and those that are counted without their records. */
  readonly ofWhole: number;
  readonly unlisted: number;
  /** The whole has one, and it can't be had of a part. */
  readonly hasSelfTest: boolean;
}

export interface Portrait {
  /** Present in a portrait of some pairs. */
  readonly subset?: Subset;
  readonly counts: PortraitCounts;
  /** Of the prompts of all pairs, and of the answers of all pairs that are not ties. */
  readonly lengths: { readonly prompt: Lengths; readonly chosen: Lengths; readonly rejected: Lengths };
  readonly labels: LabelEffects;
  /** The label chooses between a first and a second answer, so positions mean something. */
  readonly hasLabel: boolean;
  /** The ranking's first; then those of its members, if there are several. Empty if nothing is scored. */
  readonly scorers: readonly ScorerMargins[];
  readonly density?: Density;
  /** Only of margins in log-odds that were made without the pair itself. */
  readonly calibration?: Calibration;
  readonly agreements: readonly ScorerAgreement[];
  /** Of the records that were read for their sources. */
  readonly bySource?: BySource;
  /** Most severe first, then most frequent. */
  readonly findings: readonly RuleCount[];
  readonly sources?: Sources;
  readonly annotators?: Annotators;
  readonly ratings?: RatingSummary;
  readonly strengths?: Strengths;
  readonly selfTest?: SelfTest & {
    /** Of the labels that were flipped on purpose. */ readonly share: number;
  };
  /** What the scorer is worth on this file, in a sentence or two. */
  readonly trust?: string;
  /** Why nobody can tell which answer is better; then nothing that is said of chosen and rejected answers counts. */
  readonly unsure?: string;
}

/** A scorer's margins, by the number of the file and of the pair in it; NaN if unscored. */
export interface ScorerInput {
  readonly name: string;
  readonly marginOf: (file: number, pair: number) => number;
  readonly budget?: ScorerMargins['budget'];
  /** Margins are calibrated log-odds, and no pair is scored by a fit that saw it. */
  readonly isCalibrated?: boolean;
}

/** Pairs that a portrait is about, and the records that they are in. */
export interface Included {
  readonly record: (file: number, record: number) => boolean;
  /** By the number of the pair in its file. Default: all of an included record. */
  readonly pair?: (file: number, pair: number) => boolean;
}

export interface PortraitInput {
  readonly files: readonly Facts[];
  readonly hasLabel: boolean;
  /** The ranking's first. */
  readonly scorers: readonly ScorerInput[];
  readonly findings: readonly RuleCount[];
  readonly sources?: Sources | undefined;
  readonly annotators?: Annotators | undefined;
  readonly ratings?: RatingSummary | undefined;
  readonly strengths?: Strengths | undefined;
  /** To tell how scorers do on each. */
  readonly parts?: Parts | undefined;
  readonly selfTest?: Portrait['selfTest'] | undefined;
  readonly trust?: string | undefined;
  readonly unsure?: string | undefined;
  /** Default: all. */
  readonly includes?: Included | undefined;
  /** What to say of it if not all are included. */
  readonly subset?: Subset | undefined;
  /** Edges for the margins of a scorer, to compare them with those of another portrait. Default: round ones over their own range. */
  readonly edgesOf?: ((scorer: string) => readonly number[] | undefined) | undefined;
}

/** Pairs between two places where other work may go first: a few milliseconds. */
const SLICE = 1 << 13;

type Visit = (file: number, pair: number, facts: Facts) => void;

/** Visits pairs of the included records, and pauses between slices. */
function* eachPair({ files, includes }: PortraitInput, visit: Visit): Generator<void> {
  for (const [file, facts] of files.entries()) {
    for (let pair = 0; pair < facts.pairCount; pair++) {
      if (pair % SLICE === SLICE - 1) yield;
      if (includes && !includes.record(file, facts.recordOf(pair))) continue;
      if (includes?.pair?.(file, pair) === false) continue;
      visit(file, pair, facts);
    }
  }
}

/** What facts alone say. */
function* countFacts(input: PortraitInput): Generator<void, Pick<Portrait, 'counts' | 'lengths' | 'labels'>> {
  const { files, includes } = input;
  const labels = new LabelCounter();
  const prompts = new DistinctKeys(files.reduce((sum, { pairCount }) => sum + pairCount, 0));
  const [prompt, chosen, rejected] = [new LengthCounter(), new LengthCounter(), new LengthCounter()];
  let [records, pairs, ties, judgements] = [0, 0, 0, 0];
  yield* eachPair(input, (_, pair, facts) => {
    const { promptLength, chosenLength, rejectedLength } = facts.pairs;
    pairs++;
    prompts.addPrompt(facts, pair);
    prompt.add(promptLength[pair] ?? 0);
    labels.addPair(facts, pair);
    if (facts.isTie(pair)) {
      ties++;
      return;
    }
    chosen.add(chosenLength[pair] ?? 0);
    rejected.add(rejectedLength[pair] ?? 0);
  });
  for (const [file, facts] of files.entries()) {
    for (let record = 0; record < facts.recordCount; record++) {
      if (record % SLICE === SLICE - 1) yield;
      if (includes && !includes.record(file, record)) continue;
      records++;
      judgements += facts.records.judgements[record] ?? 0;
      labels.addRecord(facts, record);
    }
  }
  return {
    counts: { records, pairs, ties, judgements, prompts: prompts.count },
    lengths: { prompt: prompt.lengths, chosen: chosen.lengths, rejected: rejected.lengths },
    labels: labels.effects,
  };
}

type Scored = Pick<Portrait, 'scorers' | 'density' | 'calibration' | 'agreements' | 'bySource'>;

/** A tally of one scorer: one pass finds its axis, another one counts. */
function tallyOf({ name, budget, marginOf }: ScorerInput, room: number, edgesOf: PortraitInput['edgesOf']) {
  const range = new RangeFinder(room);
  let [agrees, disagrees] = [0, 0];
  let bins = new BinCounter([]);
  return {
    range,
    marginOf,
    see(margin: number) {
      range.see(margin);
      if (margin > 0) agrees++;
      else if (margin < 0) disagrees++;
    },
    begin() {
      bins = new BinCounter(edgesOf?.(name) ?? marginEdges(range.range));
    },
    count(margin: number) {
      bins.add(margin);
    },
    get margins(): ScorerMargins {
      return {
        name,
        scored: range.count,
        agrees,
        disagrees,
        histogram: bins.histogram,
        ...(budget && { budget }),
      };
    },
  };
}

/** Which side two scorers prefer, over pairs that both have scored. */
function crosstabs(scorers: readonly ScorerInput[]) {
  // The first is the ranking, made from the others.
  const members = scorers.slice(1);
  const tables = members.flatMap((a, i) =>
    members.slice(i + 1).map((b) => ({ a, b, table: [new Uint32Array(2), new Uint32Array(2)] as const })),
  );
  return {
    count(file: number, pair: number) {
      for (const { a, b, table } of tables) {
        const [own, other] = [a.marginOf(file, pair), b.marginOf(file, pair)];
        const row = own > 0 ? table[0] : table[1];
        // A margin of 0 prefers neither.
        if (own !== 0 && other !== 0 && !Number.isNaN(own) && !Number.isNaN(other))
          row[other > 0 ? 0 : 1] = (row[other > 0 ? 0 : 1] ?? 0) + 1;
      }
    },
    get agreements(): readonly ScorerAgreement[] {
      return tables.map(({ a, b, table }) => ({
        names: [a.name, b.name],
        agreement: agreementOf(table.map((row) => [...row])),
      }));
    },
  };
}

/** What margins say. */
function* countScores(input: PortraitInput): Generator<void, Scored> {
  const { scorers, subset, edgesOf, parts } = input;
  const pairs = input.files.reduce((sum, { pairCount }) => sum + pairCount, 0);
  const tallies = scorers.map((scorer) => tallyOf(scorer, pairs, edgesOf));
  yield* eachPair(input, (file, pair) => {
    for (const tally of tallies) tally.see(tally.marginOf(file, pair));
  });
  const [first] = tallies;
  if (!first || first.range.count === 0) return { scorers: [], agreements: [] };
  for (const tally of tallies) tally.begin();
  const density = new DensityCounter(first.range.range, first.range.count);
  // Of pairs that were chosen by how sure a scorer is, or by whether it is right, no scorer is calibrated.
  const isCalibrated = scorers[0]?.isCalibrated === true && subset?.byOutcome !== true;
  const calibration = isCalibrated ? new CalibrationCounter() : undefined;
  const tables = crosstabs(scorers);
  // The same of pairs that were chosen by whether a scorer is right.
  const byPart =
    parts && subset?.byOutcome !== true
      ? new PartCounter(
          parts,
          scorers.map(({ name }) => name),
          isCalibrated,
        )
      : undefined;
  yield* eachPair(input, (file, pair, facts) => {
    const { chosenLength, rejectedLength } = facts.pairs;
    for (const tally of tallies) tally.count(tally.marginOf(file, pair));
    const part = byPart?.partOf(file, facts.recordOf(pair)) ?? -1;
    if (part >= 0)
      for (const [i, { marginOf }] of scorers.entries()) byPart?.add(part, i, marginOf(file, pair));
    const margin = first.marginOf(file, pair);
    density.add((chosenLength[pair] ?? 0) - (rejectedLength[pair] ?? 0), margin);
    calibration?.add(margin);
    tables.count(file, pair);
  });
  const reliability = calibration?.calibration;
  const bySource = byPart?.bySource;
  return {
    scorers: tallies.map(({ margins }) => margins).filter(({ scored }) => scored > 0),
    density: density.density,
    ...(reliability && { calibration: reliability }),
    agreements: tables.agreements.filter(({ agreement }) => agreement.count > 0),
    ...(bySource && { bySource }),
  };
}

/** Makes a portrait in slices: other work can go on between two steps. */
export function* portraitSteps(input: PortraitInput): Generator<void, Portrait> {
  const { hasLabel, findings, sources, annotators, ratings, strengths, selfTest, trust, unsure, subset } =
    input;
  return {
    ...(subset && { subset }),
    ...(yield* countFacts(input)),
    ...(yield* countScores(input)),
    hasLabel,
    findings,
    ...(sources && { sources }),
    ...(annotators && { annotators }),
    ...(ratings && { ratings }),
    ...(strengths && { strengths }),
    ...(selfTest && { selfTest }),
    ...(trust !== undefined && trust !== '' && { trust }),
    ...(unsure !== undefined && { unsure }),
  };
}

/** Makes a portrait at once. */
export function portraitOf(input: PortraitInput): Portrait {
  const steps = portraitSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
