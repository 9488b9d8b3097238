// Two versions of a dataset as texts, compared as `preflens diff` does.
import type { Differences } from '#core/history/differences.ts';
import { differencesOf } from '#core/history/differences.ts';
import type { ChangeEntry } from '#core/history/listing.ts';
import { listChanges } from '#core/history/listing.ts';
import { openFile } from '#node/files.ts';
import { entriesOf, readingsOf, readVersion } from '#node/versions.ts';

import { never } from './files.ts';
import { HERE } from './threads.ts';

export interface Compared {
  readonly found: Differences;
  readonly entries: readonly ChangeEntry[];
}

export async function compareFiles(oldPath: string, newPath: string): Promise<Compared> {
  const [before, after] = [await openFile(oldPath), await openFile(newPath)];
  const readings = await readingsOf(
    { file: before, settingsPath: oldPath },
    { file: after, settingsPath: newPath },
  );
  const options = { ranges: HERE, signal: never };
  const old = {
    version: await readVersion(before, readings.old, options),
    records: before.records,
    reading: readings.old,
  };
  const now = {
    version: await readVersion(after, readings.now, options),
    records: after.records,
    reading: readings.now,
  };
  const found = differencesOf(old.version, now.version);
  const entries: ChangeEntry[] = [];
  for await (const entry of entriesOf(old, now, listChanges(found, Infinity), never)) entries.push(entry);
  return { found, entries };
}
