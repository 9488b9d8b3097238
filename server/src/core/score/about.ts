// What a fit took into account, in sentences for people.
import { plural } from '../words/numbers.ts';
import type { FittedModels } from './model.ts';

const named = (fields: readonly string[]): string => fields.map((field) => `“${field}”`).join(', ');

function aboutGroups({ groups, trials }: FittedModels): string | undefined {
  const tried = trials.filter(({ field }) => field !== groups?.field).map(({ field }) => field);
  if (!groups)
    return tried.length === 0
      ? undefined
      : `One group: labels are predicted no better with groups by ${named(tried)}.`;
  const chosen = trials.find(({ field }) => field === groups.field);
  const split = `Grouped by “${groups.field}” (${plural(groups.values.length, 'value')})`;
  if (!chosen) return `${split}, as set.`;
  return `${split}: that predicts labels better than one group, by ${chosen.gain.toFixed(3)} ± ${chosen.error.toFixed(3)} in log-loss.`;
}

/** How pairs are grouped and why, and which origins of answers count or are left out. Empty for a file that says neither. */
export function aboutFit(fitted: FittedModels): readonly string[] {
  const { categories, numbers, leftOut } = fitted.origins;
  const used = [...new Set([...categories.map(({ field }) => field), ...numbers])];
  return [
    aboutGroups(fitted),
    used.length === 0
      ? undefined
      : `It also reads ${named(used)} of each answer: it flags an answer because answers from there usually lose.`,
    ...leftOut.map(
      ({ field, told }) =>
        `“${field}” of an answer tells ${(100 * told).toFixed(0)} % of the labels by itself, so it is left out.`,
    ),
  ].filter((line) => line !== undefined);
}
