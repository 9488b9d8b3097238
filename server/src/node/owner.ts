// Who a file of unsaved edits belongs to: a process, and whether it still runs.
import { readFileSync } from 'node:fs';

import { isAlive } from './alive.ts';

export interface Owner {
  /** Letters, digits and hyphens. */
  readonly id: string;
  /** True when the owner with this id does not run any more. */
  isGone(id: string): boolean;
  /** Files that the owner writes to, or that it is taking over. */
  readonly inUse: Set<string>;
}

/** When a process started, in ticks since the machine did; '0' where the system does not tell. */
function startOf(pid: number | 'self'): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; 20 fields after it stands the time.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    // Not on Linux, or the process is gone.
    return '0';
  }
}

const own = `${process.pid}-${startOf('self')}`;

/** Numbers of processes are used again: where the system tells when one started, that counts as well. */
export const THIS_PROCESS: Owner = {
  id: own,
  isGone(id) {
    const [pid, start] = id.split('-');
    return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
  },
  inUse: new Set(),
};
