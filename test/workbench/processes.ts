// The processes of a workbench window, as the system sees them (Linux).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Window } from './window.ts';

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** What a system file of a process says; empty if the process has ended. */
function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Processes of the window's server: each has the folder of its settings in its environment. */
export function processesOf({ home }: Window): Process[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && readProc(pid, 'environ').includes(join(home, 'config')))
    .map((pid) => ({ pid, command: readProc(pid, 'cmdline').replaceAll('\0', ' ') }));
}

export const isOurs = ({ command }: Process): boolean => /extensions\/preflens[^ ]*\/dist\//.test(command);
export const isServer = (one: Process): boolean => isOurs(one) && one.command.includes('/server.js');
export const isScorer = (one: Process): boolean => isOurs(one) && one.command.includes('scorer.js');
export const isHost = ({ command }: Process): boolean => command.includes('--type=extensionHost');

export const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1000;

export function openFilesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
