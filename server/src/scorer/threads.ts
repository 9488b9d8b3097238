// The work of a job, in this thread or side by side on threads: reading pairs, fitting parts, searching neighbours.
import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

import { inLanes } from '#core/lanes.ts';
import type { JobRows, PartFit } from '#core/score/consistency.ts';
import { fitPart } from '#core/score/consistency.ts';
import type { Pause } from '#core/score/fit.ts';
import type { Directions, Nearest, NearestWish } from '#core/score/nearest.ts';
import { nearestTo } from '#core/score/nearest.ts';
import type { PairNumbers, PairText } from '#core/score/readPairs.ts';
import { readPairs } from '#core/score/readPairs.ts';
import type { FitCrew } from '#node/scoring/fitHandlers.ts';
import { ALONE } from '#node/scoring/fitHandlers.ts';

/** Does the work of a job. */
export interface Crew extends FitCrew {
  /** @param directions with values that threads share */
  nearest(directions: Directions, queries: Int32Array, wish: NearestWish, pause: Pause): Promise<Nearest>;
}

/** Pairs that are read in this thread, by the length of their texts, before others start. */
const READ_HERE = 1 << 20;

/** Files with fewer words are fitted in this thread. */
const MIN_WORDS = 1 << 18;

/** Searches with fewer products are done in this thread. */
const MIN_PRODUCTS = 1 << 28;

/** Queries that a thread takes at a time. */
const QUERIES_AT_ONCE = 64;

/** Rows that a thread visits between two messages: a tenth of a second. */
const TELL_EVERY = 1 << 13;

/** What threads of the scoring program are started with. */
export const CREW = 'crew';

type ToThread =
  | { readonly pairs: readonly PairText[] }
  /** A thread keeps the rows of its first fit. */
  | { readonly rows: JobRows | undefined; readonly part: number; readonly sign: Int8Array }
  | { readonly directions: Directions; readonly queries: Int32Array; readonly wish: NearestWish };

type FromThread =
  | { readonly visited: number }
  | { readonly numbers: PairNumbers }
  | { readonly fitted: PartFit }
  | { readonly nearest: Nearest };

/** A thread that waits for work, and the rows that it has. */
interface Thread {
  readonly worker: Worker;
  rows?: JobRows;
}

/**
 * Threads start when they are needed. One that fails ends the process: the supervisor starts another one, which continues with
 * the next part. The end of a job, also by its cancellation, ends the process and so its threads.
 */
class Threads {
  readonly width = availableParallelism();
  readonly #program: string;
  readonly #idle: Thread[] = [];
  readonly #waiting: ((thread: Thread) => void)[] = [];
  #started = 0;

  constructor(program: string) {
    this.#program = program;
  }

  /** @param message made for the thread that takes the work */
  async run<Kind extends 'numbers' | 'fitted' | 'nearest'>(
    kind: Kind,
    message: (thread: Thread) => ToThread,
    onVisited: (count: number) => void,
  ): Promise<Extract<FromThread, Record<Kind, unknown>>[Kind]> {
    const thread = await this.#next();
    const { worker } = thread;
    const answer = await new Promise<FromThread>((resolve) => {
      const hear = (heard: FromThread): void => {
        if ('visited' in heard) {
          onVisited(heard.visited);
          return;
        }
        worker.off('message', hear);
        resolve(heard);
      };
      worker.on('message', hear);
      worker.postMessage(message(thread));
    });
    const next = this.#waiting.shift();
    if (next) next(thread);
    else this.#idle.push(thread);
    return (answer as Extract<FromThread, Record<Kind, unknown>>)[kind];
  }

  async #next(): Promise<Thread> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#started < this.width) {
      this.#started++;
      return { worker: new Worker(this.#program, { workerData: CREW }) };
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** @param program the file of this bundle, which is also that of its threads; without it there are none */
export function crewFor(program: string | undefined): Crew {
  const threads = program === undefined || availableParallelism() === 1 ? undefined : new Threads(program);
  let length = 0;
  const isSmall = ({ features }: JobRows): boolean => features.words.length < MIN_WORDS;
  return {
    async read(pairs) {
      for (const { chosen, rejected } of pairs) length += chosen.length + rejected.length;
      if (!threads || length < READ_HERE) return ALONE.read(pairs);
      return threads.run(
        'numbers',
        () => ({ pairs }),
        () => undefined,
      );
    },
    widthFor: (rows) => (!threads || isSmall(rows) ? 1 : Math.min(threads.width, rows.foldCount)),
    async fit(rows, part, sign, pause) {
      if (!threads || isSmall(rows)) return ALONE.fit(rows, part, sign, pause);
      return new Promise((resolve, reject) => {
        const message = (thread: Thread): ToThread => {
          const isNew = thread.rows !== rows;
          thread.rows = rows;
          return { rows: isNew ? rows : undefined, part, sign };
        };
        const onVisited = (visited: number): void => {
          pause(visited)?.catch(reject);
        };
        threads.run('fitted', message, onVisited).then(resolve, reject);
      });
    },
    async nearest(directions, queries, wish, pause) {
      const products = queries.length * directions.values.length;
      if (!threads || products < MIN_PRODUCTS) return nearestTo(directions, queries, wish, pause);
      const parts = Math.ceil(queries.length / QUERIES_AT_ONCE);
      const found: Nearest[] = [];
      await inLanes(Math.min(threads.width, parts), parts, async (part) => {
        const own = queries.slice(part * QUERIES_AT_ONCE, (part + 1) * QUERIES_AT_ONCE);
        const none = (): void => undefined;
        found[part] = await threads.run('nearest', () => ({ directions, queries: own, wish }), none);
        await pause(own.length);
      });
      return joinNearest(found);
    },
  };
}

/** The answers to parts of the queries, one after the other. */
function joinNearest(parts: readonly Nearest[]): Nearest {
  const rows = parts.flatMap((part) => [...part.rows]);
  const cosines = parts.flatMap((part) => [...part.cosines]);
  return { rows: Int32Array.from(rows), cosines: Float32Array.from(cosines) };
}

/** Runs in a thread: does what it is sent, one piece at a time. */
export function serveCrew(): void {
  let rows: JobRows | undefined;
  let visited = 0;
  const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => {
    parentPort?.postMessage(message, transfer);
  };
  const pause: Pause = (count) => {
    visited += count;
    if (visited < TELL_EVERY) return undefined;
    send({ visited });
    visited = 0;
    return undefined;
  };
  parentPort?.on('message', (message: ToThread) => {
    if ('pairs' in message) {
      const numbers = readPairs(message.pairs);
      const { words, ends, style, made, answered } = numbers;
      send({ numbers }, [words.buffer, ends.buffer, style.buffer, made.buffer, answered.buffer]);
      return;
    }
    if ('queries' in message) {
      const { directions, queries, wish } = message;
      void nearestTo(directions, queries, wish, () => undefined).then((nearest) => {
        send({ nearest });
      });
      return;
    }
    rows = message.rows ?? rows;
    if (!rows) throw new Error('scorer: a fit without rows');
    void fitPart(rows, message.part, message.sign, pause).then((fitted) => {
      send({ fitted });
    });
  });
}
