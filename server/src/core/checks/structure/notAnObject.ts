import type { Rule } from '../check.ts';

export const notAnObject: Rule = {
  id: 'not-an-object',
  severity: 'error',
  title: 'The line is JSON, but not an object',
  why: 'A record of preference data is an object with named fields; a loader that meets a list or a text stops there.',
  example: '["Hi", "Hello!", "Go away."]',
  remedy: 'Write the record as an object like its neighbours, or drop the line.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
};
