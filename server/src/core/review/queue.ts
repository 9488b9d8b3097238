// Which pairs a person reviews, and in which order: the most suspicious first, never in the order of the file.
import type { Facts } from '../facts/facts.ts';
import { numbersOf, pairKeyAt } from '../memory/keys.ts';
import { hashText } from '../score/random.ts';
import { sortedOrder } from '../sortedOrder.ts';

/** A pair of the file that a queue may hold. */
export interface QueuePlace {
  readonly record: number;
  readonly pair: number;
}

export interface QueueItem extends QueuePlace {
  readonly key: string;
}

/** In blind review, the answer that stands first. It depends on the key alone, never on the label. */
export function firstShown(key: string, seed: number): 'a' | 'b' {
  return hashText(key, seed) % 2 === 0 ? 'a' : 'b';
}

/** The number of a place in the columns of pairs; −1 if there is none. */
export function numberOf(facts: Facts, { record, pair }: QueuePlace): number {
  if (record < 0 || record >= facts.recordCount) return -1;
  const [from, to] = facts.pairsOf(record);
  return pair >= 0 && from + pair < to ? from + pair : -1;
}

function placeOf(facts: Facts, number: number): QueuePlace {
  const record = facts.recordOf(number);
  return { record, pair: number - facts.pairsOf(record)[0] };
}

/** All scored pairs, those that speak most against their label first. */
export function* byMargin(facts: Facts): Generator<QueuePlace> {
  for (const number of sortedOrder(Float64Array.from(facts.margins), false)) {
    if (Number.isNaN(facts.margin(number))) return;
    yield placeOf(facts, number);
  }
}

/** Sorts places by margin, the lowest first; those without one come last and keep their order. */
export function sortedByMargin(facts: Facts, places: readonly QueuePlace[]): readonly QueuePlace[] {
  const margins = Float64Array.from(places, (place) => {
    const number = numberOf(facts, place);
    return number < 0 ? Number.NaN : facts.margin(number);
  });
  return [...sortedOrder(margins, false)].flatMap((index) => places[index] ?? []);
}

export interface QueueLimits {
  readonly size: number;
  /** The pair needs no review, because it has one. */
  readonly isDone: (key: string) => boolean;
  /** Ties belong to queues of disagreements alone: nobody can flip them. */
  readonly withTies: boolean;
}

/** The first pairs of a list that need a review; equal pairs once. */
export function makeQueue(
  facts: Facts,
  places: Iterable<QueuePlace>,
  { size, isDone, withTies }: QueueLimits,
): readonly QueueItem[] {
  const items = new Map<string, QueueItem>();
  for (const place of places) {
    if (items.size >= size) break;
    const number = numberOf(facts, place);
    if (number < 0 || (!withTies && facts.isTie(number))) continue;
    const key = pairKeyAt(facts, number);
    if (!items.has(key) && !isDone(key)) items.set(key, { record: place.record, pair: place.pair, key });
  }
  return [...items.values()];
}

/** Where the pairs with these keys are now; those that are gone are missing. */
export function placesOf(facts: Facts, keys: Iterable<string>): ReadonlyMap<string, QueuePlace> {
  return new Map([...numbersOf(facts, keys)].map(([key, number]) => [key, placeOf(facts, number)]));
}

/** The next place of a queue that is not done, in a circle; −1 if all are. */
export function nextOpen(isDone: readonly boolean[], from: number): number {
  for (let step = 1; step <= isDone.length; step++) {
    const index = (from + step) % isDone.length;
    if (isDone[index] === false) return index;
  }
  return -1;
}

/**
 * Sorts the places of a queue that are open, the most suspicious first as a person meets them: from the pair that is shown to the
 * end, then from the start. All others stay where they are, the one that is shown too.
 * @param chance that something is wrong with a place; undefined: unknown, comes last
 * @returns the old index of each place
 */
export function reordered(
  isOpen: readonly boolean[],
  shown: number,
  chance: (index: number) => number | undefined,
): readonly number[] {
  const { length } = isOpen;
  const met = Array.from({ length }, (_, step) => (shown + 1 + step) % length).filter(
    (index) => isOpen[index] === true && index !== shown,
  );
  const known = new Map(met.map((index) => [index, chance(index) ?? -1]));
  const sorted = met.toSorted((a, b) => (known.get(b) ?? -1) - (known.get(a) ?? -1));
  const order = Array.from({ length }, (_, index) => index);
  met.forEach((slot, i) => (order[slot] = sorted[i] ?? slot));
  return order;
}
