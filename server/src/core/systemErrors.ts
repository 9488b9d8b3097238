// What a failure of the system means in plain words, and what to do about it, by its code.

interface Words {
  readonly what: string;
  readonly todo: string;
}

const RIGHTS: Words = {
  what: 'the system does not permit it',
  todo: 'Check the permissions of the file and of its folder',
};

const MANY_FILES: Words = {
  what: 'too many files are open at once',
  todo: 'Close other programs, or raise the limit (ulimit -n)',
};

const NO_ROOM: Words = { what: 'there is no room on the disk', todo: 'Make room and try again' };

const NETWORK: Words = {
  what: 'the disk or its network does not answer',
  todo: 'Check the connection and try again',
};

const BY_CODE: Readonly<Record<string, Words>> = {
  ENOSPC: NO_ROOM,
  EDQUOT: { what: 'your share of the disk is used up', todo: 'Make room and try again' },
  EFBIG: {
    what: 'there is no room on the disk: the file is larger than this system allows',
    todo: 'Split it, or raise the limit (ulimit -f)',
  },
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: { what: 'the disk can only be read', todo: 'Choose a place that can be written to' },
  EBUSY: {
    what: 'another program uses it, or it is mounted by itself, as in a container',
    todo: 'Close that program, or mount the folder in the place of the file',
  },
  ETXTBSY: { what: 'it runs as a program', todo: 'End it and try again' },
  EXDEV: {
    what: 'the file and its folder lie on different disks',
    todo: 'Mount the folder in the place of the file, or choose another place',
  },
  EIO: { what: 'the disk reports a fault', todo: 'Check the disk, and copy what can still be read' },
  EMFILE: MANY_FILES,
  ENFILE: MANY_FILES,
  ENOENT: { what: 'there is no such file or folder', todo: 'Check the path' },
  ENOTDIR: { what: 'a file stands where a folder is needed', todo: 'Check the path' },
  EISDIR: { what: 'this is a folder, and a file is needed', todo: 'Check the path' },
  EEXIST: { what: 'something else stands there', todo: 'Remove it, or choose another place' },
  ENOTEMPTY: { what: 'the folder is not empty', todo: 'Empty it, or choose another place' },
  ELOOP: { what: 'links lead in a circle', todo: 'Correct the links' },
  ENAMETOOLONG: { what: 'the name is too long', todo: 'Choose a shorter one' },
  ENOMEM: { what: 'the machine has no memory left', todo: 'Close other programs and try again' },
  EAGAIN: { what: 'the system is too busy', todo: 'Try again' },
  ENXIO: { what: 'the device does not answer', todo: 'Check the device' },
  ENODEV: { what: 'the device is gone', todo: 'Check the device' },
  ESTALE: NETWORK,
  ETIMEDOUT: NETWORK,
  ECONNRESET: NETWORK,
  EHOSTDOWN: NETWORK,
  EINVAL: { what: 'the system refuses such a file', todo: 'Choose another place' },
  ENOTSUP: { what: 'this disk cannot do it', todo: 'Choose another place' },
};

/** Two sentences, without an end between them: what happened, and what to do. */
export function systemErrorMessage(code: string, detail: string): Words {
  return BY_CODE[code] ?? { what: `the system says: ${detail}`, todo: 'Try again, or choose another place' };
}
