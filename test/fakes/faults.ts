// Programs whose file operations fail: see faults.mjs.
import { join } from 'node:path';

export interface Fault {
  readonly op: 'open' | 'read' | 'write' | 'sync' | 'rename' | 'stat' | 'readdir' | 'mkdir';
  /** A system error code, or "SIGKILL": the process ends at this point. */
  readonly code: string;
  /** Regular expression. */
  readonly path: string;
  /** Number of such operations that succeed first. */
  readonly after?: number;
}

/** The environment variables that cause the fault in a program. */
export function faultEnvironment(fault: Fault): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'faults.mjs')}`,
    PREFLENS_TEST_FAULT: JSON.stringify(fault),
  };
}
