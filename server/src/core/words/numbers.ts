// Number formats, the same in every program.
import { english, filled, formsKey, spokenLanguage, translatedForm } from './translate.ts';

/** "12,345". The first use of a locale costs 20 ms, which short output need not pay. */
export const inGroups = (count: number): string =>
  Math.abs(count) < 1000 && Number.isInteger(count)
    ? String(count)
    : count.toLocaleString(spokenLanguage()?.name ?? 'en');

/**
 * A sentence about a number of things: {0} is the number, {1} and so on are the values.
 * @param one the English text for one thing, and `many` for every other number
 */
export function counted(
  count: number,
  one: string,
  many: string,
  ...values: readonly (string | number)[]
): string {
  const form = translatedForm(count, formsKey(one, many)) ?? (count === 1 ? one : many);
  return filled(form, [inGroups(count), ...values]);
}

/** "1 finding", "12,345 findings". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return counted(count, `{0} ${one}`, `{0} ${many}`);
}

/** The same text with a capital first letter. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const MARGIN_DIGITS = 2;

/** The sign of a number as printed with so many digits after the point: 0 if it rounds to 0. */
export function signWith(digits: number, value: number): -1 | 0 | 1 {
  if (Number(Math.abs(value).toFixed(digits)) === 0) return 0;
  return value < 0 ? -1 : 1;
}

/** A number with a sign, and so many digits after the point: "−2.314" with a real minus sign, "0.000". */
export function signedWith(digits: number, value: number): string {
  const sign = { '-1': '−', '0': '', '1': '+' }[signWith(digits, value)];
  return `${sign}${Math.abs(value).toFixed(digits)}`;
}

/** The sign of a margin as printed. */
export function marginSign(margin: number): -1 | 0 | 1 {
  return signWith(MARGIN_DIGITS, margin);
}

/** A margin or reward: "−2.31", "+0.50", "0.00". */
export function formatMargin(margin: number): string {
  return signedWith(MARGIN_DIGITS, margin);
}

const ORDINALS = ['{0}th', '{0}st', '{0}nd', '{0}rd'] as const;
const ORDINAL_FORMS = english('{0}th|{0}st|{0}nd|{0}rd');

/** "1st", "2nd", "11th", "1,003rd". */
export function ordinal(rank: number): string {
  const [tens, ones] = [rank % 100, rank % 10];
  const form = tens > 10 && tens < 14 ? ORDINALS[0] : (ORDINALS[ones] ?? ORDINALS[0]);
  return filled(translatedForm(rank, ORDINAL_FORMS, 'ordinal') ?? form, [inGroups(rank)]);
}

/** A percentage: a whole number, or one digit below 1; never 0. */
function shareText(percent: number): string {
  return percent < 0.95 ? Math.max(0.1, percent).toFixed(1) : Math.round(percent).toString();
}

/** Where a number is among others: the share from the nearer end to it. */
export interface Standing {
  readonly end: 'lowest' | 'highest';
  /** As printed. */
  readonly percent: string;
}

/** Where a number is among `count`, with `below` lower ones. */
export function standingAmong(below: number, count: number): Standing {
  const [low, high] = [(100 * (below + 1)) / count, (100 * (count - below)) / count];
  return low <= high
    ? { end: 'lowest', percent: shareText(low) }
    : { end: 'highest', percent: shareText(high) };
}

/** "lowest 0.2 %", "highest 12 %". */
export function standingText({ end, percent }: Standing): string {
  return `${end} ${percent} %`;
}

/** Names for a sentence, not too many. */
export function listed(names: readonly string[]): string {
  return names.length > 4
    ? `${names.slice(0, 3).join(', ')} and ${inGroups(names.length - 3)} more`
    : names.join(', ');
}
