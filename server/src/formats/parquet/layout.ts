// What a save replaces in a file, and where everything else comes to lie.
import type { LateReplacement } from '#core/edits/splice.ts';

interface Place {
  readonly start: number;
  readonly end: number;
  readonly make: () => Uint8Array;
  /** By how much everything behind it moves, those before it included; undefined until it is made. */
  moves?: number;
}

/** Replacements whose lengths are known once the stream has passed their place. */
export class Layout {
  readonly #places: Place[] = [];

  /** Replaces [start, end), or puts something in where both are the same. */
  add(start: number, end: number, make: () => Uint8Array): void {
    this.#places.push({ start, end, make });
  }

  /** All of them, in the order of the file; to be called once, when all are added. */
  settle(): readonly LateReplacement[] {
    // What is put in at an end stands behind what ends there, in the order in which it was added.
    this.#places.sort((a, b) => a.start - b.start || a.end - b.end);
    return this.#places.map((place, i) => ({
      start: place.start,
      end: place.end,
      bytes: () => {
        const bytes = place.make();
        place.moves = (this.#places[i - 1]?.moves ?? 0) + bytes.length - (place.end - place.start);
        return bytes;
      },
    }));
  }

  /** Where a place of the old file is in the new one. The stream has come to it: all before it is made. */
  moved(offset: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    // What is being made right here does not count yet.
    let last = low - 1;
    while (last >= 0 && this.#places[last]?.moves === undefined) last--;
    return offset + (this.#places[last]?.moves ?? 0);
  }
}
