// Which changes are listed, and in which order: by kind, and by their place in each kind.
import type { Description } from './describe.ts';
import type { ChangeKind, Differences } from './differences.ts';
import { kindOf, MOVED, PART_NAMES } from './differences.ts';
import type { VersionTable } from './match.ts';

/** What a person should look at first comes first. */
export const LISTED_KINDS: readonly ChangeKind[] = ['flipped', 'edited', 'added', 'removed', 'moved'];

/** A change, by records of both versions; −1 for none. */
export interface ListedChange {
  readonly kind: ChangeKind;
  readonly change: number;
  readonly old: number;
  readonly now: number;
}

/** The first changes of each kind. */
export function* listChanges({ changes, ofNew, ofOld }: Differences, max: number): Generator<ListedChange> {
  for (const kind of LISTED_KINDS) {
    let count = 0;
    if (kind === 'removed') {
      for (let old = 0; old < ofOld.length && count < max; old++)
        if ((ofOld[old] ?? 0) < 0) {
          count++;
          yield { kind, change: 0, old, now: -1 };
        }
      continue;
    }
    for (let now = 0; now < changes.length && count < max; now++) {
      const change = changes[now] ?? 0;
      if (change === 0 || kindOf(change) !== kind) continue;
      count++;
      yield { kind, change, old: ofNew[now] ?? -1, now };
    }
  }
}

/** A record's place in its file. */
export interface ChangePlace {
  /** From 0. */
  readonly record: number;
  /** From 1. */
  readonly line: number;
}

/** A change with what it did, for a report. */
export interface ChangeEntry extends Description {
  readonly kind: ChangeKind;
  readonly isMoved: boolean;
  readonly old: ChangePlace | undefined;
  readonly now: ChangePlace | undefined;
}

function placeOf({ columns }: VersionTable, record: number): ChangePlace | undefined {
  return record < 0 ? undefined : { record, line: (columns.line[record] ?? 0) + 1 };
}

export function entryOf(
  old: VersionTable,
  now: VersionTable,
  listed: ListedChange,
  description: Description,
): ChangeEntry {
  return {
    ...description,
    kind: listed.kind,
    isMoved: (listed.change & MOVED) !== 0,
    old: placeOf(old, listed.old),
    now: placeOf(now, listed.now),
  };
}

/** Names of the parts that a change says are different. */
export function partsOf(change: number): readonly string[] {
  return PART_NAMES.flatMap(([bit, name]) => ((change & bit) === 0 ? [] : [name]));
}
