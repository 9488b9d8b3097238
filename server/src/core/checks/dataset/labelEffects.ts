// What labels reward, computed from facts: length, style and position, each with its interval.
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

export interface LabelEffects {
  /** Pairs that are not ties. */
  readonly preferences: number;
  /** Cohen's d of the lengths, chosen minus rejected. */
  readonly lengthEffect: Estimate;
  /** Preferences whose chosen answer is longer, and shorter. The others have equal lengths. */
  readonly longer: number;
  readonly shorter: number;
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
}

/** Counts what labels reward, over pairs and records that are added in ranges. */
export class LabelCounter {
  readonly #lengths = new PairedSums();
  /** By bit of a style: pairs in which only the chosen answer has it, and only the rejected one. */
  readonly #chosenOnly = new Uint32Array(16);
  readonly #rejectedOnly = new Uint32Array(16);
  #longer = 0;
  #shorter = 0;
  #first = 0;
  #chosenSum = 0;
  #rejectedSum = 0;
  #good = 0;
  #rated = 0;

  /** Adds a pair; a tie has no label and counts nothing. */
  addPair(facts: Facts, pair: number): void {
    if (facts.isTie(pair)) return;
    const { chosenLength, rejectedLength, style } = facts.pairs;
    const [a, b] = [chosenLength[pair] ?? 0, rejectedLength[pair] ?? 0];
    this.#lengths.add(a, b);
    if (a > b) this.#longer++;
    else if (a < b) this.#shorter++;
    this.#chosenSum += a;
    this.#rejectedSum += b;
    if (facts.isChosenFirst(pair)) this.#first++;
    const bits = style[pair] ?? 0;
    const differ = (bits ^ (bits >>> 16)) & 0xffff;
    // From the highest bit that differs to the lowest.
    for (let left = differ; left !== 0;) {
      const i = 31 - Math.clz32(left);
      const counts = ((bits >>> i) & 1) === 1 ? this.#chosenOnly : this.#rejectedOnly;
      counts[i] = (counts[i] ?? 0) + 1;
      left ^= 1 << i;
    }
  }

  addRecord({ records }: Facts, record: number): void {
    this.#good += records.good[record] ?? 0;
    this.#rated += (records.good[record] ?? 0) + (records.bad[record] ?? 0);
  }

  get effects(): LabelEffects {
    const { count } = this.#lengths;
    const same = count - this.#longer - this.#shorter;
    return {
      preferences: count,
      lengthEffect: this.#lengths.cohensD(),
      longer: this.#longer,
      shorter: this.#shorter,
      longerWins: wilson(this.#longer + same / 2, count),
      meanChosen: this.#chosenSum / Math.max(1, count),
      meanRejected: this.#rejectedSum / Math.max(1, count),
      style: STYLE_MARKS.map(({ name }, i) => {
        const [chosenOnly, rejectedOnly] = [this.#chosenOnly[i] ?? 0, this.#rejectedOnly[i] ?? 0];
        return { name, chosenOnly, rejectedOnly, odds: pairedOdds(chosenOnly, rejectedOnly) };
      }),
      firstWins: wilson(this.#first, count),
      good: wilson(this.#good, this.#rated),
      judgements: this.#rated,
    };
  }
}

export function labelEffectsOf(files: readonly Facts[]): LabelEffects {
  const counter = new LabelCounter();
  for (const facts of files) {
    for (let pair = 0; pair < facts.pairCount; pair++) counter.addPair(facts, pair);
    for (let record = 0; record < facts.recordCount; record++) counter.addRecord(facts, record);
  }
  return counter.effects;
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
