// One spelling for equal JSON values: what comparisons and keys of values go by.
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** True for what a table writes where a record has nothing: null, an empty text, list or object. */
export function isNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && (Array.isArray(value) ? value : Object.keys(value)).length === 0;
}

/** A value that is still to be written, or text that is. */
type Step = { readonly text: string } | { readonly value: Json };

function memberSteps(value: JsonObject): Step[] {
  const steps: Step[] = [{ text: '{' }];
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    // Tables fill fields in with null that a record does not have.
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
 * A value as text: the same for values that differ in the order of fields, or in fields that are null. No JSON. Works
 * without recursion, since hostile values nest deeper than the stack.
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
