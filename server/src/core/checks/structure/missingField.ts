import type { Rule } from '../check.ts';

export const missingField: Rule = {
  id: 'missing-field',
  severity: 'error',
  title: 'A required field is missing',
  why: 'The rest of the file has this field, so a trainer stops at this record or silently drops it.',
  example: '{"prompt": "Hi", "chosen": "Hello!"}',
  remedy: 'Fill in the field, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
};
