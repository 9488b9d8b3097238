// Copies a file block by block. On Linux, the system's own copy never ends if the file is truncated meanwhile.
import { constants } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';

import { openRegular } from './regularFile.ts';
import { PRIVATE_MODE } from './write.ts';

const BLOCK_BYTES = 4 * 1024 * 1024;

/** After so many bytes the disk is asked to write them, while the copy goes on: the sync at the end then has little left. */
const SYNC_BYTES = 64 * 1024 * 1024;

const CLONE_OR_FAIL = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;

/** Copies to a path that must not exist. Shares blocks if the disk can. Resolves with the number of bytes. */
export async function copyToNew(from: string, to: string, signal: AbortSignal): Promise<number> {
  const isCloned = await copyFile(from, to, CLONE_OR_FAIL).then(
    () => true,
    // Most disks can't. Other errors show again below.
    () => false,
  );
  const input = await openRegular(from);
  let syncing: Promise<unknown> = Promise.resolve();
  try {
    const { size } = await input.stat();
    if (isCloned) return size;
    const output = await open(to, 'wx', PRIVATE_MODE);
    try {
      const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, size + 1));
      for (let [at, asked] = [0, 0]; ;) {
        signal.throwIfAborted();
        const { bytesRead } = await input.read(block, 0, block.length, at);
        if (bytesRead === 0) return at;
        for (let done = 0; done < bytesRead;)
          done += (await output.write(block, done, bytesRead - done, at + done)).bytesWritten;
        at += bytesRead;
        if (at - asked < SYNC_BYTES) continue;
        asked = at;
        // A failure shows again in the sync at the end.
        syncing = syncing.then(async () => output.datasync()).catch(() => undefined);
      }
    } finally {
      await syncing;
      await output.close();
    }
  } finally {
    await input.close();
  }
}
