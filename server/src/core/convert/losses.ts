// What a conversion does not keep, counted.
import { plural } from '../words/numbers.ts';

/** Names of fields come from files: more kinds than this are counted as one. */
const MAX_KINDS = 1000;

/** Lines that a report has at most; the rest is one line. */
const MAX_LINES = 40;

interface Kind {
  /** Records in which it happened. */
  count: number;
  readonly first: number;
  last: number;
}

/** Counts what was lost: of each kind the records, and the first of them. */
export class Losses {
  readonly #kinds = new Map<string, Kind>();

  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  /** @param words a sentence without its full stop */
  add(words: string, record: number): void {
    const isNew = !this.#kinds.has(words) && this.#kinds.size >= MAX_KINDS;
    const own = isNew ? 'fields of other names are left out' : words;
    const known = this.#kinds.get(own);
    if (!known) {
      this.#kinds.set(own, { count: 1, first: record, last: record });
    } else if (known.last !== record) {
      known.count++;
      known.last = record;
    }
  }

  /** A sentence each, the most frequent first. */
  lines(): readonly string[] {
    const all = [...this.#kinds].sort((a, b) => b[1].count - a[1].count);
    const lines = all
      .slice(0, MAX_LINES)
      .map(
        ([words, { count, first }]) =>
          `${plural(count, 'record')}, first in record ${(first + 1).toLocaleString('en')}: ${words}.`,
      );
    const left = all.length - lines.length;
    return left > 0 ? [...lines, `And ${left.toLocaleString('en')} more kinds of differences.`] : lines;
  }
}
