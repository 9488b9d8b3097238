// The end of a process, whatever its threads wait for.
import { spawn } from 'node:child_process';

/** What an ordinary end takes at most. */
const GRACE_MS = 1500;

/**
 * For the `exit` event. A thread that waits for a file system that does not answer would keep the process for ever, and no
 * code of the process runs any more: so another one ends it, unless it is gone before. That one sees so by its own input,
 * which closes with this process: the number of a process may be given to another one meanwhile.
 */
export function endForSure(): void {
  const code = `process.stdin.on('end',()=>process.exit()).resume();setTimeout(()=>{try{process.kill(${process.pid},'SIGKILL')}finally{process.exit()}},${GRACE_MS})`;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env }).unref();
}
