import { HOME, TEMPORARY } from '../places.ts';

/** One worker does everything. */
export const availableParallelism = (): number => 1;

export const homedir = (): string => HOME;

export const tmpdir = (): string => TEMPORARY;

export const hostname = (): string => 'browser';

export const platform = (): string => 'linux';

export const arch = (): string => 'web';

/** What a tab may usually take. */
export const totalmem = (): number => 2 * 2 ** 30;

export function userInfo(): { readonly username: string } {
  return { username: '' };
}

/** A worker of a browser has no priority. */
export const constants = { priority: { PRIORITY_BELOW_NORMAL: 10 } };
export const getPriority = (): number => 0;
export const setPriority = (): void => undefined;
