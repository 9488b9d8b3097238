// One spelling for equal JSON values, used for comparisons and keys.
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** True for what tables write for a missing value: null, an empty string, list or object. */
export function isNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && (Array.isArray(value) ? value : Object.keys(value)).length === 0;
}

/** A value that is not written yet, or finished text. */
type Step = { readonly text: string } | { readonly value: Json };

function memberSteps(value: JsonObject): Step[] {
  const steps: Step[] = [{ text: '{' }];
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    // Tables fill missing fields with null.
    if (member === undefined || member === null) continue;
    steps.push({ text: `${JSON.stringify(name)}:` }, { value: member }, { text: ',' });
  }
  steps.push({ text: '}' });
  return steps;
}

function itemSteps(value: readonly Json[]): Step[] {
  return [{ text: '[' }, ...value.flatMap((item): Step[] => [{ value: item }, { text: ',' }]), { text: ']' }];
}

/**
 * Text that is equal for values that differ only in field order or in null fields. The text is not JSON. Not
 * recursive: hostile values nest deeper than the stack.
 */
export function canonical(root: Json): string {
  const out: string[] = [];
  const open: Step[] = [{ value: root }];
  for (let step = open.pop(); step; step = open.pop()) {
    if ('text' in step) {
      out.push(step.text);
      continue;
    }
    const { value } = step;
    if (typeof value !== 'object' || value === null) {
      out.push(JSON.stringify(value));
      continue;
    }
    const steps = isObject(value) ? memberSteps(value) : itemSteps(value);
    for (let i = steps.length - 1; i >= 0; i--) open.push(steps[i] as Step);
  }
  return out.join('');
}
