// Who writes such a line that is no JSON, and what to write instead: a sentence for people beside the place of the fault.

interface Cause {
  /** What stands at the fault, or just before it. */
  readonly isIt: (fault: Fault) => boolean;
  readonly words: string;
}

interface Fault {
  /** The text from the fault on. */
  readonly rest: string;
  /** The text before it, white space at its end left out. */
  readonly before: string;
  /** What the scanner expected. */
  readonly expected: string;
}

/** How much of a line is looked at on either side of the fault. */
const WINDOW_BYTES = 120;

const begins =
  (pattern: RegExp) =>
  ({ rest }: Fault): boolean =>
    pattern.test(rest);

const PYTHON = 'This is a Python dict as print or str() writes it; json.dumps(record) writes JSON.';

/** The first that fits counts. */
const CAUSES: readonly Cause[] = [
  {
    isIt: ({ rest, before }) => /^-?(?:NaN|nan)\b/.test(rest) || (before.endsWith('-') && /^NaN/i.test(rest)),
    words: 'Python and pandas write NaN, which is not JSON: write null.',
  },
  {
    isIt: ({ rest, before }) =>
      /^[-+]?(?:Infinity|inf)\b/.test(rest) || (before.endsWith('-') && /^Inf/i.test(rest)),
    words: 'Infinity is not JSON: write null or a large number.',
  },
  { isIt: begins(/^(?:None|True|False)\b/), words: PYTHON },
  {
    isIt: begins(/^(?:undefined)\b/),
    words: 'JavaScript writes undefined, which is not JSON: write null or leave the field out.',
  },
  {
    isIt: begins(/^(?:[bru]{1,2}["']|datetime\.|array\(|Decimal\(|OrderedDict|<[\w.]+ object)/),
    words: PYTHON,
  },
  { isIt: begins(/^'/), words: `JSON has double quotes, not single ones. ${PYTHON}` },
  {
    isIt: begins(/^[\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]/),
    words: 'These are typographic quotes, as a word processor makes them: write " instead.',
  },
  { isIt: begins(/^(?:\/\/|\/\*|#)/), words: 'JSON has no comments: take it out.' },
  {
    isIt: ({ rest, before }) => /^[}\]]/.test(rest) && before.endsWith(','),
    words: 'JSON has no comma before a closing bracket: take it out.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('control') && rest.startsWith('\t'),
    words: 'A raw tab stands inside a string: write \\t.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('control') && rest.startsWith('\r'),
    words: 'A raw carriage return stands inside a string: write \\r.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('control') && rest.startsWith('\n'),
    words: 'A raw line end stands inside a string: write \\n.',
  },
  {
    isIt: ({ expected }) => expected.startsWith('control'),
    words: 'Control characters inside strings are written as \\u00XX.',
  },
  { isIt: begins(/^\\'/), words: "In JSON a single quote needs no backslash: write ' alone." },
  { isIt: begins(/^\\x[0-9a-f]{2}/i), words: 'JSON has no \\x: write \\u00 and the two digits.' },
  {
    isIt: ({ expected }) => expected.startsWith('unknown escape'),
    words: 'A backslash itself is written \\\\, as in LaTeX and Windows paths.',
  },
  {
    isIt: ({ rest, before }) => rest.startsWith('﻿') || before.endsWith('\ufeff'),
    words: 'A byte order mark stands in the middle: files were joined.',
  },
  {
    isIt: ({ rest, before, expected }) =>
      expected.startsWith('a field name') && /^[A-Za-z_$]/.test(rest) && /[{,]$/.test(before),
    words: 'Names of fields stand in double quotes.',
  },
  {
    isIt: ({ rest, before }) => /^\d/.test(rest) && /(?:^|[^\d.])-?0$/.test(before),
    words: 'Numbers do not begin with 0: put it in quotes where the 0 counts.',
  },
  { isIt: begins(/^(?:\+\d|\.\d)/), words: 'Numbers begin with a digit or a minus.' },
  {
    isIt: begins(/^data:\s*[{[]/),
    words: 'This is the log of a stream (server-sent events): take "data:" off each line.',
  },
  { isIt: begins(/^\*\*|^```/), words: 'This is Markdown, as chat models put it around JSON: take it off.' },
  {
    isIt: ({ rest, expected }) => rest === '' && expected.includes('ends'),
    words:
      'The line breaks off: its end is lost, or a raw line end stands inside a string, which is written \\n.',
  },
  {
    isIt: ({ rest, expected }) => rest === '' && expected.includes('expected'),
    words: 'The line breaks off before the record ends.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('","') && /^[^\s"'{}[\],:]/.test(rest),
    words: 'Quotes inside a string are written \\".',
  },
];

/** What is behind a fault, and what to do; '' where nothing is known of it. */
export function causeOf(bytes: Uint8Array, offset: number, expected: string): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const rest = decoder.decode(bytes.subarray(offset, offset + WINDOW_BYTES));
  const before = decoder.decode(bytes.subarray(Math.max(0, offset - WINDOW_BYTES), offset)).trimEnd();
  return CAUSES.find(({ isIt }) => isIt({ rest, before, expected }))?.words ?? '';
}
