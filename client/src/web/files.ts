// VS Code's file system for a server that has no other: whole files, read and replaced.
import * as vscode from 'vscode';

import { errorMessage } from '#core/words/errorMessage.ts';
import type { FileFault, FileReply } from '#protocol/editor/web.ts';

import type { Server } from '../server.ts';
import { fileAt } from '../uris.ts';

const { fs } = vscode.workspace;

const FAULTS: Readonly<Record<string, FileFault>> = {
  FileNotFound: 'ENOENT',
  EntryNotFound: 'ENOENT',
  FileIsADirectory: 'EISDIR',
  FileNotADirectory: 'ENOTDIR',
  NoPermissions: 'EACCES',
};

async function replyOf<T>(work: () => PromiseLike<T>): Promise<FileReply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const code = error instanceof vscode.FileSystemError ? (FAULTS[error.code] ?? 'EIO') : 'EIO';
    return { ok: false, code, why: errorMessage(error) };
  }
}

const isFolder = (type: vscode.FileType): boolean => (type & vscode.FileType.Directory) !== 0;

/** Answers the server's requests for files. */
export function answerFiles(server: Server): vscode.Disposable {
  return vscode.Disposable.from(
    server.answer('preflens/statFile', async ({ path }) =>
      replyOf(async () => {
        const { type, size, mtime } = await fs.stat(fileAt(path));
        return { isFolder: isFolder(type), size, mtime };
      }),
    ),
    server.answer('preflens/readFile', async ({ path }) => replyOf(async () => fs.readFile(fileAt(path)))),
    server.answer('preflens/readFolder', async ({ path }) =>
      replyOf(async () => {
        const found = await fs.readDirectory(fileAt(path));
        return found.map(([name, type]) => [name, isFolder(type)] as const);
      }),
    ),
    server.answer('preflens/replaceFile', async ({ path, bytes }) => {
      const file = fileAt(path);
      if (fs.isWritableFileSystem(file.scheme) === false)
        return { ok: false, code: 'EROFS', why: 'this workspace is read-only' };
      return replyOf(async () => {
        await fs.writeFile(file, bytes);
        return null;
      });
    }),
    server.answer('preflens/removeFile', async ({ path }) =>
      replyOf(async () => {
        await fs.delete(fileAt(path));
        return null;
      }),
    ),
  );
}
