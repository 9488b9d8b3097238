// Errors of the memory file system, in the words of Node's.
const WORDS = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  EPERM: 'operation not permitted',
  EINVAL: 'invalid argument',
  EACCES: 'permission denied',
  EROFS: 'read-only file system',
  EFBIG: 'file too large',
  EIO: 'i/o error',
  EBADF: 'bad file descriptor',
} as const;

export type SystemCode = keyof typeof WORDS;

export function systemError(
  code: SystemCode,
  syscall: string,
  path: string,
  why: string = WORDS[code],
): Error {
  return Object.assign(new Error(`${code}: ${why}, ${syscall} '${path}'`), { code, syscall, path });
}
