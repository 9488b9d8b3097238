// Two versions of a dataset that come from a third one, merged record by record. What only one side changed is taken;
// what both changed differently is a conflict. Rows are named, not texts: the caller holds the bytes.
import { isSameWhole } from './differences.ts';
import { longestRising } from './longestRising.ts';
import type { Matched, VersionTable } from './match.ts';
import { matchVersions } from './match.ts';
import { DIGEST_WORDS } from './versionKeys.ts';

/** A version whose records are also known byte for byte, with the blank lines before them and their line ends. */
export interface MergeVersion extends VersionTable {
  /** Digests of those bytes, DIGEST_WORDS for each record. */
  readonly bytes: Uint32Array;
}

export type MergeSide = 'ours' | 'theirs';

/** A record of the result; or a conflict, where −1 means that a side dropped the record. */
export type MergePiece =
  | { readonly kind: 'record'; readonly side: MergeSide; readonly row: number }
  | { readonly kind: 'conflict'; readonly ours: number; readonly theirs: number };

const GONE = undefined;

function isSameBytes(a: MergeVersion, row: number, b: MergeVersion, other: number): boolean {
  for (let i = 0; i < DIGEST_WORDS; i++)
    if (a.bytes[DIGEST_WORDS * row + i] !== b.bytes[DIGEST_WORDS * other + i]) return false;
  return true;
}

interface Sides {
  readonly base: MergeVersion;
  readonly ours: MergeVersion;
  readonly theirs: MergeVersion;
}

/** What becomes of a record that the base has, given where it is on each side (−1: dropped). */
function decide(
  { base, ours, theirs }: Sides,
  row: number,
  our: number,
  their: number,
): MergePiece | undefined {
  const take = (side: MergeSide): MergePiece => ({
    kind: 'record',
    side,
    row: side === 'ours' ? our : their,
  });
  const conflict: MergePiece = { kind: 'conflict', ours: our, theirs: their };
  if (our < 0 && their < 0) return GONE;
  // Who only writes it in another way does not object to the drop.
  if (our < 0) return isSameWhole(base, row, theirs, their) ? GONE : conflict;
  if (their < 0) return isSameWhole(base, row, ours, our) ? GONE : conflict;
  if (isSameBytes(ours, our, theirs, their) || isSameBytes(theirs, their, base, row)) return take('ours');
  if (isSameBytes(ours, our, base, row)) return take('theirs');
  // Both wrote other bytes. Saying something else wins over spelling it in another way.
  if (isSameWhole(ours, our, theirs, their) || isSameWhole(theirs, their, base, row)) return take('ours');
  return isSameWhole(ours, our, base, row) ? take('theirs') : conflict;
}

/** Some records changed their order. */
function isReordered({ ofNew }: Matched): boolean {
  const inOrder = longestRising(ofNew);
  return ofNew.some((was, row) => was >= 0 && inOrder[row] !== 1);
}

/** Rows that a side added. */
function addedRows({ ofNew }: Matched): Int32Array {
  const rows: number[] = [];
  ofNew.forEach((was, row) => {
    if (was < 0) rows.push(row);
  });
  return Int32Array.from(rows);
}

/** Records that both sides added: for each of the follower's rows, the leader's row, or −1. */
function sharedAdditions(
  leader: VersionTable,
  leaderRows: Int32Array,
  follower: VersionTable,
  followerRows: Int32Array,
): Int32Array {
  const shared = new Int32Array(follower.count).fill(-1);
  const byDigest = new Map<string, number[]>();
  const digestOf = ({ columns }: VersionTable, row: number): string =>
    columns.whole.subarray(DIGEST_WORDS * row, DIGEST_WORDS * (row + 1)).join(' ');
  // From the last to the first, so that the first is taken first.
  for (const row of leaderRows.toReversed()) {
    const digest = digestOf(leader, row);
    const rows = byDigest.get(digest);
    if (rows) rows.push(row);
    else byDigest.set(digest, [row]);
  }
  for (const row of followerRows) shared[row] = byDigest.get(digestOf(follower, row))?.pop() ?? -1;
  return shared;
}

/**
 * The records of the result in order: that of ours, unless theirs alone changed the order. Records that the other side
 * added stand after the same neighbour as there, behind those that were added in the same place.
 */
export function* mergeVersions(sides: Sides): Generator<MergePiece> {
  const { base, ours, theirs } = sides;
  const [toOurs, toTheirs] = [matchVersions(base, ours), matchVersions(base, theirs)];
  const leads: MergeSide = !isReordered(toOurs) && isReordered(toTheirs) ? 'theirs' : 'ours';
  const follows: MergeSide = leads === 'ours' ? 'theirs' : 'ours';
  const matches = { ours: toOurs, theirs: toTheirs };
  const [leading, following] = [matches[leads], matches[follows]];
  const decisionFor = (row: number): MergePiece | undefined =>
    decide(sides, row, toOurs.ofOld[row] ?? -1, toTheirs.ofOld[row] ?? -1);
  const shared = sharedAdditions(sides[leads], addedRows(leading), sides[follows], addedRows(following));

  // What the follower has and the leader has not, by the leader's row before it; −1 for the start.
  const inserted = new Map<number, MergePiece[]>();
  const isShared = new Uint8Array(sides[leads].count);
  let anchor = -1;
  for (let row = 0; row < sides[follows].count; row++) {
    const was = following.ofNew[row] ?? -1;
    const there = was < 0 ? (shared[row] ?? -1) : (leading.ofOld[was] ?? -1);
    if (there >= 0) {
      anchor = there;
      if (was < 0) isShared[there] = 1;
      continue;
    }
    const piece: MergePiece | undefined = was < 0 ? { kind: 'record', side: follows, row } : decisionFor(was);
    if (!piece) continue;
    const own = inserted.get(anchor);
    if (own) own.push(piece);
    else inserted.set(anchor, [piece]);
  }

  let waiting = inserted.get(-1) ?? [];
  for (let row = 0; row < sides[leads].count; row++) {
    const was = leading.ofNew[row] ?? -1;
    const isOwnAddition = was < 0 && isShared[row] !== 1;
    if (!isOwnAddition) {
      yield* waiting;
      waiting = [];
    }
    const piece: MergePiece | undefined = was < 0 ? { kind: 'record', side: leads, row } : decisionFor(was);
    if (piece) yield piece;
    const here = inserted.get(row);
    if (here) waiting = waiting.length === 0 ? here : [...waiting, ...here];
  }
  yield* waiting;
}
