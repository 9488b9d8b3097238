// Effect sizes with 95 % intervals.
const Z = 1.959964;

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A share with its interval (E. B. Wilson, 1927). NaN if `of` is 0. */
export function wilson(hits: number, of: number): Estimate {
  if (of === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const p = hits / of;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return { value: p, low: middle - half, high: middle + half };
}

/** Running sums of paired numbers, for means, deviations and their correlation. */
export class PairedSums {
  #n = 0;
  #a = 0;
  #b = 0;
  #aa = 0;
  #bb = 0;
  #ab = 0;

  add(a: number, b: number): void {
    this.#n++;
    this.#a += a;
    this.#b += b;
    this.#aa += a * a;
    this.#bb += b * b;
    this.#ab += a * b;
  }

  get count(): number {
    return this.#n;
  }

  /**
   * Cohen's d of two paired groups: the difference of their means in units of their pooled deviation.
   * Its variance is (1/n + d²/2n)·2(1 − r) with the correlation r of the pairs (M. Borenstein et al., Introduction to
   * Meta-Analysis, 2009, 4.28). NaN below two pairs; 0 where nothing varies.
   */
  cohensD(): Estimate {
    const n = this.#n;
    if (n < 2) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
    const [meanA, meanB] = [this.#a / n, this.#b / n];
    const varA = (this.#aa - n * meanA * meanA) / (n - 1);
    const varB = (this.#bb - n * meanB * meanB) / (n - 1);
    const pooled = Math.sqrt(Math.max(0, (varA + varB) / 2));
    if (pooled === 0) return { value: 0, low: 0, high: 0 };
    const r = Math.max(
      -1,
      Math.min(1, (this.#ab - n * meanA * meanB) / (n - 1) / Math.sqrt(varA * varB || 1)),
    );
    const d = (meanA - meanB) / pooled;
    const half = Z * Math.sqrt((1 / n + (d * d) / (2 * n)) * 2 * (1 - r));
    return { value: d, low: d - half, high: d + half };
  }
}

/**
 * Odds ratio of paired yes-no answers: among pairs in which only one side has the feature, chosen divided by rejected
 * (Q. McNemar, 1947). Its logarithm has the variance 1/b + 1/c; if one of the counts is 0, both get half a pair more.
 */
export function pairedOdds(chosenOnly: number, rejectedOnly: number): Estimate {
  const add = chosenOnly === 0 || rejectedOnly === 0 ? 0.5 : 0;
  const [b, c] = [chosenOnly + add, rejectedOnly + add];
  const ratio = b / c;
  const half = Z * Math.sqrt(1 / b + 1 / c);
  return { value: ratio, low: ratio * Math.exp(-half), high: ratio * Math.exp(half) };
}
