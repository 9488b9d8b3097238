// The process that writes token strings: started on demand, and ended if a template takes too long or too much memory.
import { errorMessage } from '#core/words/errorMessage.ts';
import type { Conversation, TemplateFault, Written } from '#protocol/editor/templates.ts';

import type { Scorer, StartScorer } from '../scoring/process.ts';
import { whileAlive } from '../scoring/supervisor.ts';

export interface TemplateLimits {
  /** For the conversations of one request, in milliseconds. A person waits for them. */
  readonly writeMs: number;
  /** An idle process ends after so many milliseconds. */
  readonly idleMs: number;
  /** A large tokenizer.json alone takes 200. */
  readonly maxMb: number;
}

const LIMITS: TemplateLimits = { writeMs: 10_000, idleMs: 60_000, maxMb: 768 };

/** UTF-16 units of what a process said before it ended. */
const MAX_SAID = 300;

export class TemplateProcess {
  readonly #start: StartScorer;
  readonly #limits: TemplateLimits;
  #scorer: Scorer | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #closed = new AbortController();

  constructor(start: StartScorer, limits: Partial<TemplateLimits> = {}) {
    this.#start = start;
    this.#limits = { ...LIMITS, ...limits };
  }

  /**
   * One string, or one fault, for each conversation. Rejects only with the signal's reason. Requests run one after the other: each
   * has the whole time, and a process that one of them ends is nobody else's.
   */
  async write(
    folder: string,
    conversations: readonly Conversation[],
    signal: AbortSignal,
  ): Promise<readonly Written[]> {
    const next = async (): Promise<readonly Written[]> =>
      this.#write(folder, conversations, AbortSignal.any([signal, this.#closed.signal]));
    const own = this.#last.then(next, next);
    this.#last = own;
    return own;
  }

  close(): void {
    this.#closed.abort(new Error('The server ends.'));
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#scorer?.kill();
    this.#scorer = undefined;
  }

  async #write(
    folder: string,
    conversations: readonly Conversation[],
    signal: AbortSignal,
  ): Promise<readonly Written[]> {
    const failed = (kind: TemplateFault['kind'], detail: string): readonly Written[] =>
      conversations.map(() => ({ ok: false, fault: { kind, at: folder, detail } }));
    const { writeMs, idleMs } = this.#limits;
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    clearTimeout(this.#idle);
    try {
      signal.throwIfAborted();
      const scorer = await this.#ensure(signal);
      timer = setTimeout(() => {
        late.abort();
        scorer.kill();
      }, writeMs);
      const call = scorer.requests.call('tokenStrings', { folder, conversations }, signal);
      return await whileAlive(scorer, call, signal, () => {
        this.#stop();
      });
    } catch (error) {
      signal.throwIfAborted();
      return late.signal.aborted
        ? failed('slow', String(writeMs / 1000))
        : failed('ended', errorMessage(error).slice(0, MAX_SAID));
    } finally {
      clearTimeout(timer);
      this.#idle = setTimeout(() => {
        this.#stop();
      }, idleMs).unref();
    }
  }

  async #ensure(signal: AbortSignal): Promise<Scorer> {
    if (this.#scorer) return this.#scorer;
    const scorer = await this.#start({ maxMb: this.#limits.maxMb, signal });
    this.#scorer = scorer;
    scorer.gone.catch(() => {
      if (this.#scorer === scorer) this.#scorer = undefined;
    });
    return scorer;
  }
}
