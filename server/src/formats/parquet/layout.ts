// What a save replaces in a file, and where everything else comes to lie.
import type { LateReplacement } from '#core/edits/splice.ts';

/** A change of the file's length: everything from `end` on moves by `by`. */
interface Shift {
  readonly end: number;
  by: number;
}

/** Replacements whose lengths are known once the stream has passed their place. */
export class Layout {
  readonly #shifts: Shift[] = [];
  readonly #replacements: LateReplacement[] = [];

  add(start: number, end: number, make: () => Uint8Array): void {
    const shift: Shift = { end, by: 0 };
    this.#shifts.push(shift);
    this.#replacements.push({
      start,
      end,
      bytes: () => {
        const bytes = make();
        shift.by = bytes.length - (end - start);
        return bytes;
      },
    });
  }

  get replacements(): readonly LateReplacement[] {
    return this.#replacements;
  }

  /** Sorts what was added; to be called once, before the stream begins. */
  settle(): void {
    const order = (a: { readonly end: number }, b: { readonly end: number }): number => a.end - b.end;
    this.#shifts.sort(order);
    this.#replacements.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  /** Where a place of the old file is in the new one. */
  moved(offset: number): number {
    let by = 0;
    for (const shift of this.#shifts) {
      if (shift.end > offset) break;
      by += shift.by;
    }
    return offset + by;
  }
}
