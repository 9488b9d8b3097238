// An open file beside an earlier version of it: what happened to each record. It follows edits, so a flip that is taken
// back is no change.
import type { ChangeKind } from '#core/history/differences.ts';
import type { Differences } from '#core/history/differences.ts';
import { ADDED, changeBetween, countChanges, differencesOf, MOVED } from '#core/history/differences.ts';
import type { Version, VersionReading } from '#core/history/versionKeys.ts';
import { DIGEST_WORDS } from '#core/history/versionKeys.ts';
import type { RawRecord } from '#core/model/record.ts';
import { digestWords } from '#node/digest.ts';

import type { Carried } from './sources/resurvey.ts';

/** Renumbering keeps the order, so if both ends stay, all records between them do. */
function staysInPlace({ renumber, survey }: Pick<Carried, 'renumber' | 'survey'>, count: number): boolean {
  const last = count - 1;
  const isSame = (record: number): boolean => renumber(record) < 0 || renumber(record) === record;
  return survey.facts.recordCount === count && isSame(0) && isSame(last);
}

const wholeOf = ({ columns }: Version, row: number): string =>
  columns.whole.subarray(DIGEST_WORDS * row, DIGEST_WORDS * (row + 1)).join(' ');

export class EarlierVersion {
  /** What people call it. */
  readonly name: string;
  readonly #reading: VersionReading;
  readonly #old: Version;
  #now: Version;
  readonly #ofOld: Int32Array;
  #ofNew: Int32Array;
  #changes: Uint16Array;

  /** @param isKnown false for a record that could not be read, or waits to be dropped: nothing is said of it */
  constructor(
    name: string,
    reading: VersionReading,
    old: Version,
    now: Version,
    isKnown: (record: number) => boolean,
  ) {
    const { ofOld, ofNew, changes } = differencesOf(old, now);
    this.name = name;
    this.#reading = reading;
    this.#old = old;
    this.#now = now;
    this.#ofOld = ofOld;
    this.#ofNew = ofNew;
    this.#changes = changes.map((change, record) => (isKnown(record) ? change : 0));
  }

  /** By record. */
  get changes(): Uint16Array {
    return this.#changes;
  }

  get counts(): Readonly<Record<ChangeKind, number>> {
    return countChanges(this.#changes, this.#ofOld);
  }

  get found(): Differences {
    return { ofOld: this.#ofOld, ofNew: this.#ofNew, changes: this.#changes, counts: this.counts };
  }

  /** Follows the records through an edit. */
  carry(carried: Carried, rawRecord: (record: number) => RawRecord | undefined): void {
    const before = this.#ofNew;
    const moved = this.#changes.map((change) => change & MOVED);
    const lost: number[] = [];
    for (let record = 0; record < before.length; record++)
      if (carried.renumber(record) < 0) lost.push(record);
    if (!staysInPlace(carried, before.length)) this.#renumber(carried);
    const changed = [...carried.changed].sort((a, b) => a - b);
    const gone = new Set<number>();
    for (const record of changed) {
      const raw = rawRecord(record);
      // It waits to be dropped.
      if (!raw || (raw.bytes.length === 0 && raw.fault === undefined)) gone.add(record);
      else this.#now.replace(record, raw, this.#reading, digestWords);
    }
    const left = lost.map((record) => ({ was: before[record] ?? -1, moved: moved[record] ?? 0 }));
    for (const { was } of left) if (was >= 0) this.#ofOld[was] = -1;
    let unmatched: ReadonlyMap<string, number[]> | undefined;
    // As many records as before: they are the same ones, edited.
    const isPaired = changed.length === left.length;
    changed.forEach((record, i) => {
      if (gone.has(record)) {
        this.#ofNew[record] = -1;
        this.#changes[record] = 0;
        return;
      }
      const own = isPaired ? left[i] : undefined;
      const was =
        own && own.was >= 0 ? own.was : this.#takeUnmatched((unmatched ??= this.#unmatched()), record);
      this.#ofNew[record] = was;
      if (was >= 0) this.#ofOld[was] = record;
      this.#changes[record] =
        was < 0 ? ADDED : changeBetween(this.#old, was, this.#now, record) | (own?.moved ?? 0);
    });
  }

  /** Old records that are gone, by what they say; of equal ones, the first comes last. */
  #unmatched(): ReadonlyMap<string, number[]> {
    const left = new Map<string, number[]>();
    for (let old = this.#ofOld.length - 1; old >= 0; old--) {
      if ((this.#ofOld[old] ?? 0) >= 0) continue;
      const whole = wholeOf(this.#old, old);
      const rows = left.get(whole);
      if (rows) rows.push(old);
      else left.set(whole, [old]);
    }
    return left;
  }

  /** An old record that is gone and was as this one is now; −1 if there is none. */
  #takeUnmatched(unmatched: ReadonlyMap<string, number[]>, record: number): number {
    const rows = unmatched.get(wholeOf(this.#now, record)) ?? [];
    // An edit of the same batch may have taken one meanwhile.
    for (let old = rows.pop(); old !== undefined; old = rows.pop())
      if ((this.#ofOld[old] ?? 0) < 0) return old;
    return -1;
  }

  #renumber({ renumber, survey }: Carried): void {
    const { recordCount } = survey.facts;
    const rows = new Int32Array(recordCount).fill(-1);
    for (let record = 0; record < this.#ofNew.length; record++) {
      const now = renumber(record);
      if (now >= 0) rows[now] = record;
    }
    this.#now = this.#now.pick(rows);
    const [ofNew, changes] = [this.#ofNew, this.#changes];
    this.#ofNew = rows.map((row) => (row < 0 ? -1 : (ofNew[row] ?? -1)));
    this.#changes = Uint16Array.from(rows, (row) => (row < 0 ? 0 : (changes[row] ?? 0)));
    this.#ofNew.forEach((was, record) => {
      if (was >= 0) this.#ofOld[was] = record;
    });
  }
}
