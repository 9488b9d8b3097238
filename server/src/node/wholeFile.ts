// Files that are there whole or not at all.
import { open, rename, rm } from 'node:fs/promises';

/** Writes a file beside its place, syncs it and renames it. What was there before stays when that fails. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'w');
  try {
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
