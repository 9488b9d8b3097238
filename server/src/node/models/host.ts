// Keeps a model's process: starts it when it is needed, watches every batch, and finds the text that brings it down.
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { messages } from '#core/messages.ts';
import type { Provider } from '#core/reward/scorerRule.ts';
import type { OpenedModel, OpenModel, RateFigures, ScoringItem } from '#protocol/scorer.ts';

import type { Scorer, StartScorer } from '../scoring/process.ts';
import { ScorerGone } from '../scoring/process.ts';
import type { Holder, MemoryBudget } from './memory.ts';

/** Limits of time, in milliseconds. */
export interface HostLimits {
  /** For opening a model. */
  readonly openMs: number;
  /** For the first batch of a process: a GPU compiles its programs then. */
  readonly firstMs: number;
  /** For turning a text into tokens. */
  readonly textMs: number;
  /** For a batch, on top of ten times what its tokens should take. */
  readonly batchMs: number;
  /** A process with nothing to do is ended after so long. */
  readonly idleMs: number;
}

export const HOST_LIMITS: HostLimits = {
  openMs: 300_000,
  firstMs: 600_000,
  textMs: 20_000,
  batchMs: 30_000,
  idleMs: 60_000,
};

/** How long a process may take to hear a cancellation before it is killed. */
const CANCEL_GRACE_MS = 120;

/** Starts in a row that came to nothing. */
const MAX_FRUITLESS = 3;

/** Deaths with one text alone that it takes to blame the text. */
const MAX_STRIKES = 2;

/** Deaths without one scored text between them: more than halving a window down to one text can take. */
const MAX_DEATHS = 16;

export interface RateListener {
  onRated(item: number, values: Float32Array, tokens: number, flags: number): void;
  onRefused(item: number, reason: string): void;
  /** A batch is through: what was told since the last one can be kept. */
  onBatch(): void;
}

export const NO_FIGURES: RateFigures = { tokens: 0, paddedTokens: 0, ms: 0, budget: 0 };

/** Adds what one more request took. */
export function addFigures(
  total: { -readonly [name in keyof RateFigures]: number },
  { tokens, paddedTokens, ms, budget }: RateFigures,
): void {
  total.tokens += tokens;
  total.paddedTokens += paddedTokens;
  total.ms += ms;
  total.budget = budget;
}

/** The parts of a WireUnit that do not depend on what happened to it. */
export type RateItem = Omit<ScoringItem, 'max'>;

interface Running {
  readonly scorer: Scorer;
  readonly opened: OpenedModel;
  /** What the process is at, or was when it died. */
  current?: { readonly request: number; readonly items: Int32Array; readonly tokens: number };
  isGone?: boolean;
  /** Why we ended it. */
  ended?: string;
  timer?: NodeJS.Timeout;
  /** Tokens in a millisecond, the slowest batch so far. */
  speed?: number;
}

/** A request on its way: its listener, and which of the asked units each of its numbers is. */
interface Flight {
  readonly listener: RateListener;
  readonly numbers: readonly number[];
  readonly left: Set<number>;
}

export interface HostOptions {
  readonly start: StartScorer;
  readonly open: OpenModel;
  /** Memory that the model is thought to need. */
  readonly bytes: number;
  readonly budget: MemoryBudget;
  readonly limits?: Partial<HostLimits>;
  readonly log: (line: string) => void;
}

export class ModelHost implements Holder {
  readonly bytes: number;
  readonly #options: HostOptions;
  readonly #limits: HostLimits;
  readonly #flights = new Map<number, Flight>();
  #providers: OpenModel['providers'];
  #provider: Provider | undefined;
  #running: Promise<Running> | undefined;
  #requests = 0;
  #active = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.bytes = options.bytes;
    this.#limits = { ...HOST_LIMITS, ...options.limits };
    this.#providers = options.open.providers;
  }

  /** What computes; undefined until the model was open. */
  get provider(): Provider | undefined {
    return this.#provider;
  }

  isIdle(): boolean {
    return this.#active === 0;
  }

  /** Opens the model, if it is not open, and says how that went. */
  async opened(signal: AbortSignal): Promise<OpenedModel> {
    return this.#using(async () => (await this.#ensure(signal)).opened);
  }

  /**
   * Scores units. Every unit is told of once, whatever happens to processes meanwhile. Rejects with the signal's reason,
   * or when no process gets anywhere.
   */
  async rate(
    items: readonly RateItem[],
    priority: number,
    listener: RateListener,
    signal: AbortSignal,
  ): Promise<RateFigures> {
    return this.#using(async () => {
      const left = new Set(items.keys());
      const max = items.map(() => items.length);
      const strikes = items.map(() => 0);
      const total = { ...NO_FIGURES };
      let deaths = 0;
      let scored = left.size;
      for (let fruitless = 0; left.size > 0;) {
        signal.throwIfAborted();
        const running = await this.#ensure(signal);
        const numbers = [...left];
        const request = ++this.#requests;
        this.#flights.set(request, { listener, numbers, left });
        try {
          const wire = numbers.flatMap((number) => ({
            ...(items[number] as RateItem),
            max: max[number] ?? 1,
          }));
          const figures = await this.#call(running, { request, priority, items: wire }, signal);
          addFigures(total, figures);
        } catch (error) {
          signal.throwIfAborted();
          const reason = running.ended ?? (error instanceof Error ? error.message : String(error));
          const { current } = running;
          // A text of another request may have done it: then this one just goes on.
          if (current?.request === request) {
            if (left.size < scored) deaths = 0;
            scored = left.size;
            if (++deaths > MAX_DEATHS) throw messages.scorerGivenUp(deaths, reason);
            const suspects = [...current.items].map((at) => numbers[at] ?? 0);
            this.#isolate(suspects, reason, max, strikes, left, listener);
            fruitless = 0;
          } else if (!current && ++fruitless >= MAX_FRUITLESS)
            throw messages.scorerGivenUp(fruitless, reason);
          if (left.size > 0) await wait(100 * 2 ** fruitless);
        } finally {
          this.#flights.delete(request);
        }
      }
      return total;
    });
  }

  stop(): void {
    const running = this.#running;
    this.#running = undefined;
    this.#options.budget.give(this);
    void running?.then(
      ({ scorer, timer }) => {
        clearTimeout(timer);
        scorer.kill();
      },
      () => undefined,
    );
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.stop();
  }

  async #using<T>(work: () => Promise<T>): Promise<T> {
    this.#active++;
    clearTimeout(this.#idle);
    try {
      return await work();
    } finally {
      this.#active--;
      if (this.#active === 0 && !this.#closed) {
        this.#idle = setTimeout(() => {
          this.stop();
        }, this.#limits.idleMs).unref();
      }
    }
  }

  /** A batch of several was at fault: halves are tried. One alone is tried once more and then given up. */
  #isolate(
    suspects: readonly number[],
    reason: string,
    max: number[],
    strikes: number[],
    left: Set<number>,
    listener: RateListener,
  ): void {
    const [only] = suspects;
    if (suspects.length === 1 && only !== undefined) {
      max[only] = 1;
      strikes[only] = (strikes[only] ?? 0) + 1;
      if (strikes[only] < MAX_STRIKES) return;
      left.delete(only);
      listener.onRefused(only, `the scoring process did not survive it: ${reason}`);
      listener.onBatch();
      return;
    }
    for (const item of suspects) max[item] = Math.ceil(suspects.length / 2);
    this.#options.log(`${reason} It was at ${suspects.length} texts; smaller batches of them are tried.`);
  }

  async #call(
    running: Running,
    params: { request: number; priority: number; items: readonly ScoringItem[] },
    signal: AbortSignal,
  ): Promise<RateFigures> {
    const { scorer } = running;
    const call = scorer.requests.call('rate', params, signal);
    this.#arm(running);
    let stop: (() => void) | undefined;
    const cancelled = new Promise<never>((_, reject) => {
      stop = () => {
        void Promise.race([call.catch(() => undefined), wait(CANCEL_GRACE_MS, 'late')]).then((how) => {
          // It is inside a batch that nobody wants.
          if (how === 'late' && this.#flights.size <= 1) this.stop();
          reject(signal.reason as Error);
        });
      };
      signal.addEventListener('abort', stop, { once: true });
    });
    cancelled.catch(() => undefined);
    try {
      return await Promise.race([call, scorer.gone, cancelled]);
    } catch (error) {
      call.catch(() => undefined);
      // The call may fail an instant before the exit is known: give the exit a chance to explain.
      if (!signal.aborted && !(error instanceof ScorerGone)) await Promise.race([scorer.gone, wait(50)]);
      throw error;
    } finally {
      this.#flights.delete(params.request);
      this.#arm(running);
      if (stop) signal.removeEventListener('abort', stop);
    }
  }

  /** While somebody waits for a process, there is always a deadline: for the batch that it is at, or for the next word. */
  #arm(running: Running): void {
    clearTimeout(running.timer);
    if (this.#flights.size === 0 || running.isGone) return;
    const { current } = running;
    const ms = current ? this.#deadline(running, current.tokens) : this.#limits.textMs;
    running.timer = setTimeout(() => {
      running.ended = `it took longer than ${Math.round(ms / 100) / 10} s`;
      running.scorer.kill();
    }, ms);
  }

  async #ensure(signal: AbortSignal): Promise<Running> {
    for (let fruitless = 0; ;) {
      const starting = (this.#running ??= this.#start(signal));
      try {
        return await starting;
      } catch (error) {
        if (this.#running === starting) this.#running = undefined;
        this.#options.budget.give(this);
        signal.throwIfAborted();
        if (!(error instanceof ScorerGone) || ++fruitless >= MAX_FRUITLESS) throw error;
        // A provider that takes the process down with it is not tried again.
        if (this.#providers.length > 1) this.#providers = this.#providers.slice(1);
        this.#options.log(`${error.message} Starting another one.`);
        await wait(100 * 2 ** fruitless);
      }
    }
  }

  async #start(signal: AbortSignal): Promise<Running> {
    const { start, open, budget, log } = this.#options;
    await budget.take(this, signal);
    const scorer = await start({ maxMb: Math.round(budget.bytes / 2 ** 20), signal, holder: this });
    const timer = setTimeout(() => {
      scorer.kill();
    }, this.#limits.openMs);
    try {
      const opened = await Promise.race([
        scorer.requests.call('open', { ...open, providers: this.#providers }, signal),
        scorer.gone,
      ]);
      const running: Running = { scorer, opened };
      this.#provider = opened.provider;
      this.#follow(running);
      const passed = opened.failed.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
      log(`${basename(open.folder)} runs on ${opened.provider}${passed === '' ? '' : ` (${passed})`}.`);
      return running;
    } catch (error) {
      if (!(error instanceof ScorerGone)) await Promise.race([scorer.gone, wait(50)]);
      scorer.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #follow(running: Running): void {
    const { scorer } = running;
    let begun = 0;
    let tokensNow = 0;
    scorer.listen('running', ({ request, items, tokens }) => {
      running.current = { request, items, tokens };
      [begun, tokensNow] = [performance.now(), tokens];
      this.#arm(running);
    });
    scorer.listen('rated', ({ request, items, values, tokens, flags }) => {
      delete running.current;
      const speed = tokensNow / Math.max(1, performance.now() - begun);
      running.speed = Math.min(running.speed ?? Infinity, speed);
      const flight = this.#flights.get(request);
      const width = values.length / items.length;
      items.forEach((at, i) => {
        const item = flight?.numbers[at] ?? -1;
        if (!flight?.left.delete(item)) return;
        flight.listener.onRated(
          item,
          values.subarray(i * width, (i + 1) * width),
          tokens[i] ?? 0,
          flags[i] ?? 0,
        );
      });
      flight?.listener.onBatch();
      this.#arm(running);
    });
    scorer.listen('refused', ({ request, item: at, reason }) => {
      const flight = this.#flights.get(request);
      const item = flight?.numbers[at] ?? -1;
      if (flight?.left.delete(item)) flight.listener.onRefused(item, reason);
    });
    scorer.listen('provider', ({ provider, reason }) => {
      this.#providers = [provider];
      this.#provider = provider;
      this.#options.log(`Going on with ${provider}: ${reason}.`);
    });
    void scorer.gone.catch(() => {
      running.isGone = true;
      clearTimeout(running.timer);
      void this.#running?.then(
        (now) => {
          if (now !== running) return;
          this.#running = undefined;
          this.#options.budget.give(this);
        },
        () => undefined,
      );
    });
  }

  #deadline({ speed }: Running, tokens: number): number {
    if (tokens === 0) return this.#limits.textMs;
    return speed === undefined ? this.#limits.firstMs : this.#limits.batchMs + (10 * tokens) / speed;
  }
}
