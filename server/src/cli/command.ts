import type { SurveyCache } from '#node/cache.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import type { RangeRunner } from '#node/threads.ts';

import type { Printer } from './printer.ts';

/** What every command is given: where to write, and what can stop it. */
export interface Command extends Printer {
  readonly signal: AbortSignal;
  /** Says that a file cannot be read. The command goes on with the others and ends with exit code 2. */
  readonly fail: (error: Error) => void;
  readonly ranges: RangeRunner;
  /** Undefined when nothing is to be kept. */
  readonly cache: SurveyCache | undefined;
  /** What to stay inside of. */
  readonly memoryMb: number;
  /** What scorers may use. */
  readonly machine: ScorerMachine;
}
