// The scoring jobs of one open file: one runs at a time, and the latest one counts.
import type { OpenDataset } from '../dataset.ts';
import type { Host } from '../host.ts';
import { pathOf } from '../names.ts';
import type { FileState, Lines } from '../state.ts';
import type { RunningJob } from './scoring.ts';
import { startJob } from './scoring.ts';

/** The progress text of a job that waits for memory for its process. */
const WAITING = 'waiting to score';

/** Milliseconds between two statuses of a running job. */
const STATUS_EVERY_MS = 200;

/** The session that a job works for. */
export interface JobOwner {
  readonly dataset: OpenDataset;
  readonly state: FileState;
  /** Takes a new state, and tells it unless `isSilent`. */
  setState(state: FileState, isSilent?: boolean): void;
  /** Shows new findings and margins. */
  publish(): void;
}

export class ScoringJobs {
  readonly #owner: JobOwner;
  readonly #host: Host;
  /** Latest scoring job; callbacks from earlier jobs are ignored. */
  #id = 0;
  #job: RunningJob | undefined;
  #visible: Lines | undefined;
  #toldAt = 0;

  constructor(owner: JobOwner, host: Host) {
    this.#owner = owner;
    this.#host = host;
  }

  get visible(): Lines | undefined {
    return this.#visible;
  }

  start(): void {
    this.#job?.cancel();
    const id = ++this.#id;
    const isLatest = (): boolean => this.#id === id;
    const owner = this.#owner;
    const { uri } = owner.dataset.source;
    const progress = this.#host.progress('PrefLens: scoring', () => {
      job.cancel();
    });
    const tools = {
      path: pathOf(uri),
      machine: this.#host.machineFor(uri),
      visible: (): Lines | undefined => this.#visible,
    };
    const job = startJob(owner.dataset, this.#host.settings(), tools, {
      onWarning: (text) => {
        if (isLatest()) this.#host.message('warning', text);
      },
      onPhase: (phase, reason) => {
        if (isLatest()) owner.setState({ phase, ...(reason !== undefined && { reason }) });
      },
      onProgress: (title, done, text) => {
        if (!isLatest()) return;
        const words = `${title} ${text}`;
        progress.report(done, words);
        const isDue = Date.now() - this.#toldAt > STATUS_EVERY_MS;
        if (isDue) this.#toldAt = Date.now();
        owner.setState({ ...owner.state, progress: words }, !isDue);
      },
      onWait: () => {
        if (!isLatest()) return;
        progress.report(0, WAITING);
        owner.setState({ ...owner.state, progress: WAITING });
      },
      onScored: () => {
        owner.publish();
      },
      log: (line) => {
        this.#host.log('info', line);
      },
    });
    this.#job = job;
    void job.finished.then(() => {
      progress.end();
    });
  }

  /** Ends the running job, if there is one. */
  cancel(): void {
    this.#job?.cancel();
  }

  /** Ends the running job and ignores what it still tells. */
  stop(): void {
    this.#id++;
    this.cancel();
  }

  /** The person sees these lines now. */
  look(lines: Lines): void {
    this.#visible = lines;
    this.#job?.prefer(lines);
  }

  rateNew(): void {
    this.#job?.rateNew();
  }
}
