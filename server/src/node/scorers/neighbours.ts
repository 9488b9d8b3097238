// Pairs that an encoder finds like those whose labels are doubted most.
import { areNearDuplicates, SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import type { Key } from '#core/hash.ts';
import { compareKeys, hashKey, joinKeys, keyNumber } from '#core/hash.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { Pair } from '#core/model/pair.ts';
import type { Neighbour, Neighbourhood, Placed } from '#core/reward/neighbours.ts';
import { MAX_NEAR, MIN_COSINE, MIN_FOLLOWING, verdictOf } from '#core/reward/neighbours.ts';
import { share } from '#core/score/quality.ts';

import type { DifferenceRows, ProcessCall } from './onDifferences.ts';
import { nearestInProcess } from './onDifferences.ts';
import type { RatingSource } from './rating.ts';

/** Pairs with the lowest margins that get neighbours: as many as a review list has at most. */
const MAX_DOUBTED = 1000;

/** Pairs, evenly spread over the file, that show how often labels follow their neighbours. */
const MAX_SAMPLED = 1000;

/** Products in one search: about half a minute of one core. Only above 50,000 pairs with 384 numbers are fewer pairs searched. */
const MAX_PRODUCTS = 4e10;

/** Neighbours to search for: some turn out to be near duplicates. */
const SPARE = 2 * MAX_NEAR;

/** Pairs with embeddings. */
export interface ComparedPairs extends DifferenceRows {
  readonly pairs: readonly Placed[];
}

export interface NeighbourJob extends ProcessCall {
  /** The encoder. */
  readonly scorer: string;
  readonly source: RatingSource;
  /** By the number of the pair; NaN for none. */
  readonly margins: ArrayLike<number>;
}

/** Evenly spread rows. */
function spread(count: number, max: number): number[] {
  const size = Math.min(count, max);
  return Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
}

/** Rows of the lowest margins. */
function doubted({ pairs }: ComparedPairs, margins: ArrayLike<number>, max: number): number[] {
  const marginOf = (row: number): number => margins[pairs[row]?.number ?? -1] ?? Number.NaN;
  return [...pairs.keys()]
    .filter((row) => !Number.isNaN(marginOf(row)))
    .sort((a, b) => marginOf(a) - marginOf(b) || a - b)
    .slice(0, max);
}

interface Near {
  readonly row: number;
  readonly cosine: number;
}

/** Compares texts of pairs. */
class Texts {
  readonly #places = new Map<number, number>();
  readonly #answers: Key[] = [];
  readonly #signatures: Uint8Array;
  readonly #words: Uint32Array;

  constructor(max: number) {
    this.#signatures = new Uint8Array(max * SIGNATURE_BYTES);
    this.#words = new Uint32Array(this.#signatures.buffer);
  }

  add(row: number, pair: Pair): void {
    const place = this.#places.size;
    writeSignature(pair, this.#signatures, place * SIGNATURE_BYTES);
    this.#answers.push(joinKeys(hashKey(pair.chosen.text), hashKey(pair.rejected.text)));
    this.#places.set(row, place);
  }

  has(row: number): boolean {
    return this.#places.has(row);
  }

  /** The same two answers, or nearly the same texts. Rows without texts are like none. */
  areAlike(one: number, other: number): boolean {
    const [a, b] = [this.#places.get(one), this.#places.get(other)];
    if (a === undefined || b === undefined) return false;
    const [own, others] = [this.#answers[a], this.#answers[b]];
    return (own && others && compareKeys(own, others) === 0) === true || areNearDuplicates(this.#words, a, b);
  }
}

/** Texts of these rows. A pair that an edit changed meanwhile is left out. */
async function readTexts(
  rows: ReadonlySet<number>,
  { pairs }: ComparedPairs,
  { source, signal }: NeighbourJob,
): Promise<Texts> {
  const texts = new Texts(rows.size);
  const rowOf = new Map([...rows].map((row) => [pairs[row]?.number ?? -1, row]));
  for await (const { number, pair } of source.pass((one) => rowOf.has(one))) {
    signal.throwIfAborted();
    const row = rowOf.get(number) ?? -1;
    const placed = pairs[row];
    if (placed && compareKeys(pairKey(identify(pair)), pairKey(placed.identity)) === 0) texts.add(row, pair);
  }
  return texts;
}

/** The nearest rows that are near duplicates neither of the row nor of each other. */
function independent(row: number, near: readonly Near[], texts: Texts): readonly Near[] {
  const kept: Near[] = [];
  for (const one of near) {
    if (kept.length === MAX_NEAR) break;
    const isOwn =
      texts.has(one.row) && ![{ row }, ...kept].some((other) => texts.areAlike(one.row, other.row));
    if (isOwn) kept.push(one);
  }
  return kept;
}

/**
 * Neighbours of the pairs with the lowest margins, by the key of the pair. Empty where labels of this file do not follow those of
 * their neighbours.
 */
export async function findNeighbours(
  compared: ComparedPairs,
  job: NeighbourJob,
): Promise<ReadonlyMap<number, Neighbourhood>> {
  const { pairs, width, count } = compared;
  const { scorer, source, margins } = job;
  const { pairCount } = source.facts;
  const max = Math.floor(MAX_PRODUCTS / (count * width) / 2);
  const sampled = spread(count, Math.min(max, MAX_SAMPLED));
  const wanted = doubted(compared, margins, Math.min(max, MAX_DOUBTED));
  const queries = Int32Array.from(new Set([...sampled, ...wanted])).sort();
  const nearest = await nearestInProcess(compared, queries, { max: SPARE, minCosine: MIN_COSINE }, job);
  const nearOf = new Map<number, readonly Near[]>();
  queries.forEach((row, i) => {
    const own = Array.from({ length: SPARE }, (_, k) => ({
      row: nearest.rows[i * SPARE + k] ?? -1,
      cosine: nearest.cosines[i * SPARE + k] ?? 0,
    }));
    nearOf.set(
      row,
      own.filter(({ row: other }) => other >= 0),
    );
  });
  const rows = new Set([...nearOf].flatMap(([row, near]) => [row, ...near.map((one) => one.row)]));
  const texts = await readTexts(rows, compared, job);
  const neighboursOf = (row: number): readonly Near[] => independent(row, nearOf.get(row) ?? [], texts);
  const verdicts = sampled
    .map((row) => verdictOf(neighboursOf(row).map(({ cosine }) => Math.sign(cosine))) ?? 0)
    .filter((verdict) => verdict !== 0);
  const following = share(verdicts.filter((verdict) => verdict > 0).length, verdicts.length);
  const found = new Map<number, Neighbourhood>();
  if (following.low < MIN_FOLLOWING) return found;
  for (const row of wanted) {
    const placed = pairs[row];
    if (!placed) continue;
    const neighbours = neighboursOf(row).flatMap(({ row: other, cosine }): Neighbour[] => {
      const neighbour = pairs[other];
      return neighbour ? [{ ...neighbour, cosine }] : [];
    });
    if (neighbours.length === 0) continue;
    const { value } = following;
    found.set(keyNumber(pairKey(placed.identity)), {
      ...placed,
      ...{ scorer, neighbours, following: value, compared: count, pairCount },
    });
  }
  return found;
}
