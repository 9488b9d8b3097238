import type { Rule } from '../check.ts';

export const invalidJson: Rule = {
  id: 'invalid-json',
  severity: 'error',
  title: 'The line is not one JSON value',
  why: 'Loaders stop or skip at such a line. The message names the first byte that cannot be read; the rest of the file is checked all the same.',
  example: '{"prompt": "Hi", "chosen": "Hello!",}',
  remedy:
    'Mend the line at the byte that is named, or drop it. Where several records stand on one line, or commas around them, each gets a line of its own and keeps all its bytes.',
  repairs: [
    {
      edit: 'separate',
      grade: 'safe',
      title: 'Put each record on a line of its own, without commas',
      because: 'Every record keeps all its bytes; only line ends are added and commas between records go.',
    },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  source: 'huggingface/datasets#4107, #2779',
};
