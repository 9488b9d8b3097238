import type { SurveyCache } from '#node/cache.ts';
import type { SettingsOf } from '#node/fileSettings.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import type { RangeRunner } from '#node/threads.ts';

import type { Printer } from './printer.ts';

/** Context of every command. */
export interface Command extends Printer {
  readonly signal: AbortSignal;
  /** Reports an unreadable file. The command continues with the others and exits with code 2. */
  readonly fail: (error: Error) => void;
  readonly ranges: RangeRunner;
  readonly settingsOf: SettingsOf;
  /** Undefined: don't cache. */
  readonly cache: SurveyCache | undefined;
  /** Memory budget. */
  readonly memoryMb: number;
  /** Resources for scorers. */
  readonly machine: ScorerMachine;
}
