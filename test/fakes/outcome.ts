// The server's reply to a request that can fail.
import type { Outcome } from '#protocol/editor/outcome.ts';

export const ok = <T = null>(value: T = null as T): Outcome<T> => ({ ok: true, value });

/** The reason of a failure; '' if there is none. */
export const whyOf = (outcome: Outcome<unknown>): string => (outcome.ok ? '' : outcome.why);
