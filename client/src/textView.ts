// A Parquet file as JSON Lines in a text editor: each row a line. Saved, the cells that differ are written back.
import * as vscode from 'vscode';

import type { Server } from './languageClient.ts';

export const TEXT_SCHEME = 'preflens-text';
const SUFFIX = '.jsonl';

/** The text of a file, as a document of its own. */
export function textUriOf(file: vscode.Uri): vscode.Uri {
  return file.with({ scheme: TEXT_SCHEME, path: file.path + SUFFIX });
}

function fileOf(uri: vscode.Uri): vscode.Uri {
  return uri.with({ scheme: 'file', path: uri.path.slice(0, -SUFFIX.length) });
}

class TextFiles implements vscode.FileSystemProvider {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(server: Server) {
    this.#server = server;
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    const file = fileOf(uri);
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
    return vscode.workspace.fs.stat(fileOf(uri));
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const read = await this.#server.request('preflens/readText', { uri: fileOf(uri).toString() });
    if (!read.ok) throw vscode.FileSystemError.Unavailable(read.why);
    return new TextEncoder().encode(read.value);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(content);
    const written = await this.#server.request('preflens/writeText', { uri: fileOf(uri).toString(), text });
    if (!written.ok) throw vscode.FileSystemError.NoPermissions(written.why);
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions('This is the text of a single file.');
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

/** Opens a Parquet file as text. */
export async function openAsText(file: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(textUriOf(file), { preview: false });
}
