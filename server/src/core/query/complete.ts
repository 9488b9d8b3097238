// How a query can go on at the cursor.
import { ALL_RULES } from '../checks/table.ts';
import { NAMED_FACTS, NUMBER_FACTS, TEXT_PARTS } from './facts.ts';

export interface Completion {
  readonly label: string;
  /** Replaces the half-open range of the query, in UTF-16 units. */
  readonly insert: string;
  readonly start: number;
  readonly end: number;
  /** What it means. */
  readonly detail: string;
}

/** A field of the records that a query can name. */
export interface KnownField {
  readonly name: string;
  readonly kind: string;
  /** A rating of the pair, and no field of the record. */
  readonly isRating?: true | undefined;
  /** Its values as a query spells them, if they are few. */
  readonly values?: readonly string[] | undefined;
}

interface Option {
  readonly text: string;
  /** What is inserted, if not the text alone. */
  readonly insert?: string;
  readonly detail: string;
}

const NAMES: readonly Option[] = [
  ...Object.entries(NUMBER_FACTS).map(([text, { detail }]) => ({ text, insert: text, detail })),
  ...[...Object.entries(NAMED_FACTS), ...Object.entries(TEXT_PARTS)].map(([text, fact]) => ({
    text,
    insert: `${text}:`,
    detail: typeof fact === 'string' ? `search ${fact}` : fact.detail,
  })),
];

const KEYWORDS: readonly Option[] = [
  { text: 'OR', insert: 'OR ', detail: 'one of the two' },
  { text: 'NOT', insert: 'NOT ', detail: 'the opposite; also -' },
];

const COMPARISONS: readonly Option[] = [
  { text: '<', detail: 'less than' },
  { text: '>', detail: 'more than' },
  { text: '=', detail: 'equal to' },
];

/** The part of a term before the cursor: a name with its operator, and what is typed of the value. */
const TERM = /(?:(\.?(?:"(?:[^"\\]|\\.)*"|[^\s()":=<>!])+)(:|!=|=)|^|)("(?:[^"\\]|\\.)*|[^\s()":=<>!]*)$/;

function nameOptions(fields: readonly KnownField[], isOwn: boolean): readonly Option[] {
  const known = new Set(NAMES.map(({ text }) => text));
  return [
    ...(isOwn ? [] : NAMES),
    ...fields.flatMap(({ name, kind, isRating }) => {
      if (isRating) return isOwn ? [] : [{ text: name, insert: name, detail: 'rating of the pair' }];
      const text = isOwn || known.has(name) ? `.${name}` : name;
      return { text, insert: `${text}:`, detail: `field of the record (${kind})` };
    }),
  ];
}

function valueOptions(name: string, fields: readonly KnownField[]): readonly Option[] {
  if (name === 'rule') return ALL_RULES.map(({ id, title }) => ({ text: id, detail: title }));
  const fact = NAMED_FACTS[name];
  if (fact) return Object.entries(fact.values ?? {}).map(([text, detail]) => ({ text, detail }));
  const own = name.startsWith('.') ? name.slice(1) : name;
  const values = fields.find((field) => field.name === own)?.values ?? [];
  return [
    ...values.map((text) => ({ text, detail: `a value of ${own}` })),
    ...(values.length > 0 ? [{ text: '*', detail: 'any value' }] : []),
  ];
}

/** Those that begin with what is typed, then those that hold it. */
function fitting(options: readonly Option[], typed: string): readonly Option[] {
  const wanted = typed.replace(/^"/, '').toLowerCase();
  const rank = ({ text }: Option): number => {
    const at = text
      .toLowerCase()
      .replace(/^["."]+/, '')
      .indexOf(wanted.replace(/^\./, ''));
    return at < 0 ? 2 : Math.min(1, at);
  };
  return options.filter((one) => rank(one) < 2).sort((a, b) => rank(a) - rank(b));
}

/** True if the cursor is inside a regular expression, whose words mean something else. */
const IN_EXPRESSION = /(?:^|[\s(:=])\/(?:[^/\\\s]|\\.)*$/;

/** How a query can go on at the cursor, the likeliest first. */
export function complete(
  query: string,
  cursor: number,
  fields: readonly KnownField[],
): readonly Completion[] {
  const before = query.slice(0, cursor);
  if (IN_EXPRESSION.test(before)) return [];
  const [, name, operator, typed = ''] = TERM.exec(before) ?? [];
  // The rest of the word that the cursor is in.
  const rest = /^[^\s()":=<>!]*/.exec(query.slice(cursor))?.[0].length ?? 0;
  const start = cursor - typed.length;
  const make = ({ text, insert = text, detail }: Option): Completion => ({
    label: text,
    insert,
    start,
    end: cursor + rest,
    detail,
  });
  if (name !== undefined && operator !== undefined)
    return fitting(valueOptions(name, fields), typed).map(make);
  const minus = typed.startsWith('-') ? 1 : 0;
  const word = typed.slice(minus);
  const isNumber = Object.hasOwn(NUMBER_FACTS, word);
  const found = fitting(
    [...nameOptions(fields, word.startsWith('.')), ...(minus === 0 && before.trim() !== '' ? KEYWORDS : [])],
    word,
  );
  const items = found.map((one) => ({ ...make(one), start: start + minus }));
  if (!isNumber) return items;
  const operators = COMPARISONS.map(({ text, detail }) => ({
    ...make({ text: word + text, detail: `${word} ${detail} …` }),
    start: start + minus,
  }));
  return [...operators, ...items.filter(({ label }) => label !== word)];
}
