// What Node has on every page and a browser has not. The build puts these names into the web bundle.
import { Buffer as BufferOfBrowsers } from 'buffer';

export { Atomics, SharedArrayBuffer } from './sharing.ts';

/** A timer that keeps no program running: nothing does in a worker. */
class Timer {
  readonly stop: () => void;

  constructor(stop: () => void) {
    this.stop = stop;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

type Start = (work: () => void, ms?: number) => unknown;

// A browser's timers run only as functions of the worker itself.
const startTimer = globalThis.setTimeout.bind(globalThis) as Start;
const startInterval = globalThis.setInterval.bind(globalThis) as Start;
/** Timers and intervals share their numbers. */
const stop = globalThis.clearTimeout.bind(globalThis) as (id: unknown) => void;

type Work = (...args: unknown[]) => void;

export const Buffer = BufferOfBrowsers;

export function setTimeout(work: Work, ms?: number, ...args: unknown[]): Timer {
  const id = startTimer(() => {
    work(...args);
  }, ms);
  return new Timer(() => {
    stop(id);
  });
}

export function setInterval(work: Work, ms?: number, ...args: unknown[]): Timer {
  const id = startInterval(() => {
    work(...args);
  }, ms);
  return new Timer(() => {
    stop(id);
  });
}

export function clearTimeout(timer: Timer | undefined): void {
  timer?.stop();
}

export const clearInterval = clearTimeout;

const { port1, port2 } = new MessageChannel();
const due: (() => void)[] = [];
// Of a browser's port, unlike that of Node, which our types know.
(port1 as unknown as { onmessage: () => void }).onmessage = () => {
  due.shift()?.();
};

/** After the messages that wait already, and without the four milliseconds that a browser adds to timers. */
export function setImmediate(work: Work, ...args: unknown[]): void {
  due.push(() => {
    work(...args);
  });
  port2.postMessage(null);
}

export const process = {
  platform: 'linux',
  arch: 'web',
  env: {} as Record<string, string | undefined>,
  argv: [] as string[],
  versions: {},
  /** Of this worker: another window of the same person has another one. */
  pid: 1 + Math.floor(Math.random() * 2 ** 30),
  cwd: () => '/',
  on: () => undefined,
  nextTick: queueMicrotask,
  kill(): never {
    throw Object.assign(new Error('there are no processes in a browser'), { code: 'ESRCH' });
  },
};
