// What a fit took into account, in sentences for people.
import { plural } from '../words/numbers.ts';
import { t } from '../words/translate.ts';
import type { FittedModels } from './model.ts';

const named = (fields: readonly string[]): string => fields.map((field) => t('“{0}”', field)).join(t(', '));

function aboutGroups({ groups, trials }: FittedModels): string | undefined {
  const tried = trials.filter(({ field }) => field !== groups?.field).map(({ field }) => field);
  if (!groups)
    return tried.length === 0
      ? undefined
      : t('One group: labels are predicted no better with groups by {0}.', named(tried));
  const chosen = trials.find(({ field }) => field === groups.field);
  const values = plural(groups.values.length, 'value');
  if (!chosen) return t('Grouped by “{0}” ({1}), as set.', groups.field, values);
  return t(
    'Grouped by “{0}” ({1}): that predicts labels better than one group, by {2} ± {3} in log-loss.',
    groups.field,
    values,
    chosen.gain.toFixed(3),
    chosen.error.toFixed(3),
  );
}

/** How pairs are grouped and why, and which origins of answers count or are left out. Empty for a file that says neither. */
export function aboutFit(fitted: FittedModels): readonly string[] {
  const { categories, numbers, leftOut } = fitted.origins;
  const used = [...new Set([...categories.map(({ field }) => field), ...numbers])];
  return [
    aboutGroups(fitted),
    used.length === 0
      ? undefined
      : t(
          'It also reads {0} of each answer: it flags an answer because answers from there usually lose.',
          named(used),
        ),
    ...leftOut.map(({ field, told }) =>
      t(
        '“{0}” of an answer tells {1} % of the labels by itself, so it is left out.',
        field,
        (100 * told).toFixed(0),
      ),
    ),
  ].filter((line) => line !== undefined);
}
