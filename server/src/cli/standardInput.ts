// Copies standard input to a file, because dataset checks read it several times.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeWhole } from '#node/write.ts';

/** Its name in reports. */
const SHOWN = 'standard input';

export interface Spooled {
  /** The paths, with that file in place of "-". */
  readonly paths: readonly string[];
  readonly shownAs: ReadonlyMap<string, string>;
  /** A message without the name of that file. In commands, FILE stands for a file that the person saves. */
  readonly said: (message: string) => string;
  /** Deletes the file. */
  readonly done: () => Promise<void>;
}

export async function spoolStandardInput(paths: readonly string[], signal: AbortSignal): Promise<Spooled> {
  if (!paths.includes('-'))
    return { paths, shownAs: new Map(), said: (message) => message, done: async () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'preflens-'));
  const path = join(folder, 'stdin.jsonl');
  const done = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await writeWhole(path, process.stdin, { isExpendable: true, mode: 0o600, signal });
  } catch (error) {
    await done();
    throw signal.aborted ? (signal.reason as Error) : error;
  }
  const said = (message: string): string =>
    message
      .replaceAll(/--out (\S+)/g, (whole, out: string) =>
        out.startsWith(folder) ? '--out FILE.jsonl' : whole,
      )
      .replaceAll(/preflens (\w+) (\S+)/g, (whole, name: string, file: string) =>
        file === path ? `preflens ${name} FILE` : whole,
      )
      .replaceAll(path, SHOWN);
  return {
    paths: paths.map((one) => (one === '-' ? path : one)),
    shownAs: new Map([[path, SHOWN]]),
    said,
    done,
  };
}
