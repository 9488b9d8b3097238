// What a dataset rewards, computed from facts: length, style and position, each with its interval.
import type { Facts } from '../../facts/facts.ts';
import type { Estimate } from './effects.ts';
import { pairedOdds, PairedSums, wilson } from './effects.ts';
import { STYLE_MARKS } from './styleMarks.ts';

export interface StyleEffect {
  readonly name: string;
  readonly chosenOnly: number;
  readonly rejectedOnly: number;
  /** Above 1: answers with this style are preferred. */
  readonly odds: Estimate;
}

export interface Portrait {
  /** Pairs that are not ties. */
  readonly preferences: number;
  /** Cohen's d of the lengths, chosen minus rejected. */
  readonly lengthEffect: Estimate;
  /** How often "the longer one wins" is right; equal lengths count half. */
  readonly longerWins: Estimate;
  readonly meanChosen: number;
  readonly meanRejected: number;
  readonly style: readonly StyleEffect[];
  /** How often the first answer in the record is the chosen one. */
  readonly firstWins: Estimate;
  /** Share of good answers in unpaired data. */
  readonly good: Estimate;
  readonly judgements: number;
  /** Histogram of lengths: bin i holds lengths from 2^i up to 2^(i + 1); the last bin holds all longer ones. */
  readonly chosenLengths: readonly number[];
  readonly rejectedLengths: readonly number[];
}

const LENGTH_BINS = 18;

function lengthBin(length: number): number {
  return Math.min(LENGTH_BINS - 1, 31 - Math.clz32(Math.max(1, length)));
}

export function portraitOf(files: readonly Facts[]): Portrait {
  const lengths = new PairedSums();
  const only = STYLE_MARKS.map(() => [0, 0] as [number, number]);
  const bins = [new Array<number>(LENGTH_BINS).fill(0), new Array<number>(LENGTH_BINS).fill(0)] as const;
  const addOne = (list: number[], at: number): void => {
    list[at] = (list[at] ?? 0) + 1;
  };
  let [longer, first, chosenSum, rejectedSum, good, rated] = [0, 0, 0, 0, 0, 0];
  for (const facts of files) {
    const { chosenLength, rejectedLength, style } = facts.pairs;
    for (let pair = 0; pair < facts.pairCount; pair++) {
      if (facts.isTie(pair)) continue;
      const [a, b] = [chosenLength[pair] ?? 0, rejectedLength[pair] ?? 0];
      lengths.add(a, b);
      addOne(bins[0], lengthBin(a));
      addOne(bins[1], lengthBin(b));
      longer += a > b ? 1 : a === b ? 0.5 : 0;
      chosenSum += a;
      rejectedSum += b;
      first += Number(facts.isChosenFirst(pair));
      const bits = style[pair] ?? 0;
      const differ = (bits ^ (bits >>> 16)) & 0xffff;
      if (differ === 0) continue;
      only.forEach((counts, i) => {
        if (((differ >>> i) & 1) === 1) counts[((bits >>> i) & 1) === 1 ? 0 : 1]++;
      });
    }
    for (let record = 0; record < facts.recordCount; record++) {
      good += facts.records.good[record] ?? 0;
      rated += (facts.records.good[record] ?? 0) + (facts.records.bad[record] ?? 0);
    }
  }
  const { count } = lengths;
  return {
    preferences: count,
    lengthEffect: lengths.cohensD(),
    longerWins: wilson(longer, count),
    meanChosen: chosenSum / Math.max(1, count),
    meanRejected: rejectedSum / Math.max(1, count),
    style: STYLE_MARKS.map(({ name }, i) => {
      const [chosenOnly, rejectedOnly] = only[i] ?? [0, 0];
      return { name, chosenOnly, rejectedOnly, odds: pairedOdds(chosenOnly, rejectedOnly) };
    }),
    firstWins: wilson(first, count),
    good: wilson(good, rated),
    judgements: rated,
    chosenLengths: bins[0],
    rejectedLengths: bins[1],
  };
}

/** "0.42 (95 % interval 0.39 to 0.45)". */
export function estimateText({ value, low, high }: Estimate, digits = 2): string {
  return `${value.toFixed(digits)} (95 % interval ${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

/** "62 % (61 to 63 %)". */
export function shareText({ value, low, high }: Estimate): string {
  const percent = (share: number): string => (100 * share).toFixed(0);
  return `${percent(value)} % (95 % interval ${percent(low)} to ${percent(high)} %)`;
}
