// Shared by the attacks: how many rounds to run, and where to report the counts.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run attack` runs the large form, `npm test` the small one. */
const IS_LARGE = process.env.PREFLENS_ATTACK === 'large';

const ARTEFACTS = join(import.meta.dirname, '..', 'artefacts');

/** The file from which `npm run attack` reads the counts that it prints. */
export const COUNTS = join(ARTEFACTS, 'attacks.jsonl');

/** The number of rounds of the current form. Both have a fixed seed. */
export function rounds({ small, large }: { readonly small: number; readonly large: number }): number {
  return IS_LARGE ? large : small;
}

/** Records how often something was tried, for the summary of `npm run attack`. */
export function report(name: string, counts: Readonly<Record<string, number>>): void {
  mkdirSync(ARTEFACTS, { recursive: true });
  appendFileSync(COUNTS, `${JSON.stringify({ name, counts })}\n`);
}
