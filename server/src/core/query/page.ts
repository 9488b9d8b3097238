// The page of the query language. It prints in a terminal, and `npm run generate` writes it to media/docs.
import { NAMED_FACTS, NUMBER_FACTS, TEXT_PARTS } from './facts.ts';
import { RATINGS } from './ratings.ts';

/** Queries with what they find; a test runs each of them. */
export const EXAMPLES: readonly (readonly [query: string, meaning: string])[] = [
  ['refuse', 'the word in the prompt or an answer, in any letter case'],
  ['"as an AI"', 'a phrase'],
  ['sorry*help', '`*` in a word stands for any characters'],
  ['/refus(al|e)/i', 'a regular expression of JavaScript'],
  ['chosen:sorry -rejected:sorry', 'both conditions; `-` or `NOT` is the opposite'],
  ['rejected:sorry OR (margin<0 length>2000)', 'one of them; parentheses group'],
  ['margin<-1 length_difference>200', 'facts of the pair'],
  ['is:edited -is:dropped', 'a state'],
  ['rule:likely-mislabeled', 'pairs with a finding of a rule; `rule:pii*` for several'],
  ['source:sharegpt', 'a field of the record, in any letter case; in a list, one of its items'],
  ['source=ShareGPT', 'the same letters'],
  ['source!=ShareGPT', 'another value, or none'],
  ['source:* -source:gpt*', 'a value that does not begin with gpt'],
  ['info.score>=4', 'a field in a field; numbers compare as numbers'],
  ['messages.role:tool', 'a name leads through lists'],
  ['"odd name":"two words"', 'quotes around names and values'],
  ['label:null', '`null`; `-label:*` is null or missing'],
  ['rating_difference.helpfulness<0', 'the record rates the rejected answer as more helpful'],
  ['.margin:3', 'with a dot, the field of the record, not the fact'],
];

const width = (names: readonly string[]): number => Math.max(...names.map(({ length }) => length));

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
  return ['| | |', '|---|---|', ...rows.map(([name, detail]) => `| ${code(name)} | ${detail} |`)];
}

function details(
  facts: Readonly<Record<string, { readonly detail: string }>>,
): readonly (readonly [string, string])[] {
  return Object.entries(facts).map(([name, { detail }]) => [name, detail] as const);
}

const states = Object.entries(NAMED_FACTS['is']?.values ?? {}).map(
  ([name, detail]) => [`is:${name}`, detail] as const,
);

const PARTS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ['Examples', EXAMPLES],
  ['Numbers', [...details(NUMBER_FACTS), ...Object.entries(RATINGS)]],
  ['Names', details(NAMED_FACTS)],
  ['States', states],
  ['Texts', Object.entries(TEXT_PARTS).map(([name, detail]) => [`${name}:`, detail] as const)],
];

const RULES = [
  'Terms with spaces between them must all be true. Lengths are in UTF-16 units.',
  'Every name that is not listed here is a field of the record.',
  'A record is found if one of its pairs fulfils the whole query.',
  'A word or phrase stands within one text of the record. Of a record without answers, all texts are searched.',
  'A comparison with a missing value is false, so `!=` and `-` also find records without the field.',
  'Rows are sorted by a number of this page or by a field: numbers as numbers, then texts by their UTF-16 units (the first 64), missing values last.',
];

/** For a terminal. */
export function queryLines(): readonly string[] {
  return [
    ...RULES,
    ...PARTS.flatMap(([title, rows]) => {
      const column = width(rows.map(([name]) => name));
      return [
        '',
        title,
        ...rows.map(([name, detail]) => `  ${name.padEnd(column)}  ${detail.replaceAll('`', '')}`),
      ];
    }),
  ];
}

/** In Markdown. */
export function queryPage(): string {
  return [
    '# Queries',
    '',
    '<!-- Written by `npm run generate` from `server/src/core/query`. -->',
    '',
    'One language selects records in the dataset editor, in `preflens rows` and in every other place that filters. Regular expressions that take',
    'more than two seconds on one record end the search, and a message names the record.',
    '',
    ...RULES.map((rule) => `- ${rule}`),
    ...PARTS.flatMap(([title, rows]) => ['', `## ${title}`, '', ...table(rows)]),
    '',
  ].join('\n');
}
