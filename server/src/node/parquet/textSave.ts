// A table as text with a line per row, and back: finds edited and removed lines, and saves them.
import { findJsonFault } from '#core/json/scan.ts';
import { messages } from '#core/messages.ts';
import type { RecordChange } from '#core/model/record.ts';

import { planChanges } from '../containers/containers.ts';
import type { DataFile } from '../dataFile.ts';
import { savePlanned } from '../save.ts';

/** VS Code does not show larger documents to extensions. */
const MAX_TEXT_BYTES = 50 * 1024 * 1024;

/** All rows of a table as lines. Rejects if there are too many for a text editor. */
export async function readTableText(file: DataFile): Promise<string> {
  const lines: string[] = [];
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const raw of file.records()) {
    if (raw.fault !== undefined) throw messages.notWholeAsText(file.path, raw.record, raw.fault);
    bytes += raw.bytes.length + 1;
    if (bytes > MAX_TEXT_BYTES) throw messages.tooLargeForText(file.path);
    lines.push(decoder.decode(raw.bytes));
  }
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Maps old lines to new ones; undefined for removed lines. Assumes that lines are never moved: an old line that is
 * missing at its place was edited, as long as enough new lines are left.
 */
export function alignLines(
  before: readonly string[],
  after: readonly string[],
): readonly (string | undefined)[] {
  const places = new Map<string, number[]>();
  for (const [i, line] of before.entries()) {
    const own = places.get(line);
    if (own) own.push(i);
    else places.set(line, [i]);
  }
  const aligned: (string | undefined)[] = [];
  let next = 0;
  for (const [i, line] of before.entries()) {
    const now = after[next];
    const spare = before.length - i - (after.length - next);
    // If lines are missing, this may be one of the next old lines.
    const isLater =
      now !== line && places.get(now ?? '')?.some((place) => place > i && place <= i + spare) === true;
    const isGone = spare > 0 && (now === undefined || isLater);
    aligned.push(isGone ? undefined : now);
    if (!isGone) next++;
  }
  return aligned;
}

/**
 * Saves the text of a table and returns the number of changed rows. Rejects with the fault and its place; then
 * nothing is written.
 */
export async function saveTableText(file: DataFile, text: string, signal: AbortSignal): Promise<number> {
  const before = (await readTableText(file)).split('\n').slice(0, -1);
  const after = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (after.length > before.length) throw messages.rowsAdded(file.path, after.length - before.length);
  const encoder = new TextEncoder();
  const changes: RecordChange[] = [];
  alignLines(before, after).forEach((line, record) => {
    if (line === before[record]) return;
    const raw = { record, byteStart: 0, byteEnd: 0, lineEnd: 0 };
    const bytes = line === undefined ? null : encoder.encode(line);
    const fault =
      bytes &&
      (findJsonFault(bytes)?.message ??
        (line?.trim().startsWith('{') ? undefined : 'a row must be an object'));
    if (fault) throw messages.badRowText(file.path, record, fault);
    changes.push({ raw, bytes });
  });
  if (changes.length > 0)
    await savePlanned(
      file,
      planChanges(file, async () => Promise.resolve(changes), false),
      signal,
    );
  return changes.length;
}
