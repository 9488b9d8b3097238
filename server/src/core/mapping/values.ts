// Which values of a label mean which answer, in words.
import type { JsonObject } from '../model/json.ts';
import { findField, formatPath } from './field.ts';
import { findLabels } from './forms/label.ts';
import type { Mapping, Verdicts } from './mapping.ts';

/** Values of one meaning to name. */
const MAX_VALUES = 6;

function listed(values: Verdicts['first']): string {
  const named = values.slice(0, MAX_VALUES).map((value) => JSON.stringify(value));
  return named.join(', ') + (values.length > MAX_VALUES ? ', …' : '');
}

/**
 * The values of a mapping's label, by the names of a record's fields: `"winner": "a" means response_a, "b" response_b,
 * "tie" a tie`. Undefined if the label is no value of a list.
 */
export function labelValues({ answers }: Mapping, record: JsonObject): string | undefined {
  const nameOf = (ref: string): string => {
    const found = findField(record, ref);
    return found ? formatPath(found.path) : (ref.split('|')[0] ?? ref);
  };
  if (answers.kind === 'unpaired') {
    const { at, first, second } = answers.verdict;
    if (!first || !second) return undefined;
    return `"${nameOf(at)}": ${listed(first)} mean a good answer; ${listed(second)} a bad one`;
  }
  if (answers.kind !== 'choice') return undefined;
  const { label } = answers;
  if (label.kind !== 'value' && label.kind !== 'votes') return undefined;
  const [found] = findLabels(label, record);
  const at = found
    ? formatPath(found.path)
    : nameOf(label.kind === 'value' ? label.at : (label.votes[0] ?? ''));
  const { first, second, ties = [] } = label;
  const tied = ties.length > 0 ? `; ${listed(ties)} a tie` : '';
  return `"${at}": ${listed(first)} mean ${nameOf(answers.first.at)}; ${listed(second)} ${nameOf(answers.second.at)}${tied}`;
}
