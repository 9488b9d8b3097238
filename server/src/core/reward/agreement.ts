// Combines what the texts suggest (log-odds of the label, from the built-in scorer) with what the record's own scores say.
//
// Scores usually made the label. Then they always agree with it, and only their size tells something: a small difference is easily
// wrong. Unless some records were turned around as a whole, scores included: then a large difference against the texts is the
// strongest sign of all. The share of such records is estimated, by expectation-maximisation on a mixture: in the record as the
// judge saw it, the score is normal around a multiple of the text margin; in a turned record, its sign is inverted.
import { sigmoid } from './calibrate.ts';

export interface Agreement {
  /** Log-odds for one unit of score. */
  readonly scale: number;
  /** Share of records that seem to be turned around; 0 if there is no good evidence of any. */
  readonly turned: number;
  /** Slope of scores on text margins, and the variance around it. */
  readonly slope: number;
  readonly variance: number;
}

/** Below this share, the tails of real scores explain as much. */
const MIN_TURNED = 0.02;

/** Twice the gain in log-likelihood that turned records have to bring: p of 0.001 for one parameter. */
const MIN_EVIDENCE = 10.83;

/** Pairs to estimate from. */
const MAX_PAIRS = 20_000;

const ROUNDS = 200;

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

/** Where all scores have one size, their size tells nothing, and their sign is worth as much as a usual text margin. */
function scaleOf(texts: readonly number[], scores: readonly number[]): number {
  const sizes = scores.map(Math.abs);
  const typical = rootMeanSquare(scores);
  const spread = deviation(sizes);
  const unit = spread > 1e-3 * typical ? spread : typical;
  return unit > 0 ? deviation(texts) / unit : 0;
}

const NOTHING: Agreement = { scale: 0, turned: 0, slope: 0, variance: 1 };

/** `texts` and `scores` by pair, both by the recorded label; NaN is skipped. */
export function fitAgreement(texts: ArrayLike<number>, scores: ArrayLike<number>): Agreement {
  const known = Array.from(texts, (_, i) => i).filter(
    (i) => !Number.isNaN(texts[i]) && !Number.isNaN(scores[i] ?? Number.NaN),
  );
  const step = Math.max(1, Math.ceil(known.length / MAX_PAIRS));
  const used = known.filter((_, i) => i % step === 0);
  const m = used.map((i) => texts[i] ?? 0);
  const g = used.map((i) => scores[i] ?? 0);
  const scale = m.length === 0 ? 0 : scaleOf(m, g);
  if (scale === 0) return NOTHING;
  const squares = m.reduce((sum, value) => sum + value ** 2, 0);
  const fitWith = (turned: Float64Array): { slope: number; variance: number } => {
    let product = 0;
    for (let i = 0; i < m.length; i++) product += (1 - 2 * (turned[i] ?? 0)) * (m[i] ?? 0) * (g[i] ?? 0);
    const slope = product / squares;
    const sum = g.reduce((all, value) => all + value ** 2, 0) - 2 * slope * product + slope ** 2 * squares;
    return { slope, variance: Math.max(1e-12, sum / m.length) };
  };
  // Likelihoods without the factors that both models share.
  const likelihood = (share: number, slope: number, variance: number): number =>
    m.reduce((sum, text, i) => {
      const score = g[i] ?? 0;
      const own = -((score - slope * text) ** 2) / (2 * variance);
      const inverted = (-2 * score * slope * text) / variance;
      return sum + own - Math.log(variance) / 2 + Math.log(1 - share + share * Math.exp(inverted));
    }, 0);
  const none = fitWith(new Float64Array(m.length));
  const posterior = new Float64Array(m.length).fill(0.1);
  let share = 0.1;
  let { slope, variance } = none;
  for (let round = 0; round < ROUNDS; round++) {
    ({ slope, variance } = fitWith(posterior));
    for (let i = 0; i < m.length; i++)
      posterior[i] = turnedShare({ scale, turned: share, slope, variance }, m[i] ?? 0, g[i] ?? 0);
    const next = posterior.reduce((sum, value) => sum + value, 0) / m.length;
    const isStill = Math.abs(next - share) < 1e-7;
    share = Math.min(0.5, Math.max(1e-6, next));
    if (isStill) break;
  }
  const evidence = 2 * (likelihood(share, slope, variance) - likelihood(0, none.slope, none.variance));
  const isTurned = share >= MIN_TURNED && slope > 0 && evidence > MIN_EVIDENCE;
  return isTurned ? { scale, turned: share, slope, variance } : { scale, turned: 0, ...none };
}

/** Probability that a record was turned around as a whole. */
function turnedShare({ turned, slope, variance }: Agreement, text: number, score: number): number {
  if (turned === 0) return 0;
  return 1 / (1 + ((1 - turned) / turned) * Math.exp((2 * score * slope * text) / variance));
}

/** Log-odds of the recorded label. One of the two may be NaN. */
export function agreedMargin(agreement: Agreement, text: number, score: number): number {
  const { scale } = agreement;
  if (Number.isNaN(score)) return text;
  if (Number.isNaN(text)) return scale * score;
  if (agreement.turned === 0) return text + scale * score;
  const turned = turnedShare(agreement, text, score);
  const wrong = (1 - turned) * sigmoid(-(text + scale * score)) + turned * sigmoid(-(text - scale * score));
  const sure = Math.min(1 - 1e-12, Math.max(1e-12, wrong));
  return Math.log((1 - sure) / sure);
}
