// A save of pending edits: the changes of the file, and the last moment to stop.
import type { Survey } from '#core/dataset/survey.ts';
import { placesOf } from '#core/dataset/survey.ts';
import { removals } from '#core/edits/drops.ts';
import type { Taken } from '#core/edits/pending.ts';
import type { RecordChange } from '#core/model/record.ts';
import { lineStartsOf } from '#formats/lines.ts';
import type { RecordAccess } from '#node/containers/container.ts';
import { planChanges } from '#node/containers/containers.ts';
import type { DataFile } from '#node/dataFile.ts';
import type { EditSession } from '#node/editSession.ts';
import { savePlanned } from '#node/save.ts';
import type { Stamp } from '#node/stored.ts';
import { stampOf } from '#node/stored.ts';

function lineEndsIn(bytes: Uint8Array): number {
  return lineStartsOf(bytes).length - 1;
}

/** The edited records and their places in the file, in file order. */
export function changesOf(
  { pending }: Taken,
  survey: Survey | undefined,
  access: RecordAccess | undefined,
  isDocument: boolean,
): readonly RecordChange[] {
  const { byteStart, byteEnd } = survey?.facts.records ?? {};
  const removedWith =
    isDocument && survey && removals(placesOf(survey), (record) => pending.get(record)?.bytes === null);
  return [...pending]
    .sort((a, b) => a[0] - b[0])
    .map(([record, { bytes }]) => {
      const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
      const raw = { record, byteStart: start, byteEnd: end, lineEnd: end };
      if (isDocument && bytes) {
        const before = access?.bytesOf(record, start, end) ?? bytes;
        return { raw, bytes, moreLines: lineEndsIn(bytes) - lineEndsIn(before) };
      }
      const removed = bytes === null && removedWith ? removedWith(record) : undefined;
      if (removed) {
        const gone = access?.bytesOf(record, removed.start, removed.end);
        return { raw, bytes, removed, ...(gone && { moreLines: -lineEndsIn(gone) }) };
      }
      return { raw: { ...raw, lineEnd: bytes ? end : (access?.lineEndAfter(end) ?? end) }, bytes };
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
 * Writes the taken edits. If a drop was undone before the rename, it writes nothing, and the caller takes the pending
 * edits again.
 * @param onLast called when the save can no longer be stopped
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
