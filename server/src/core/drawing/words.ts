// How figures write numbers. Values that were NaN arrive as null over a wire, so `isKnown` decides.
import type { Estimate } from '../checks/dataset/effects.ts';
import { inGroups } from '../words/numbers.ts';
import { spokenLanguage, t } from '../words/translate.ts';

/** "12,345". */
export const count = inGroups;

/** "12 %", "0.4 %", "<0.1 %". */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return '<0.1 %';
  return `${value < 9.95 && value > 0 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

export function isKnown({ value }: Estimate): boolean {
  return Number.isFinite(value);
}

/** "62 % (60 to 64 %)". */
export function shareWords({ value, low, high }: Estimate): string {
  const whole = (share: number): string => (100 * share).toFixed(0);
  return t('{0} % ({1} to {2} %)', whole(value), whole(low), whole(high));
}

/** A number with a real minus sign. */
export function signed(value: number): string {
  return (
    (value < 0 ? '−' : '') +
    Math.abs(value).toLocaleString(spokenLanguage()?.name ?? 'en', { maximumFractionDigits: 3 })
  );
}

/** "0.42 (0.39 to 0.45)". */
export function estimateWords({ value, low, high }: Estimate, digits = 2): string {
  const written = (one: number): string => (one < 0 ? '−' : '') + Math.abs(one).toFixed(digits);
  return t('{0} ({1} to {2})', written(value), written(low), written(high));
}

/** "1", "220", "1.5k", "10k", "1M". */
export function short(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size >= 1e6) return `${sign}${Number((size / 1e6).toPrecision(3))}M`;
  if (size >= 1000) return `${sign}${Number((size / 1000).toPrecision(3))}k`;
  return `${sign}${Number(size.toPrecision(3))}`;
}

/** The values of a bin, in words: "below −2", "−2 to −1.5", "5 and more". */
export function binWords(low: number | undefined, high: number | undefined): string {
  if (low === undefined && high === undefined) return t('all');
  if (low === undefined) return t('below {0}', signed(high ?? 0));
  return high === undefined ? t('{0} and more', signed(low)) : t('{0} to {1}', signed(low), signed(high));
}

/** The lengths of a bin. Lengths are whole numbers, so both ends are inclusive: "100 to 149". */
export function lengthWords(low: number | undefined, high: number | undefined): string {
  if (high === undefined) return t('{0} and more characters', count(low ?? 0));
  const [from, to] = [low ?? 0, high - 1];
  return from === to ? t('{0} characters', count(from)) : t('{0} to {1} characters', count(from), count(to));
}
