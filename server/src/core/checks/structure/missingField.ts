import type { Rule } from '../check.ts';

export const missingField: Rule = {
  id: 'missing-field',
  severity: 'error',
  title: 'A field that the schema needs is not there',
  why: 'The rest of the file has this field, so a trainer will stop at the record or drop it in silence.',
  example: '{"prompt": "Hi", "chosen": "Hello!"}',
  remedy: 'Fill the field in, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
};
