import { clearTimeout, setImmediate as soon, setTimeout as later } from './globals.ts';

interface Options {
  readonly signal?: AbortSignal;
}

export async function setTimeout<T>(ms: number, value?: T, { signal }: Options = {}): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = later(() => {
      resolve(value);
    }, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

export async function setImmediate(): Promise<void> {
  return new Promise((resolve) => {
    soon(() => {
      resolve();
    });
  });
}
