// Counts what a conversion loses.
import { plural } from '../words/numbers.ts';

/** Most kinds of losses: field names come from files. Further kinds share one entry. */
const MAX_KINDS = 1000;

/** Most lines in a report; the last one sums up the rest. */
const MAX_LINES = 40;

interface Kind {
  /** Number of records with this loss. */
  count: number;
  readonly first: number;
  last: number;
}

/** Counts the records with each kind of loss, and keeps the first record of each. */
export class Losses {
  readonly #kinds = new Map<string, Kind>();

  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  /** @param message a sentence without its full stop */
  add(message: string, record: number): void {
    const isNew = !this.#kinds.has(message) && this.#kinds.size >= MAX_KINDS;
    const own = isNew ? 'fields of other names are left out' : message;
    const known = this.#kinds.get(own);
    if (!known) {
      this.#kinds.set(own, { count: 1, first: record, last: record });
    } else if (known.last !== record) {
      known.count++;
      known.last = record;
    }
  }

  /** One sentence each, most frequent first. */
  lines(): readonly string[] {
    const all = [...this.#kinds].sort((a, b) => b[1].count - a[1].count);
    const lines = all
      .slice(0, MAX_LINES)
      .map(
        ([message, { count, first }]) =>
          `${plural(count, 'record')}, first in record ${(first + 1).toLocaleString('en')}: ${message}.`,
      );
    const left = all.length - lines.length;
    return left > 0 ? [...lines, `And ${left.toLocaleString('en')} more kinds of differences.`] : lines;
  }
}
