// A stopped or stuck process neither answers nor exits: its caller would wait forever.

/** Checks within a limit. Silence is counted in checks, not by the clock: a machine that sleeps makes none. */
const CHECKS = 8;

/** Ends a process that sends nothing for too long while a request waits. */
export class SilenceWatch {
  readonly #end: (silentMs: number) => void;
  /** One per waiting request. */
  readonly #limits = new Set<{ readonly ms: number }>();
  #timer: NodeJS.Timeout | undefined;
  #checks = 0;

  /** @param end ends the process; receives the length of the silence */
  constructor(end: (silentMs: number) => void) {
    this.#end = end;
  }

  /** The process sent something. */
  heard(): void {
    this.#checks = 0;
  }

  /** Waits for work, with at most `ms` of silence. Of several limits the longest counts. */
  async during<T>(ms: number, work: Promise<T>): Promise<T> {
    const limit = { ms };
    this.#limits.add(limit);
    this.#start();
    try {
      return await work;
    } finally {
      this.#limits.delete(limit);
      this.#start();
    }
  }

  #start(): void {
    clearInterval(this.#timer);
    this.#checks = 0;
    if (this.#limits.size === 0) return;
    const max = Math.max(...[...this.#limits].map(({ ms }) => ms));
    this.#timer = setInterval(() => {
      if (++this.#checks <= CHECKS) return;
      clearInterval(this.#timer);
      this.#end(max);
    }, max / CHECKS);
  }
}
