// Priority of a thread among all of the system.
import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Lowers the priority of this thread, where a thread has one of its own: on Linux. It can't be raised again. */
export function giveWay(): void {
  try {
    // "<process>/task/<thread>"
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (thread > 0)
      setPriority(thread, Math.max(getPriority(thread), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // Elsewhere it works like the others.
  }
}
