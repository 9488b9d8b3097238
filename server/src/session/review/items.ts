// The pairs of a review queue: where they stand in the file as it is now. Each is known by its key, so it is found again after
// edits, sorting and a restart.
import { labelOf, pairKeyAt } from '#core/memory/keys.ts';
import type { Preference } from '#core/memory/verdicts.ts';
import type { QueueItem, QueuePlace } from '#core/review/queue.ts';
import { numberOf, placesOf } from '#core/review/queue.ts';

import type { OpenDataset } from '../dataset.ts';
import type { Carried } from '../sources/resurvey.ts';

const NOWHERE: QueuePlace = { record: -1, pair: 0 };

export class ReviewItems {
  readonly #dataset: OpenDataset;
  #items: readonly QueueItem[];
  /** All was read again: the places are searched before the next look. */
  #isStale: boolean;
  readonly #names = new Map<string, string>();

  /** @param items pairs, or their keys alone */
  constructor(dataset: OpenDataset, items: readonly QueueItem[] | readonly string[]) {
    this.#dataset = dataset;
    this.#items = items.map((one) => (typeof one === 'string' ? { key: one, ...NOWHERE } : one));
    this.#isStale = items.some((one) => typeof one === 'string');
  }

  get keys(): readonly string[] {
    return this.#items.map(({ key }) => key);
  }

  /** Puts the pairs into another order. @param keys the same keys */
  reorder(keys: readonly string[]): void {
    const places = new Map(keys.map((key, at) => [key, at]));
    this.#items = this.#items.toSorted((a, b) => (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0));
  }

  /** Where a pair is; undefined if it is no longer in the file. */
  placeOf(key: string): QueuePlace | undefined {
    this.#locate();
    const item = this.#items.find((one) => one.key === key);
    return item && item.record >= 0 ? { record: item.record, pair: item.pair } : undefined;
  }

  /**
   * What a pair is called in a list; undefined if it is no longer in the file. A key stands for one text, so each pair is
   * read once: every answer of a reviewer shows the list again.
   */
  nameOf(key: string, read: (place: QueuePlace) => string | undefined): string | undefined {
    const place = this.placeOf(key);
    if (!place) return undefined;
    const name = this.#names.get(key) ?? read(place);
    if (name !== undefined) this.#names.set(key, name);
    return name;
  }

  /** What the label of a pair says now. */
  labelOf(key: string): Preference | undefined {
    const place = this.placeOf(key);
    const { facts } = this.#dataset.survey;
    return place && labelOf(facts, numberOf(facts, place));
  }

  /** Follows an edit, or searches all pairs again. */
  changed(carried?: Carried): void {
    if (!carried) {
      this.#isStale = true;
      return;
    }
    const { facts } = carried.survey;
    const moved = this.#items.map((item) => ({ ...item, record: carried.renumber(item.record) }));
    const isThere = (item: QueueItem): boolean => {
      const number = numberOf(facts, item);
      return number >= 0 && pairKeyAt(facts, number) === item.key;
    };
    const lost = new Set(moved.filter((item) => !isThere(item)).map(({ key }) => key));
    const found = new Map<string, QueuePlace>();
    for (const record of lost.size > 0 ? carried.changed : []) {
      const [from, to] = facts.pairsOf(record);
      for (let number = from; number < to; number++) {
        const key = pairKeyAt(facts, number);
        if (lost.has(key)) found.set(key, { record, pair: number - from });
      }
    }
    this.#items = moved.map((item) =>
      lost.has(item.key) ? { ...item, ...(found.get(item.key) ?? NOWHERE) } : item,
    );
  }

  #locate(): void {
    if (!this.#isStale || !this.#dataset.isReady) return;
    this.#isStale = false;
    const places = placesOf(this.#dataset.survey.facts, this.keys);
    this.#items = this.#items.map(({ key }) => ({ key, ...(places.get(key) ?? NOWHERE) }));
  }
}
