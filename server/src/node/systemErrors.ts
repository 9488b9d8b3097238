// Failures of the system as people read them.
import { messages, UserError } from '#core/messages.ts';

import { codeOf } from './stored.ts';

function pathIn(error: Error): string | undefined {
  return 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

/** True for what the system refused: a disk that is full, a file that may not be read. */
export function isSystemError(error: unknown): error is Error {
  return (
    error instanceof Error && !(error instanceof UserError) && 'syscall' in error && codeOf(error) !== ''
  );
}

/**
 * A failure of the system in words; anything else as it is.
 * @param path what it was about, where the error does not say so itself or names a temporary file
 */
export function inWords(error: unknown, path?: string): unknown {
  if (!isSystemError(error)) return error;
  return messages.system(path ?? pathIn(error) ?? 'A file', codeOf(error), error.message);
}
