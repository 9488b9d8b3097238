// Programs whose file operations fail: see faults.mjs.
import { join } from 'node:path';

export interface Fault {
  readonly op: 'open' | 'read' | 'write' | 'sync' | 'rename' | 'stat' | 'readdir' | 'mkdir';
  /** Of the system, or "SIGKILL": the process ends at this moment. */
  readonly code: string;
  /** Regular expression. */
  readonly path: string;
  /** So many such operations succeed first. */
  readonly after?: number;
}

/** The environment in which a program meets the fault. */
export function faultEnvironment(fault: Fault): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'faults.mjs')}`,
    PREFLENS_TEST_FAULT: JSON.stringify(fault),
  };
}
