// A save of pending edits: what changes in the file, and the last moment at which it can be stopped.
import type { Taken } from '#core/edits/pending.ts';
import type { Facts } from '#core/facts/facts.ts';
import type { RecordChange } from '#core/model/record.ts';
import type { RecordAccess } from '#node/access.ts';
import { planChanges } from '#node/changes.ts';
import type { DataFile } from '#node/dataFile.ts';
import type { EditSession } from '#node/editSession.ts';
import { savePlanned } from '#node/save.ts';
import type { Stamp } from '#node/stored.ts';
import { stampOf } from '#node/stored.ts';

/** Where edited records stand in the file, in their order. */
export function changesOf(
  { pending }: Taken,
  facts: Facts | undefined,
  access: RecordAccess | undefined,
): readonly RecordChange[] {
  const { byteStart, byteEnd } = facts?.records ?? {};
  return [...pending]
    .sort((a, b) => a[0] - b[0])
    .map(([record, { bytes }]) => {
      const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
      const lineEnd = bytes ? end : (access?.lineEndAfter(end) ?? end);
      return { raw: { record, byteStart: start, byteEnd: end, lineEnd }, bytes };
    });
}

/** What a save did. */
export interface Saved {
  /** Records that it changed. */
  readonly count: number;
  /** False if the file has to be opened again before it can be shown. */
  readonly isCarried: boolean;
}

/** What was written. Without a stamp, nothing had to be. */
export interface Written {
  readonly isTakenBack: boolean;
  readonly stamp: Stamp | undefined;
}

/**
 * Writes what was taken. Nothing is written where a drop was taken back before the file was replaced: what is pending has
 * to be taken again.
 * @param onLast called when the save cannot be stopped any more
 */
export async function writeTaken(
  session: EditSession,
  file: DataFile,
  taken: Taken,
  changes: readonly RecordChange[],
  onLast: () => void,
  signal: AbortSignal,
): Promise<Written> {
  const isInPlace = changes.every(
    ({ raw, bytes }) => bytes !== null && bytes.length === raw.byteEnd - raw.byteStart,
  );
  const plan = planChanges(file, async () => Promise.resolve(changes), isInPlace);
  let written: Written = { isTakenBack: false, stamp: undefined };
  const verify = async (path: string): Promise<boolean> => {
    if ((await plan.verify?.(path)) === false) return false;
    const stamp = await stampOf(path);
    const isTakenBack = !session.edits.isStillMeant(taken);
    written = { isTakenBack, stamp };
    if (isTakenBack) return false;
    session.saving(stamp);
    onLast();
    return true;
  };
  try {
    await savePlanned(file, { ...plan, verify }, signal);
  } catch (error) {
    if (!written.isTakenBack) throw error;
  }
  return written;
}
