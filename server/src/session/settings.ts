import { CHECK_SCHEMA } from '#core/config/config.ts';
import type { Settings } from '#protocol/editor/options.ts';

/** What holds where nobody set anything. */
export const DEFAULTS: Settings = {
  scoreOnOpen: true,
  codeLens: 'auto',
  reviewPercent: 1,
  groupBy: '',
  seed: 1,
  memoryMb: 1024,
  modelMemoryMb: 0,
  rules: {},
  run: CHECK_SCHEMA.run.default,
  timeBudgetMs: CHECK_SCHEMA.timeBudgetMs.default,
};
