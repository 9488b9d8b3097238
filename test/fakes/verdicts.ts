import type { Verdict } from '#core/memory/verdicts.ts';

/** What a reviewer says if nothing is unusual. */
export const KEPT: Omit<Verdict, 'key' | 'at' | 'file'> = {
  verdict: 'keep',
  label: 'a',
  reason: '',
  tags: [],
  rules: [],
  isBlind: false,
  settles: false,
  by: 'ann',
};
