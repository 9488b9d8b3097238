// Identifies the process that owns a file of unsaved edits, and whether it is still running.
import { readFileSync } from 'node:fs';

import { isAlive } from './alive.ts';

export interface Owner {
  /** Letters, digits and hyphens. */
  readonly id: string;
  /** True if the process with this id is no longer running. */
  isGone(id: string): boolean;
  /** Files that the owner writes to or is adopting. */
  readonly inUse: Set<string>;
}

/** Start of a process, in clock ticks since boot; '0' if the system does not tell. */
function startOf(pid: number | 'self'): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may contain anything; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    // Not on Linux, or the process is gone.
    return '0';
  }
}

const own = `${process.pid}-${startOf('self')}`;

/** Process ids are reused, so the id includes the start time if known. */
export const THIS_PROCESS: Owner = {
  id: own,
  isGone(id) {
    const [pid, start] = id.split('-');
    return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
  },
  inUse: new Set(),
};
