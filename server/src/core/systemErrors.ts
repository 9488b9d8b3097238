// Explains system errors by their code: what failed, and what to do.

interface Explanation {
  readonly what: string;
  readonly todo: string;
}

const RIGHTS: Explanation = {
  what: 'access is denied',
  todo: 'Check the permissions of the file and of its folder',
};

const MANY_FILES: Explanation = {
  what: 'too many files are open at once',
  todo: 'Close other programs, or raise the limit (ulimit -n)',
};

const NO_ROOM: Explanation = { what: 'the disk is full', todo: 'Free some space and try again' };

const NETWORK: Explanation = {
  what: 'the disk or its network does not respond',
  todo: 'Check the connection and try again',
};

const BY_CODE: Readonly<Record<string, Explanation>> = {
  ENOSPC: NO_ROOM,
  EDQUOT: { what: 'your disk quota is used up', todo: 'Free some space and try again' },
  EFBIG: {
    what: 'the file is larger than this system allows',
    todo: 'Split it, or raise the limit (ulimit -f)',
  },
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: { what: 'the disk is read-only', todo: 'Choose a writable location' },
  EBUSY: {
    what: 'another program uses it, or it is a mount point, as in a container',
    todo: 'Close that program, or mount the folder instead of the file',
  },
  ETXTBSY: { what: 'it is running as a program', todo: 'Stop it and try again' },
  EXDEV: {
    what: 'the file and its folder are on different disks',
    todo: 'Mount the folder instead of the file, or choose another location',
  },
  EIO: { what: 'the disk reports an error', todo: 'Check the disk, and copy what can still be read' },
  EMFILE: MANY_FILES,
  ENFILE: MANY_FILES,
  ENOENT: { what: 'there is no such file or folder', todo: 'Check the path' },
  ENOTDIR: { what: 'part of the path is a file, not a folder', todo: 'Check the path' },
  EISDIR: { what: 'this is a folder, not a file', todo: 'Check the path' },
  EEXIST: { what: 'something else with this name exists', todo: 'Remove it, or choose another location' },
  ENOTEMPTY: { what: 'the folder is not empty', todo: 'Empty it, or choose another location' },
  ELOOP: { what: 'the links form a cycle', todo: 'Correct the links' },
  ENAMETOOLONG: { what: 'the name is too long', todo: 'Choose a shorter one' },
  ENOMEM: { what: 'the machine is out of memory', todo: 'Close other programs and try again' },
  EAGAIN: { what: 'the system is too busy', todo: 'Try again' },
  ENXIO: { what: 'the device does not respond', todo: 'Check the device' },
  ENODEV: { what: 'the device is gone', todo: 'Check the device' },
  ESTALE: NETWORK,
  ETIMEDOUT: NETWORK,
  ECONNRESET: NETWORK,
  EHOSTDOWN: NETWORK,
  EINVAL: { what: 'the system rejects this file', todo: 'Choose another location' },
  ENOTSUP: { what: 'this disk does not support it', todo: 'Choose another location' },
};

/** Two sentences without full stops: what happened, and what to do. */
export function systemErrorMessage(code: string, detail: string): Explanation {
  return (
    BY_CODE[code] ?? { what: `the system says: ${detail}`, todo: 'Try again, or choose another location' }
  );
}
