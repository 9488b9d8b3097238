// Bytes of an open file as the readers of tables take them.
import { readSync } from 'node:fs';

import type { ByteSource } from '#formats/bytes.ts';

/**
 * Synchronous reads: a page comes from the system's cache within a millisecond.
 * @param tooShort what to throw if another program shortened the file
 */
export function byteSourceOf(handle: number, size: number, tooShort: () => Error): ByteSource {
  return {
    size,
    read(start, end, into) {
      const length = end - start;
      const bytes = into && length <= into.length ? into.subarray(0, length) : new Uint8Array(length);
      for (let done = 0; done < bytes.length;) {
        const read = readSync(handle, bytes, done, bytes.length - done, start + done);
        if (read === 0) throw tooShort();
        done += read;
      }
      return bytes;
    },
  };
}
