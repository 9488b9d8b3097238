// Tracks what a save replaces in a file, and where everything else moves.
import type { LateReplacement } from '#core/edits/splice.ts';

interface Place {
  readonly start: number;
  readonly end: number;
  readonly make: () => Uint8Array;
  /** Total shift of everything after it, including earlier replacements; undefined until it is made. */
  moves?: number;
}

/** Replacements whose lengths are known only after the stream has passed them. */
export class Layout {
  readonly #places: Place[] = [];

  /** Replaces [start, end); inserts if both are equal. */
  add(start: number, end: number, make: () => Uint8Array): void {
    this.#places.push({ start, end, make });
  }

  /** All replacements in file order. Call once, after all are added. */
  settle(): readonly LateReplacement[] {
    // An insertion at an end comes after what ends there; insertions keep their order.
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

  /** The new offset of an old one. Everything before it must be made. */
  moved(offset: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    // A replacement that is being made right now does not count yet.
    let last = low - 1;
    while (last >= 0 && this.#places[last]?.moves === undefined) last--;
    return offset + (this.#places[last]?.moves ?? 0);
  }
}
