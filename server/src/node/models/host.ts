// Keeps the process of a model: starts it on demand, sets a deadline for every batch, and finds the text that crashes it.
import { basename } from 'node:path';

import { messages, UserError } from '#core/messages.ts';
import type { Provider } from '#core/reward/scorerRule.ts';
import type { TokenLikelihoods } from '#core/reward/tokenRewards.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { OpenedModel, OpenModel, RateFigures, ScorerRequests, ScoringItem } from '#protocol/scorer.ts';

import type { Scorer, StartScorer } from '../scoring/process.ts';
import { ScorerGone } from '../scoring/process.ts';
import { persist, whileAlive } from '../scoring/supervisor.ts';
import type { Holder, MemoryBudget } from './memory.ts';

/** In milliseconds. */
export interface HostLimits {
  /** To open a model. */
  readonly openMs: number;
  /** For the first batch of a process, in which a GPU compiles its programs. */
  readonly firstMs: number;
  /** To turn a text into tokens. */
  readonly textMs: number;
  /** For a batch, on top of ten times the expected time of its tokens. */
  readonly batchMs: number;
  /** An idle process ends after this time. */
  readonly idleMs: number;
}

const HOST_LIMITS: HostLimits = {
  openMs: 300_000,
  firstMs: 600_000,
  textMs: 20_000,
  batchMs: 30_000,
  idleMs: 60_000,
};

/** A text is refused after so many deaths with it alone in the batch. */
const MAX_STRIKES = 2;

/** Deaths in a row without a scored text: more than halving a window down to one text can take. */
const MAX_DEATHS = 16;

export interface RateListener {
  onRated(item: number, values: Float32Array, tokens: number, flags: number): void;
  /** Where it stands, single tokens are wanted: called before `onRated`. */
  readonly onTokens?: (item: number, tokens: TokenLikelihoods) => void;
  onRefused(item: number, reason: string): void;
  /** A batch is complete: its scores can be stored. */
  onBatch(): void;
}

export const NO_FIGURES: RateFigures = { tokens: 0, paddedTokens: 0, ms: 0, budget: 0 };

/** Adds the figures of one more request. */
export function addFigures(
  total: { -readonly [name in keyof RateFigures]: number },
  { tokens, paddedTokens, ms, budget }: RateFigures,
): void {
  total.tokens += tokens;
  total.paddedTokens += paddedTokens;
  total.ms += ms;
  total.budget = budget;
}

/** An item without its history. */
export type RateItem = Omit<ScoringItem, 'max'>;

interface Running {
  readonly scorer: Scorer;
  readonly opened: OpenedModel;
  /** The batch in progress, or the one at which the process died. */
  current?: { readonly request: number; readonly items: Int32Array; readonly tokens: number };
  isGone?: boolean;
  /** Why it was ended. */
  ended?: string;
  timer?: NodeJS.Timeout;
  /** Tokens per millisecond in the slowest batch so far. */
  speed?: number;
}

/** A call of `rate`, across all processes that work on it. */
interface Rating {
  readonly items: readonly RateItem[];
  readonly priority: number;
  readonly listener: RateListener;
  /** Numbers of the items that are neither scored nor refused. */
  readonly left: Set<number>;
  /** By item, see `ScoringItem.max`. */
  readonly max: number[];
  /** By item: deaths with this item alone in the batch. */
  readonly strikes: number[];
  /** Since an item was last scored or refused. */
  deaths: number;
  /** `left.size` at the last death. */
  scored: number;
  /** Deaths at a known batch: each narrows the suspects down. */
  steps: number;
}

/** A request in flight. `numbers` maps its items to those of the rating. */
interface Flight {
  readonly listener: RateListener;
  readonly numbers: readonly number[];
  readonly left: Set<number>;
}

export interface HostOptions {
  readonly start: StartScorer;
  readonly open: OpenModel;
  /** Estimated memory of the model. */
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
  /** Of the call that started `#running`. */
  #starter: AbortSignal | undefined;
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

  /** Undefined until the model has been opened. */
  get provider(): Provider | undefined {
    return this.#provider;
  }

  isIdle(): boolean {
    return this.#active === 0;
  }

  /** Opens the model if it is not open. */
  async opened(signal: AbortSignal): Promise<OpenedModel> {
    return this.#using(async () => (await this.#ensure(signal)).opened);
  }

  /**
   * Scores items. Each is reported once, whatever happens to processes meanwhile. Rejects with the signal's reason, or when
   * no process gets anywhere.
   */
  async rate(
    items: readonly RateItem[],
    priority: number,
    listener: RateListener,
    signal: AbortSignal,
  ): Promise<RateFigures> {
    return this.#using(async () => {
      const rating: Rating = {
        items,
        priority,
        listener,
        left: new Set(items.keys()),
        max: items.map(() => items.length),
        strikes: items.map(() => 0),
        deaths: 0,
        scored: items.length,
        steps: 0,
      };
      const total = { ...NO_FIGURES };
      await persist(
        async () => {
          while (rating.left.size > 0) addFigures(total, await this.#request(rating, signal));
        },
        { progress: () => rating.steps + items.length - rating.left.size, signal },
      );
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

  /** Asks a process for the items that are left. Rejects with `ScorerGone` where another process may get further. */
  async #request(rating: Rating, signal: AbortSignal): Promise<RateFigures> {
    const running = await this.#ensure(signal);
    const { items, max, priority, listener, left } = rating;
    const numbers = [...left];
    const request = ++this.#requests;
    this.#flights.set(request, { listener, numbers, left });
    try {
      const wire = numbers.flatMap((number) => ({ ...(items[number] as RateItem), max: max[number] ?? 1 }));
      const wantsTokens = listener.onTokens !== undefined;
      const params = { request, priority, items: wire, ...(wantsTokens && { wantsTokens }) };
      return await this.#call(running, params, signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = running.ended ?? errorMessage(error);
      const { current } = running;
      if (current) rating.steps++;
      // The text of another request may have done it: then this request just goes on.
      if (current?.request === request)
        this.#blame(
          rating,
          [...current.items].map((at) => numbers[at] ?? 0),
          reason,
        );
      throw new ScorerGone(reason);
    } finally {
      this.#flights.delete(request);
    }
  }

  /** A process died at these items. Several are tried again in halves; one alone is tried once more and then refused. */
  #blame(rating: Rating, suspects: readonly number[], reason: string): void {
    const { max, strikes, left, listener } = rating;
    if (left.size < rating.scored) rating.deaths = 0;
    rating.scored = left.size;
    if (++rating.deaths > MAX_DEATHS) throw messages.scorerGivenUp(rating.deaths, reason);
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
    params: ScorerRequests['rate']['params'],
    signal: AbortSignal,
  ): Promise<RateFigures> {
    const { scorer } = running;
    const call = scorer.requests.call('rate', params, signal);
    this.#arm(running);
    try {
      return await whileAlive(scorer, call, signal, () => {
        // The process is inside a batch that nobody needs. A few answers take less time than to open the model again.
        if (this.#flights.size <= 1 && params.wantsTokens !== true) this.stop();
      });
    } finally {
      this.#flights.delete(params.request);
      this.#arm(running);
    }
  }

  /** While requests wait for a process it has a deadline: for its current batch, or for the next notification. */
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
    return persist(
      async () => {
        for (;;) {
          // Nobody would end the process that it starts.
          if (this.#closed) throw messages.scorerClosed(basename(this.#options.open.folder));
          if (!this.#running) this.#starter = signal;
          const [starting, starter] = [(this.#running ??= this.#start(signal)), this.#starter];
          try {
            return await starting;
          } catch (error) {
            if (this.#running === starting) {
              this.#running = undefined;
              this.#options.budget.give(this);
            }
            // The start ended because another caller was cancelled: this one starts again.
            if (starter?.aborted !== true || signal.aborted) throw error;
          }
        }
      },
      {
        progress: () => 0,
        signal,
        onRestart: (reason) => {
          // The provider may have ended the process.
          if (this.#providers.length > 1) this.#providers = this.#providers.slice(1);
          this.#options.log(`${reason} Starting another one.`);
        },
        giveUp: (_attempts, reason) => new UserError(reason),
      },
    );
  }

  async #start(signal: AbortSignal): Promise<Running> {
    const { start, open, budget, log } = this.#options;
    await budget.take(this, signal);
    const scorer = await start({ maxMb: Math.round(budget.bytes / 2 ** 20), signal, holder: this });
    const timer = setTimeout(() => {
      scorer.kill();
    }, this.#limits.openMs);
    try {
      const wanted = { ...open, providers: this.#providers };
      const opened = await whileAlive(scorer, scorer.requests.call('open', wanted, signal), signal);
      const running: Running = { scorer, opened };
      this.#provider = opened.provider;
      this.#follow(running);
      const passed = opened.failed.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
      log(`${basename(open.folder)} runs on ${opened.provider}${passed === '' ? '' : ` (${passed})`}.`);
      return running;
    } catch (error) {
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
    scorer.listen('rated', ({ request, items, values, tokens, flags, each }) => {
      delete running.current;
      const speed = tokensNow / Math.max(1, performance.now() - begun);
      running.speed = Math.min(running.speed ?? Infinity, speed);
      const flight = this.#flights.get(request);
      const width = values.length / items.length;
      items.forEach((at, i) => {
        const item = flight?.numbers[at] ?? -1;
        if (!flight?.left.delete(item)) return;
        if (each?.[i]) flight.listener.onTokens?.(item, { ...each[i], flags: flags[i] ?? 0 });
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
