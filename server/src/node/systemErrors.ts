// Turns system errors into messages for users.
import { messages, UserError } from '#core/messages.ts';

import { codeOf } from './stored.ts';

function pathIn(error: Error): string | undefined {
  return 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

/** True for errors of the system: a full disk, a file without read permission. */
export function isSystemError(error: unknown): error is Error {
  return (
    error instanceof Error && !(error instanceof UserError) && 'syscall' in error && codeOf(error) !== ''
  );
}

/**
 * Explains a system error; returns any other error unchanged.
 * @param path of the file, if the error does not name it or names a temporary file
 */
export function inWords(error: unknown, path?: string): unknown {
  if (!isSystemError(error)) return error;
  return messages.system(path ?? pathIn(error) ?? 'A file', codeOf(error), error.message);
}
