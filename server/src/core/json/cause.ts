// Likely causes of invalid JSON, with advice: a sentence to add to the error.

interface Cause {
  /** Tests the text at the fault, or just before it. */
  readonly isIt: (fault: Fault) => boolean;
  readonly advice: string;
}

interface Fault {
  /** The text from the fault on. */
  readonly rest: string;
  /** The text before the fault, without trailing white space. */
  readonly before: string;
  /** What the scanner expected. */
  readonly expected: string;
}

/** Bytes to read on either side of the fault. */
const WINDOW_BYTES = 120;

const begins =
  (pattern: RegExp) =>
  ({ rest }: Fault): boolean =>
    pattern.test(rest);

const PYTHON = 'This is a Python dict from print or str(); json.dumps(record) writes JSON.';

/** The first match applies. */
const CAUSES: readonly Cause[] = [
  {
    isIt: ({ rest, before }) => /^-?(?:NaN|nan)\b/.test(rest) || (before.endsWith('-') && /^NaN/i.test(rest)),
    advice: 'Python and pandas write NaN, which is not JSON. Write null.',
  },
  {
    isIt: ({ rest, before }) =>
      /^[-+]?(?:Infinity|inf)\b/.test(rest) || (before.endsWith('-') && /^Inf/i.test(rest)),
    advice: 'Infinity is not JSON. Write null or a large number.',
  },
  { isIt: begins(/^(?:None|True|False)\b/), advice: PYTHON },
  {
    isIt: begins(/^(?:undefined)\b/),
    advice: 'JavaScript writes undefined, which is not JSON. Write null or omit the field.',
  },
  {
    isIt: begins(/^(?:[bru]{1,2}["']|datetime\.|array\(|Decimal\(|OrderedDict|<[\w.]+ object)/),
    advice: PYTHON,
  },
  { isIt: begins(/^'/), advice: `JSON uses double quotes, not single ones. ${PYTHON}` },
  {
    isIt: begins(/^[\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]/),
    advice: 'These are typographic quotes from a word processor. Write ".',
  },
  { isIt: begins(/^(?:\/\/|\/\*|#)/), advice: 'JSON has no comments. Remove it.' },
  {
    isIt: ({ rest, before }) => /^[}\]]/.test(rest) && before.endsWith(','),
    advice: 'JSON allows no comma before a closing bracket. Remove it.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('control') && rest.startsWith('\t'),
    advice: 'There is a raw tab in a string. Write \\t.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('control') && rest.startsWith('\r'),
    advice: 'There is a raw carriage return in a string. Write \\r.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('control') && rest.startsWith('\n'),
    advice: 'There is a raw line end in a string. Write \\n.',
  },
  {
    isIt: ({ expected }) => expected.startsWith('control'),
    advice: 'Write control characters in strings as \\u00XX.',
  },
  { isIt: begins(/^\\'/), advice: "In JSON, a single quote needs no backslash. Write '." },
  { isIt: begins(/^\\x[0-9a-f]{2}/i), advice: 'JSON has no \\x. Write \\u00 and the two digits.' },
  {
    isIt: ({ expected }) => expected.startsWith('unknown escape'),
    advice: 'Write a backslash as \\\\, for example in LaTeX and Windows paths.',
  },
  {
    isIt: ({ rest, before }) => rest.startsWith('﻿') || before.endsWith('\ufeff'),
    advice: 'There is a byte order mark in the middle: two files were concatenated.',
  },
  {
    isIt: ({ rest, before, expected }) =>
      expected.startsWith('expected a field name') && /^[A-Za-z_$]/.test(rest) && /[{,]$/.test(before),
    advice: 'Put field names in double quotes.',
  },
  {
    isIt: ({ rest, before }) => /^\d/.test(rest) && /(?:^|[^\d.])-?0$/.test(before),
    advice: 'Numbers don’t begin with 0. If the 0 matters, put the value in quotes.',
  },
  { isIt: begins(/^(?:\+\d|\.\d)/), advice: 'Numbers begin with a digit or a minus sign.' },
  {
    isIt: begins(/^data:\s*[{[]/),
    advice: 'This is a log of server-sent events. Remove "data:" from each line.',
  },
  { isIt: begins(/^\*\*|^```/), advice: 'This is Markdown that a chat model put around JSON. Remove it.' },
  {
    isIt: ({ rest, before }) => rest === '' && before === '[',
    advice: 'This is a JSON list; JSON Lines has one record per line. Convert it with `preflens convert`.',
  },
  {
    isIt: ({ rest, expected }) => rest === '' && expected.includes('ends'),
    advice:
      'The line breaks off: its end is missing, or a string contains a raw line end. Write that as \\n.',
  },
  {
    isIt: ({ rest, expected }) => rest === '' && expected.includes('expected'),
    advice: 'The line breaks off before the record ends.',
  },
  {
    isIt: ({ rest, expected }) => expected.startsWith('expected ","') && /^[^\s"'{}[\],:]/.test(rest),
    advice: 'Write quotes inside a string as \\".',
  },
];

/** Likely cause of a fault, with advice; '' if unknown. */
export function causeOf(bytes: Uint8Array, offset: number, expected: string): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const rest = decoder.decode(bytes.subarray(offset, offset + WINDOW_BYTES));
  const before = decoder.decode(bytes.subarray(Math.max(0, offset - WINDOW_BYTES), offset)).trimEnd();
  return CAUSES.find(({ isIt }) => isIt({ rest, before, expected }))?.advice ?? '';
}
