// What the attacks share: how many rounds they make, and where they write down how many they made.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run attack` makes the large form, `npm test` the small one. */
const IS_LARGE = process.env.PREFLENS_ATTACK === 'large';

const ARTEFACTS = join(import.meta.dirname, '..', 'artefacts');

/** Where `npm run attack` reads the counts that it prints at its end. */
export const COUNTS = join(ARTEFACTS, 'attacks.jsonl');

/** The number of rounds of the form that runs. Both have a fixed seed. */
export function rounds({ small, large }: { readonly small: number; readonly large: number }): number {
  return IS_LARGE ? large : small;
}

/** Writes down how often something was tried, for the end of `npm run attack`. */
export function report(name: string, counts: Readonly<Record<string, number>>): void {
  mkdirSync(ARTEFACTS, { recursive: true });
  appendFileSync(COUNTS, `${JSON.stringify({ name, counts })}\n`);
}
