import type { Rule } from '../check.ts';

export const notAnObject: Rule = {
  id: 'not-an-object',
  severity: 'error',
  title: 'The line is JSON, but not an object',
  why: 'A preference record is an object with named fields; a loader stops at a list or a string.',
  example: '["Hi", "Hello!", "Go away."]',
  remedy: 'Write the record as an object like the other lines, or drop it.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
};
