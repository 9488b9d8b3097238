// The content of a file before an edit, so that the edit can be undone to the byte.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { messages } from '#core/messages.ts';
import { copyToNew } from '#node/copy.ts';
import { openRegular } from '#node/regularFile.ts';

export interface HeldContent {
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Keeps a file's present content readable. A save replaces the file, so the old one stays on disk as long as it is open. Only
 * Windows, which cannot replace an open file, needs a copy.
 */
export async function holdContent(path: string, signal: AbortSignal): Promise<HeldContent> {
  const folder = process.platform === 'win32' ? await mkdtemp(join(tmpdir(), 'preflens-undo-')) : undefined;
  const held = folder === undefined ? path : join(folder, 'before');
  if (folder !== undefined) await copyToNew(path, held, signal);
  const handle = await openRegular(held);
  const before = await handle.stat();
  return {
    async *bytes() {
      const { size, mtimeMs } = await handle.stat();
      if (size !== before.size || mtimeMs !== before.mtimeMs)
        throw messages.nothingToUndo('another program wrote into the old file');
      yield* handle.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Uint8Array>;
    },
    async close() {
      await handle.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
