// Ends this process even if its threads are blocked.
import { spawn } from 'node:child_process';

/** Longest time of a normal exit. */
const GRACE_MS = 1500;

/**
 * For the `exit` event. A thread that waits for a hanging file system would keep the process alive, and our own
 * code no longer runs. So another process kills this one, unless it is already gone: it notices that when its
 * input closes, because process ids can be reused.
 */
export function endForSure(): void {
  const code = `process.stdin.on('end',()=>process.exit()).resume();setTimeout(()=>{try{process.kill(${process.pid},'SIGKILL')}finally{process.exit()}},${GRACE_MS})`;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env }).unref();
}
