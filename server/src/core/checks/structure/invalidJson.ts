import type { Rule } from '../check.ts';

export const invalidJson: Rule = {
  id: 'invalid-json',
  severity: 'error',
  title: 'The line is not one JSON value',
  why: 'Loaders stop at such a line or skip it. The message gives the first byte that can’t be parsed; PrefLens still checks the rest of the file.',
  example: '{"prompt": "Hi", "chosen": "Hello!",}',
  remedy:
    'Fix the line at the given byte, or drop it. If a line holds several records, or commas around them, the repair puts each record on its own line with all its bytes.',
  repairs: [
    {
      edit: 'separate',
      grade: 'safe',
      title: 'Put each record on its own line, without commas',
      because:
        'Every record keeps all its bytes; the repair only adds line ends and removes the commas between records.',
    },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  source: 'huggingface/datasets#4107, #2779',
};
