// What a reference model says of pairs by itself, beside the implicit reward: which answer it finds likelier, and by how much.
import { plural } from '../words/numbers.ts';
import { t } from '../words/translate.ts';

/** log π(answer) and the number of its tokens, as the models give them. */
type Likelihood = ArrayLike<number>;

/** Both answers of a pair. */
export interface PairLikelihood {
  readonly chosen: Likelihood;
  readonly rejected: Likelihood;
}

/** log π_ref(rejected) − log π_ref(chosen), in nats: above 0 the reference ranks the rejected answer first. */
export interface ReferenceGap {
  readonly sum: number;
  /** Of the means per token. */
  readonly perToken: number;
}

const perToken = (of: Likelihood): number => (of[0] ?? Number.NaN) / (of[1] ?? Number.NaN);
const sumGap = ({ chosen, rejected }: PairLikelihood): number =>
  (rejected[0] ?? Number.NaN) - (chosen[0] ?? Number.NaN);

export function referenceGap(of: PairLikelihood): ReferenceGap {
  return { sum: sumGap(of), perToken: perToken(of.rejected) - perToken(of.chosen) };
}

/**
 * The DPO loss at which a policy that is trained from the reference finds both answers equally likely: −log σ(β·gap). The policy
 * ranks the pair right if and only if its loss is lower.
 */
export function lossBound(gap: number, beta: number): number {
  const x = beta * gap;
  return x > 0 ? Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)) - x;
}

/** Deviations from the median, in units of a robust standard deviation, beyond which a value is extreme (Iglewicz and Hoaglin, 1993). */
const EXTREME = 3.5;

/** The median absolute deviation of a normal distribution is its standard deviation over this. */
const NORMAL = 1.4826;

function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** What is usual: from `low` to `high`. Without spread, everything is. */
interface Usual {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

function usualOf(values: ArrayLike<number>): Usual {
  const centre = median(values);
  const deviation = NORMAL * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
  const reach = deviation > 0 ? EXTREME * deviation : Infinity;
  return { median: centre, low: centre - reach, high: centre + reach };
}

export interface ReferenceSummary {
  readonly pairs: number;
  /** Share of pairs whose chosen answer is the likelier one; an equal pair counts half. */
  readonly referenceAccuracy: number;
  readonly policyAccuracy: number;
  readonly gap: Usual;
  readonly perToken: Usual;
  /** Pairs whose gap is extreme, in sum or per token. */
  readonly extreme: number;
  /** log π_ref per token of an answer. */
  readonly likelihood: Usual;
  /** Answers below what is usual. */
  readonly unlikely: number;
  /** Median of `lossBound` over the pairs that the reference ranks the other way; NaN if there are none. */
  readonly hardLoss: number;
}

const shareBelow = (gaps: Float64Array): number =>
  gaps.reduce((sum, gap) => sum + (1 - Math.sign(gap)) / 2, 0) / gaps.length;
const isOutside = ({ low, high }: Usual, value: number): boolean => value < low || value > high;

/** True if a gap is not usual in its file. */
export function isExtreme(
  { gap, perToken: own }: Pick<ReferenceSummary, 'gap' | 'perToken'>,
  of: ReferenceGap,
): boolean {
  return isOutside(gap, of.sum) || isOutside(own, of.perToken);
}

/** Undefined without pairs. Pairs of which a model saw only a part are not among them. */
export function summarise(
  pairs: readonly { readonly reference: PairLikelihood; readonly policy: PairLikelihood }[],
  beta: number,
): ReferenceSummary | undefined {
  const gaps = pairs.map(({ reference }) => referenceGap(reference));
  if (gaps.length === 0) return undefined;
  const sums = Float64Array.from(gaps, ({ sum }) => sum);
  const gap = usualOf(sums);
  const own = usualOf(gaps.map((one) => one.perToken));
  const each = pairs.flatMap(({ reference }) => [perToken(reference.chosen), perToken(reference.rejected)]);
  const likelihood = usualOf(each);
  return {
    pairs: gaps.length,
    referenceAccuracy: shareBelow(sums),
    policyAccuracy: shareBelow(Float64Array.from(pairs, ({ policy }) => sumGap(policy))),
    ...{ gap, perToken: own, likelihood },
    extreme: gaps.filter((one) => isExtreme({ gap, perToken: own }, one)).length,
    unlikely: each.filter((value) => value < likelihood.low).length,
    hardLoss: median(sums.filter((sum) => sum > 0).map((sum) => lossBound(sum, beta))),
  };
}

const signed = (value: number, digits: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A summary in sentences. */
export function referenceNotes(summary: ReferenceSummary | undefined): readonly string[] {
  if (!summary) return [];
  const {
    pairs,
    referenceAccuracy,
    policyAccuracy,
    gap,
    perToken: own,
    extreme,
    unlikely,
    hardLoss,
  } = summary;
  return [
    t(
      'The reference finds the chosen answer likelier in {0} of {1}, the policy in {2}.',
      percent(referenceAccuracy),
      plural(pairs, 'pair'),
      percent(policyAccuracy),
    ),
    t(
      'log π_ref(rejected) − log π_ref(chosen): median {0}, per token {1}; extreme in {2}; {3} of very low likelihood.',
      signed(gap.median, 1),
      signed(own.median, 3),
      plural(extreme, 'pair'),
      plural(unlikely, 'answer'),
    ),
    ...(Number.isNaN(hardLoss)
      ? []
      : [
          t(
            'Where the reference finds the rejected answer likelier, DPO ranks a pair right below a loss of −log σ(β·difference), in the median {0}.',
            hardLoss.toFixed(3),
          ),
        ]),
  ];
}

/** What the reference says of one pair. */
export function referenceLine(
  gap: ReferenceGap,
  beta: number,
  summary: ReferenceSummary | undefined,
): string {
  const line = t(
    'log π_ref(rejected) − log π_ref(chosen): {0}, per token {1}. DPO ranks the pair right below a loss of {2}.',
    signed(gap.sum, 1),
    signed(gap.perToken, 3),
    lossBound(gap.sum, beta).toFixed(3),
  );
  return summary && isExtreme(summary, gap) ? `${line} ${t('Extreme for this file.')}` : line;
}
