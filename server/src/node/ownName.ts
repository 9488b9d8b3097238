// Who decides: the name that git commits under, else the name of the account on this machine.
import { execFile } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A git that does not answer is done without. */
const TIMEOUT_MS = 3000;

async function gitName(folder: string): Promise<string> {
  try {
    // Windows looks for programs in the working folder first: that is never the dataset's own.
    const { stdout } = await run('git', ['-C', folder, 'config', 'user.name'], {
      cwd: homedir(),
      timeout: TIMEOUT_MS,
      windowsHide: true,
    });
    return stdout.trim();
  } catch {
    // There is no git here, or it has no name.
    return '';
  }
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry, as containers have.
    return '';
  }
}

/** The name under which decisions in this folder are written down; '' where nobody knows any. */
export async function ownName(folder: string): Promise<string> {
  return (await gitName(folder)) || accountName();
}
