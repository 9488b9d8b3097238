// A file as git holds it in a revision, copied to a folder of its own. Git runs nothing that a repository names: it
// reads one object from the disk, without filters, and fetches nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';

import { messages } from '#core/messages.ts';

import { codeOf } from './stored.ts';
import { writeWhole } from './write.ts';

/** Characters of git's message that ours repeats. */
const MAX_SAID = 400;

export interface GitFile {
  readonly path: string;
  /** Deletes the copy. */
  readonly done: () => Promise<void>;
}

/** Rejects if there is no such file in the revision, or no git. */
export async function gitFile(path: string, revision: string, signal: AbortSignal): Promise<GitFile> {
  // It would be an option.
  if (revision.startsWith('-') || revision === '')
    throw messages.noRevision(path, revision, 'no revision has this name');
  const full = resolve(path);
  const folder = await mkdtemp(join(tmpdir(), 'preflens-git-'));
  const done = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  const copy = join(folder, basename(full));
  try {
    const child = spawn('git', ['-C', dirname(full), 'cat-file', 'blob', `${revision}:./${basename(full)}`], {
      // Windows searches the working folder for programs first, so it must not be the dataset's.
      cwd: homedir(),
      env: { ...process.env, GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      signal,
    });
    // Node throws away what nobody reads when the program ends, and the draft begins a moment later.
    const content = child.stdout.pipe(new PassThrough());
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < MAX_SAID) said += text;
    });
    const [[code]] = (await Promise.all([
      once(child, 'close'),
      writeWhole(copy, content, { isExpendable: true, mode: 0o600, signal }),
    ])) as [[number | null], unknown];
    if (code !== 0) throw messages.noRevision(path, revision, said.slice(0, MAX_SAID).trim());
    return { path: copy, done };
  } catch (error) {
    await done();
    if (signal.aborted) throw signal.reason;
    throw codeOf(error) === 'ENOENT' ? messages.noGit(path) : error;
  }
}
