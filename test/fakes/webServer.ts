// The built server for browsers in a worker of Node that has what a worker of a browser has, and an editor whose files
// are in memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { Message } from 'vscode-jsonrpc/node';
import { AbstractMessageReader, AbstractMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';

import type { FileFault, FileReply, FileState, WebHome } from '#protocol/editor/web.ts';

import { PlainClient } from './client.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'dist', 'web-server.js');

/** What browsers call by these names. They give shared memory to few pages, so there is none. */
const PRELUDE = `
const { parentPort, Worker: NodeWorker, workerData } = require('node:worker_threads');
delete globalThis.SharedArrayBuffer;
Object.assign(globalThis, {
  name: workerData.name,
  location: { href: 'blob:server' },
  addEventListener() {},
  postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
  Worker: class {
    constructor(_address, { name }) {
      this.own = new NodeWorker(workerData.code, { eval: true, workerData: { ...workerData, name } });
      this.own.on('message', (data) => this.onmessage({ data }));
      this.own.on('error', ({ message }) => this.onerror({ message }));
    }
    postMessage(message, transfer) { this.own.postMessage(message, transfer); }
    terminate() { void this.own.terminate(); }
  },
});
parentPort.on('message', (data) => globalThis.onmessage?.({ data }));
`;

export interface EditorFile {
  bytes: Uint8Array;
  /** 0: the file system keeps no times. */
  mtime: number;
}

/** A fault of the editor's file system. */
export const fault = (code: FileFault, why: string): FileReply<never> => ({ ok: false, code, why });

/** An editor's file system. A test may replace each of its functions. */
export class EditorFiles {
  readonly files = new Map<string, EditorFile>();
  readonly hasTimes: boolean;
  #now = 1_700_000_000_000;

  constructor(files: Readonly<Record<string, Uint8Array | string>>, hasTimes = true) {
    this.hasTimes = hasTimes;
    for (const [path, content] of Object.entries(files)) this.put(path, content);
  }

  /** As another program does. */
  put(path: string, content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.files.set(path, { bytes, mtime: this.hasTimes ? (this.#now += 10) : 0 });
  }

  text(path: string): string | undefined {
    const file = this.files.get(path);
    return file && new TextDecoder().decode(file.bytes);
  }

  stat = (path: string): FileReply<FileState> => {
    const file = this.files.get(path);
    if (file) return { ok: true, value: { isFolder: false, size: file.bytes.length, mtime: file.mtime } };
    const isFolder = [...this.files.keys()].some((one) => one.startsWith(path === '/' ? '/' : `${path}/`));
    return isFolder ? { ok: true, value: { isFolder, size: 0, mtime: 0 } } : fault('ENOENT', 'not there');
  };

  read = (path: string): FileReply<Uint8Array> => {
    const file = this.files.get(path);
    return file ? { ok: true, value: file.bytes } : fault('ENOENT', 'not there');
  };

  list = (path: string): FileReply<readonly (readonly [string, boolean])[]> => {
    const inside = [...this.files.keys()].filter((one) => one.startsWith(`${path}/`));
    const names = inside.map((one) => one.slice(path.length + 1).split('/'));
    return {
      ok: true,
      value: [...new Map(names.map(([name, ...rest]) => [name!, rest.length > 0]))],
    };
  };

  replace = (path: string, bytes: Uint8Array): FileReply<null> => {
    this.put(path, bytes);
    return { ok: true, value: null };
  };

  remove = (path: string): FileReply<null> => {
    this.files.delete(path);
    return { ok: true, value: null };
  };
}

class Reader extends AbstractMessageReader {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
  }

  listen(take: (message: Message) => void) {
    this.#worker.on('message', take);
    return { dispose: () => this.#worker.off('message', take) };
  }
}

class Writer extends AbstractMessageWriter {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
  }

  async write(message: Message): Promise<void> {
    this.#worker.postMessage(message);
    return Promise.resolve();
  }

  end(): void {
    // Messages have no end.
  }
}

/** Starts the server, with a client that answers its requests for files. */
export async function webServer(
  editor: EditorFiles,
  home: Partial<WebHome> = {},
  settings: object = { scoreOnOpen: false },
): Promise<{ readonly client: PlainClient; readonly end: () => Promise<unknown> }> {
  const code = PRELUDE + readFileSync(SCRIPT, 'utf8');
  const worker = new Worker(code, { eval: true, workerData: { code, name: 'PrefLens' } });
  const client = new PlainClient(createMessageConnection(new Reader(worker), new Writer(worker)));
  const answer = (name: string, work: (path: string, bytes: Uint8Array) => unknown): void => {
    client.connection.onRequest(name, (at: { path: string; bytes: Uint8Array }) => work(at.path, at.bytes));
  };
  answer('preflens/statFile', (path) => editor.stat(path));
  answer('preflens/readFile', (path) => editor.read(path));
  answer('preflens/readFolder', (path) => editor.list(path));
  answer('preflens/replaceFile', (path, bytes) => editor.replace(path, bytes));
  answer('preflens/removeFile', (path) => editor.remove(path));
  const place: WebHome = {
    ...{ prefix: 'memfs:', authority: '', folders: ['/data'], elsewhere: '/.preflens-elsewhere' },
    ...home,
  };
  const workspaceFolders = place.folders.map((path) => ({ uri: place.prefix + path, name: path }));
  await client.initialize({ home: place, settings }, { workspaceFolders });
  return { client, end: async () => worker.terminate() };
}
