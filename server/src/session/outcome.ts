import { UserError } from '#core/messages.ts';
import { inWords } from '#node/systemErrors.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';

export const DONE: Outcome = { ok: true, value: null };

export const refused = (why: string): Outcome<never> => ({ ok: false, why });

/** The outcome of `work`. An error that a person cannot act on is a fault of ours and stays an error. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (failure) {
    const error = inWords(failure);
    if (error instanceof UserError) return refused(error.message);
    throw error;
  }
}
