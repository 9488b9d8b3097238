import type { Settings } from '#protocol/editor.ts';

/** What holds where nobody set anything. */
export const DEFAULTS: Settings = {
  scoreOnOpen: true,
  reviewPercent: 1,
  groupBy: '',
  seed: 1,
  memoryMb: 1024,
  modelMemoryMb: 0,
};
