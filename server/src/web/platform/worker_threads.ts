// Threads as workers of the worker. Each has a memory of its own: the file that a task reads goes along, once. Numbers that
// Node shares with a thread come back as messages.
import { entries, entryBytes, newEntry } from '../memoryFiles.ts';
import type { BrowserWorker } from './sharing.ts';
import { IS_THREAD, onStore, scope, storeNow, THREAD_NAME } from './sharing.ts';

export const isMainThread = !IS_THREAD;

export const workerData = undefined;

/** What goes to a thread: its task, and the file if the thread does not have it. */
interface Sent {
  readonly message: ToThread;
  readonly file?: { readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> };
}

/** What comes from a thread. */
type Heard = { readonly beat: number } | { readonly message: unknown };

/** The tasks of `threads.ts`, as far as they matter here. */
interface ToThread {
  readonly task: { readonly path?: string | undefined; readonly beat?: Int32Array };
}

type Listener = (value: never) => void;

export class Worker {
  readonly #worker: BrowserWorker;
  readonly #listeners = new Map<string, Listener>();
  /** Files that the thread has, and when they changed last. */
  readonly #known = new Map<string, string>();
  #beat: Int32Array | undefined;

  /** Of Node it takes a path; here the script is always that of this worker. */
  constructor() {
    this.#worker = new scope.Worker(scope.location.href, { name: THREAD_NAME });
    this.#worker.onmessage = ({ data }) => {
      const heard = data as Heard;
      if ('message' in heard) this.#emit('message', heard.message);
      else if (this.#beat) storeNow(this.#beat, 0, heard.beat);
    };
    this.#worker.onerror = ({ message = 'it could not be started' }) => {
      this.#emit('error', new Error(`A worker of the browser failed: ${message}`));
    };
  }

  #emit(name: string, value: unknown): void {
    this.#listeners.get(name)?.(value as never);
  }

  on(name: 'message' | 'error' | 'exit', listener: Listener): void {
    this.#listeners.set(name, listener);
  }

  postMessage(message: ToThread): void {
    const { path, beat } = message.task;
    this.#beat = beat;
    const entry = path === undefined ? undefined : entries.get(path);
    const state = `${entry?.inode} ${entry?.mtimeMs}`;
    const isNew = path !== undefined && entry?.isFolder === false && this.#known.get(path) !== state;
    const sent: Sent = isNew
      ? { message, file: { path, bytes: entryBytes(entry, path).slice() } }
      : { message };
    this.#worker.postMessage(sent);
    if (isNew) this.#known.set(path, state);
  }

  async terminate(): Promise<void> {
    this.#worker.terminate();
    await Promise.resolve();
    this.#emit('exit', 1);
  }

  /** Workers keep nothing running. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** The other end, in a thread. */
function portOfThread() {
  const send = (heard: Heard, transfer?: ArrayBuffer[]): void => {
    scope.postMessage(heard, transfer);
  };
  onStore((beat) => {
    send({ beat });
  });
  return {
    on(_name: 'message', listener: (message: ToThread) => void) {
      scope.onmessage = ({ data }) => {
        const { message, file } = data as Sent;
        if (file) entries.set(file.path, newEntry(false, file.bytes));
        listener(message);
      };
    },
    postMessage(message: unknown, transfer?: ArrayBuffer[]) {
      send({ message }, transfer);
    },
  };
}

export const parentPort = IS_THREAD ? portOfThread() : null;
