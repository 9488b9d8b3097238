// How a value of a query is compared with a text.
import type { Term, Value } from './syntax.ts';
import { QueryError } from './syntax.ts';

const special = /[\\^$.*+?()[\]{}|/]/g;

/** A text as the source of a regular expression. */
function literal(text: string): string {
  return text.replaceAll(special, '\\$&');
}

/** Letter case is ignored by Unicode's simple case folding. */
const IGNORE_CASE = 'iu';

/** The pieces of a word between its `*`. */
export function piecesOf({ kind, text }: Value): readonly string[] {
  return (kind === 'word' ? text.split('*') : [text]).filter((piece) => piece !== '');
}

/** True if all pieces occur in the text, one after the other; the first and last at its ends, if `isWhole`. */
function fits(text: string, pieces: readonly RegExp[]): boolean {
  let at = 0;
  for (const piece of pieces) {
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (!match) return false;
    at = match.index + match[0].length;
  }
  return true;
}

/** A test for texts that hold a word or phrase somewhere; `*` in a word stands for any characters. */
export function contains(value: Value): (text: string) => boolean {
  const pieces = piecesOf(value).map((piece) => new RegExp(literal(piece), `g${IGNORE_CASE}`));
  return pieces.length === 0 ? (text) => text !== '' : (text) => fits(text, pieces);
}

/** A test for texts that are equal to a value, in any letter case; `*` in a word stands for any characters. */
export function equalsLoosely({ kind, text }: Value): (text: string) => boolean {
  if (kind !== 'word' || !text.includes('*')) {
    const whole = new RegExp(`^${literal(text)}$`, IGNORE_CASE);
    return (one) => whole.test(one);
  }
  const [first = '', ...more] = text.split('*');
  const last = more.pop() ?? '';
  const start = new RegExp(`^${literal(first)}`, IGNORE_CASE);
  const end = new RegExp(`${literal(last)}$`, IGNORE_CASE);
  const middle = more
    .filter((piece) => piece !== '')
    .map((piece) => new RegExp(literal(piece), `g${IGNORE_CASE}`));
  return (one) => {
    const [head] = start.exec(one) ?? [];
    const tail = end.exec(one);
    if (head === undefined || !tail || tail.index < head.length) return false;
    return fits(one.slice(head.length, tail.index), middle);
  };
}

const FLAGS = 'imsu';

/** The regular expression of a value. Throws a QueryError. */
export function expressionOf({ text, flags, start, end }: Value): RegExp {
  const unknown = Array.from(flags).find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined)
    throw new QueryError(
      `Unknown flag \`${unknown}\` after the regular expression. The flags are i, m, s and u. If this is no regular expression, put it in quotes.`,
      end - flags.length,
      end,
    );
  try {
    return new RegExp(text, flags);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split(': ').at(-1) ?? '') : '';
    throw new QueryError(
      `This regular expression is wrong: ${why.charAt(0).toLowerCase()}${why.slice(1)}. Correct it, or put the text in quotes.`,
      start,
      end,
    );
  }
}

/** The words of a regular expression that is nothing but words or a choice among them; else undefined. */
export function plainWords({ kind, text }: Value): readonly string[] | undefined {
  if (kind !== 'expression' || !/^[\w ,;:'"!@#%&=<>~|-]+$/.test(text)) return undefined;
  const words = text.split('|');
  return words.every((word) => word !== '') ? words : undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A text as a number; NaN if it is none. */
export function numberOf(text: string): number {
  return NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
}

/** Comparisons that order two values. */
export const ORDERINGS: Readonly<Partial<Record<Term['operator'], (order: number) => boolean>>> = {
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};
