// Standard input as a file: checks of a dataset read it several times.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeWhole } from '#node/write.ts';

/** What it is called in reports. */
const SHOWN = 'standard input';

export interface Spooled {
  /** The paths, with a file in the place of "-". */
  readonly paths: readonly string[];
  readonly shownAs: ReadonlyMap<string, string>;
  /** Removes the file. */
  readonly done: () => Promise<void>;
}

export async function spoolStandardInput(paths: readonly string[], signal: AbortSignal): Promise<Spooled> {
  if (!paths.includes('-')) return { paths, shownAs: new Map(), done: async () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'preflens-'));
  const path = join(folder, 'stdin.jsonl');
  const done = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await writeWhole(path, process.stdin, { isExpendable: true, mode: 0o600, signal });
  } catch (error) {
    await done();
    throw signal.aborted ? (signal.reason as Error) : error;
  }
  return { paths: paths.map((one) => (one === '-' ? path : one)), shownAs: new Map([[path, SHOWN]]), done };
}
