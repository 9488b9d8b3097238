// Memory that is shared with a thread, where the browser has none: what a thread stores is also told by message.

export interface BrowserWorker {
  onmessage: (event: { readonly data: unknown }) => void;
  onerror: (event: { readonly message?: string }) => void;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  terminate(): void;
}

/** What a worker of a browser has; our types are those of Node. */
export const scope = globalThis as unknown as {
  readonly Worker: new (address: string, options: { readonly name: string }) => BrowserWorker;
  readonly location: { readonly href: string };
  readonly name?: string;
  readonly SharedArrayBuffer?: typeof globalThis.SharedArrayBuffer;
  onmessage: (event: { readonly data: unknown }) => void;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
};

/** The name by which a worker knows that it is a thread of the server. */
export const THREAD_NAME = 'PrefLens thread';

export const IS_THREAD = scope.name === THREAD_NAME;

/** Browsers give shared memory to few pages. */
export const SharedArrayBuffer = scope.SharedArrayBuffer ?? ArrayBuffer;

const { load, store } = globalThis.Atomics;

export const storeNow = store;

let tell: (value: number) => void = () => undefined;

export function onStore(listener: (value: number) => void): void {
  tell = listener;
}

export const Atomics = {
  load,
  store(cells: Int32Array, at: number, value: number): void {
    store(cells, at, value);
    if (cells.buffer instanceof ArrayBuffer) tell(value);
  },
};
