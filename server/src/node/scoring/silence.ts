// A stopped or stuck process neither answers nor exits, so a caller would wait for ever.

/** Between two looks. Time is counted in looks: a machine that slept looks as seldom as its processes spoke. */
const LOOKS = 8;

/** Ends a process that says nothing for too long while somebody waits for it. */
export class SilenceWatch {
  readonly #end: (silentMs: number) => void;
  /** What each of those who wait allows. */
  readonly #limits = new Set<{ readonly ms: number }>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  /** @param end told how long nothing was heard */
  constructor(end: (silentMs: number) => void) {
    this.#end = end;
  }

  /** The process said something. */
  heard(): void {
    this.#looks = 0;
  }

  /** Waits for work; nothing may be heard for `ms` meanwhile. Of several the most patient one counts. */
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
    this.#looks = 0;
    if (this.#limits.size === 0) return;
    const max = Math.max(...[...this.#limits].map(({ ms }) => ms));
    this.#timer = setInterval(() => {
      if (++this.#looks <= LOOKS) return;
      clearInterval(this.#timer);
      this.#end(max);
    }, max / LOOKS);
  }
}
