// Queries of marks, in the query language.
import type { Portrait } from '../../portrait/portrait.ts';

/** A value in quotes, as the query language writes it. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A rating of the pair, such as `chosen_rating.helpfulness`. */
export function ratingName(
  of: 'chosen_rating' | 'rejected_rating' | 'rating_difference',
  name: string,
): string {
  const steps = name.split('.').map((step) => (/^[\w-]+$/.test(step) ? step : quoted(step)));
  return [of, ...steps].join('.');
}

/** Ties have lengths too, but neither of their answers is chosen. */
export const withoutTies = ({ counts }: Portrait): string => (counts.ties > 0 ? ' -is:tie' : '');

export function joined(...terms: readonly string[]): string {
  return terms
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .join(' ');
}
