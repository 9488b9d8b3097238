// A Parquet file as JSON Lines in a text editor, a line for each row. A save writes back the cells that differ.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

import type { Server } from '../server.ts';
import { tableOfText, TEXT_SCHEME } from '../uris.ts';

class TextFiles implements vscode.FileSystemProvider {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    const file = tableOfText(uri);
    const pattern = new vscode.RelativePattern(
      vscode.Uri.joinPath(file, '..'),
      file.path.split('/').at(-1) ?? '',
    );
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    watcher.onDidChange(() => {
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    });
    return watcher;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return vscode.workspace.fs.stat(tableOfText(uri));
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const read = await this.#server.request('preflens/readText', { uri: tableOfText(uri).toString() });
    if (!read.ok) throw vscode.FileSystemError.Unavailable(read.why);
    return new TextEncoder().encode(read.value);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(content);
    const written = await this.#server.request('preflens/writeText', {
      uri: tableOfText(uri).toString(),
      text,
    });
    if (!written.ok) throw vscode.FileSystemError.NoPermissions(written.why);
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions(
      t('A Parquet file as text has no folders, and can be neither renamed nor deleted.'),
    );
  }

  delete(): void {
    this.createDirectory();
  }

  rename(): void {
    this.createDirectory();
  }
}

export function serveText(server: Server): vscode.Disposable {
  return vscode.workspace.registerFileSystemProvider(TEXT_SCHEME, new TextFiles(server), {
    isCaseSensitive: true,
  });
}
