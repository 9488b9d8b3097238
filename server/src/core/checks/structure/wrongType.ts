import type { Rule } from '../check.ts';

export const wrongType: Rule = {
  id: 'wrong-type',
  severity: 'error',
  title: 'A field has a different type than in the rest of the file',
  why: 'A boolean, number or list instead of text usually comes from an exporter that guessed types.',
  example: '{"prompt": "Is 7 a prime?", "chosen": true, "rejected": "No."}',
  remedy: 'Write the value as text, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
};
