// A query as a tree: terms joined by AND, OR and NOT, each with its place in the text.
//
//   query  = and { OR and }
//   and    = unary { [AND] unary }
//   unary  = (NOT | "-") unary | "(" query ")" | term
//   term   = name operator value | value
//   value  = word | "quoted" | /expression/flags

/** What is wrong with a query, and what to write. Half-open place in it, in UTF-16 units. */
export interface Fault {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Ends the reading of a query. Never leaves the core: `readQuery` returns its fault. */
export class QueryError extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }

  get fault(): Fault {
    return { message: this.message, start: this.start, end: this.end };
  }
}

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=';

export interface Name {
  /** Without the leading dot. */
  readonly text: string;
  /** It begins with a dot: a field of the record, even if a fact has that name. */
  readonly isOwn: boolean;
  readonly start: number;
  readonly end: number;
}

export interface Value {
  readonly kind: 'word' | 'quoted' | 'expression';
  /** Of an expression, its source. */
  readonly text: string;
  /** Of an expression. */
  readonly flags: string;
  readonly start: number;
  readonly end: number;
}

export interface Term {
  readonly kind: 'term';
  /** Absent for words to search for in the texts. */
  readonly name?: Name;
  readonly operator: Operator;
  readonly value: Value;
}

export type Syntax =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'not'; readonly part: Syntax }
  | Term;

/** Longest query, in UTF-16 units. */
const MAX_LENGTH = 20_000;

/** Parentheses and NOTs inside each other. */
const MAX_DEPTH = 64;

const SPACE = /\s*/y;
const KEYWORD = /(?:OR|AND|NOT)(?=[\s()]|$)/y;
/** A name before an operator. Blanks may stand around comparisons, but not around a colon. */
const NAMED = /((?:"(?:[^"\\]|\\.)*"|[^\s()":=<>!]|!(?!=))+)(?:(:)|\s*(!=|>=|<=|==|=|>|<)\s*)/y;
const COMPARED = /(>=|<=|>|<)\s*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/suy;
const EXPRESSION = /\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/uy;
const WORD = /[^\s()"]+/y;
const LOOSE_OPERATOR = /[:=<>]|!=/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The text of a quoted value. A backslash before any other character stands for itself. */
function unescape(text: string): string {
  return text.replaceAll(/\\(?:u([\da-fA-F]{4})|(["\\/nrt]))/g, (_, code: string | undefined, one: string) =>
    code === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** A value as a query spells it. */
export function spellValue(text: string): string {
  const isWord = /^[^\s()"/\-:=<>!*][^\s()"*]*$/.test(text) && !/^(?:OR|AND|NOT|null)$/.test(text);
  if (isWord) return text;
  const escaped = text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `"${escaped.replaceAll('\t', '\\t')}"`;
}

/** Reads a query. Throws a QueryError. */
export function parseQuery(text: string): Syntax {
  let [at, depth] = [0, 0];
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    at += match[0].length;
    return match;
  };
  const fail = (message: string, start: number, end = at): never => {
    throw new QueryError(message, start, Math.max(end, start));
  };
  const skip = (): void => {
    take(SPACE);
  };
  const keyword = (): string | undefined => {
    const before = at;
    const word = take(KEYWORD)?.[0];
    at = before;
    return word;
  };
  const isEnd = (): boolean => at === text.length;

  const readValue = (owner: string | undefined): Value => {
    const start = at;
    const first = text[at];
    if (first === '"') {
      const inside = take(QUOTED)?.[1];
      if (inside === undefined)
        return fail('This quote is never closed. Add a " after the value.', start, text.length);
      return { kind: 'quoted', text: unescape(inside), flags: '', start, end: at };
    }
    if (first === '/') {
      const [, source, flags = ''] = take(EXPRESSION) ?? [];
      if (source === undefined)
        return fail(
          'This regular expression is never closed. Add a / after it, or put the value in quotes.',
          start,
          text.length,
        );
      return { kind: 'expression', text: source, flags, start, end: at };
    }
    if (first === '(' && owner !== undefined)
      return fail(`Repeat the field for each value: (${owner}:a OR ${owner}:b).`, start, start + 1);
    const word = take(WORD)?.[0];
    if (word === undefined)
      return fail(
        `A value is missing after \`${text.slice(0, start).trimEnd().split(/\s/).at(-1) ?? ''}\`. Write one, such as \`${owner ?? 'text'}:word\`.`,
        Math.max(0, start - 1),
        start,
      );
    return { kind: 'word', text: word, flags: '', start, end: at };
  };

  const readTerm = (): Term => {
    const start = at;
    const named = text[at] === '/' ? undefined : take(NAMED);
    if (!named) {
      const operator = take(LOOSE_OPERATOR)?.[0];
      if (operator !== undefined)
        return fail(
          `A field is missing before \`${operator}\`. To search for the text, put it in quotes.`,
          start,
        );
      return { kind: 'term', operator: ':', value: readValue(undefined) };
    }
    const [, whole = '', colon, comparison] = named;
    const isOwn = whole.startsWith('.');
    const name = { text: isOwn ? whole.slice(1) : whole, isOwn, start, end: start + whole.length };
    if (name.text === '') return fail('The name of a field is missing after the dot.', start);
    const compared = colon === undefined ? comparison : (take(COMPARED)?.[1] ?? ':');
    const operator = (compared === '==' ? '=' : compared) as Operator;
    return { kind: 'term', name, operator, value: readValue(whole) };
  };

  const nested = <T>(read: () => T, start: number): T => {
    if (++depth > MAX_DEPTH) fail(`More than ${MAX_DEPTH} parentheses or NOTs are inside each other.`, start);
    const result = read();
    depth--;
    return result;
  };

  const readUnary = (): Syntax => {
    const start = at;
    if (keyword() === 'NOT') {
      take(KEYWORD);
      skip();
      if (isEnd() || text[at] === ')') fail('A term is missing after NOT.', start);
      return { kind: 'not', part: nested(readUnary, start) };
    }
    if (text[at] === '-' && /^-[^\s)]/.test(text.slice(at, at + 2))) {
      at++;
      return { kind: 'not', part: nested(readUnary, start) };
    }
    if (text[at] !== '(') return readTerm();
    at++;
    skip();
    if (text[at] === ')')
      fail('These parentheses are empty. Remove them, or write a term between them.', start, at + 1);
    const inside = nested(readOr, start);
    if (text[at] !== ')')
      fail('This parenthesis is never closed. Add a ) after the last term.', start, start + 1);
    at++;
    return inside;
  };

  const readAnd = (): Syntax => {
    const parts: Syntax[] = [];
    for (;;) {
      skip();
      const start = at;
      const word = keyword();
      if (word === 'AND') {
        take(KEYWORD);
        skip();
        const next = keyword();
        if (parts.length === 0 || isEnd() || text[at] === ')' || next === 'AND' || next === 'OR')
          fail(`A term is missing ${parts.length === 0 ? 'before' : 'after'} AND.`, start, start + 3);
      }
      if (isEnd() || text[at] === ')' || keyword() === 'OR') break;
      parts.push(readUnary());
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : parts.length === 0 ? { kind: 'all' } : { kind: 'and', parts };
  };

  function readOr(): Syntax {
    const parts: Syntax[] = [];
    for (;;) {
      const part = readAnd();
      const start = at;
      const isMore = keyword() === 'OR';
      if (part.kind === 'all' && (isMore || parts.length > 0)) {
        const or = isMore ? start : text.lastIndexOf('OR', start);
        fail(`A term is missing ${isMore ? 'before' : 'after'} OR.`, or, or + 2);
      }
      parts.push(part);
      if (!isMore) break;
      take(KEYWORD);
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind: 'or', parts };
  }

  if (text.length > MAX_LENGTH)
    fail(`This query is longer than ${MAX_LENGTH.toLocaleString('en')} characters.`, MAX_LENGTH, text.length);
  const query = readOr();
  if (!isEnd()) fail('This parenthesis closes nothing. Remove it, or open one before it.', at, at + 1);
  return query;
}
