// A browser starts no programs. Callers treat it as a program that is not there.
import { systemError } from './system.ts';

type Callback = (error: Error) => void;

export function spawn(program: string): never {
  throw systemError('ENOENT', 'spawn', program);
}

export const fork = spawn;

export function execFile(program: string, ...rest: unknown[]): void {
  (rest.at(-1) as Callback)(systemError('ENOENT', 'spawn', program));
}
