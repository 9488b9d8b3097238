// The name for decisions: git's user.name, or the name of the account.
import { homedir, userInfo } from 'node:os';
import { promisify } from 'node:util';

/** After this time we do without git. */
const TIMEOUT_MS = 3000;

async function gitName(folder: string): Promise<string> {
  try {
    // Loaded here: that takes 3 ms, and few commands need a name.
    const { execFile } = await import('node:child_process');
    // Windows searches the working folder for programs first, so it must not be the dataset's.
    const { stdout } = await promisify(execFile)('git', ['-C', folder, 'config', 'user.name'], {
      cwd: homedir(),
      timeout: TIMEOUT_MS,
      windowsHide: true,
    });
    return stdout.trim();
  } catch {
    // There is no git, or it has no name.
    return '';
  }
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // The account has no entry, as in containers.
    return '';
  }
}

/** The user's name for decisions in this folder; '' if unknown. */
export async function ownName(folder: string): Promise<string> {
  return (await gitName(folder)) || accountName();
}
