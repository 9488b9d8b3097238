// Path patterns. Matching time is bounded by pattern length times path length: a preflens.json comes with a
// repository, and a pattern that backtracks would freeze the editor.

export class PatternFault extends Error {}

export const MAX_PATTERN = 500;

/** Most numbers in one range. */
const MAX_RANGE = 1000;

type PatternPart =
  | { readonly kind: 'one'; readonly fits: (char: string) => boolean; readonly isWild: boolean }
  | { readonly kind: 'all'; readonly parts: readonly PatternPart[] }
  | { readonly kind: 'any'; readonly of: readonly PatternPart[] }
  | { readonly kind: 'repeat'; readonly part: PatternPart; readonly min: 0 | 1; readonly isLoop: boolean };

const literal = (wanted: string): PatternPart => ({
  kind: 'one',
  fits: (char) => char === wanted,
  isWild: false,
});
const all = (...parts: readonly PatternPart[]): PatternPart => ({ kind: 'all', parts });
const loop = (part: PatternPart, min: 0 | 1): PatternPart => ({ kind: 'repeat', part, min, isLoop: true });

/** Any character except "/". No wildcard matches the dot at the start of a hidden name. */
const ANY: PatternPart = { kind: 'one', fits: (char) => char !== '/', isWild: true };
const NAME = loop(ANY, 1);
const FOLDERS = loop(all(NAME, literal('/')), 0);
const BELOW: PatternPart = {
  kind: 'repeat',
  part: all(NAME, loop(all(literal('/'), NAME), 0)),
  min: 0,
  isLoop: false,
};

const GROUPS: Readonly<Record<string, { readonly min: 0 | 1; readonly isLoop: boolean }>> = {
  '?': { min: 0, isLoop: false },
  '*': { min: 0, isLoop: true },
  '+': { min: 1, isLoop: true },
};

/** A bracket class: its characters and ranges, or all others. */
function classOf(inside: string): PatternPart {
  const isNot = /^[!^]/.test(inside);
  const text = isNot ? inside.slice(1) : inside;
  const ranges: (readonly [string, string])[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && i + 1 < text.length) i++;
    const [low = '', dash, high] = [text[i], text[i + 1], text[i + 2]];
    if (dash === '-' && high !== undefined) {
      ranges.push([low, high]);
      i += 2;
    } else ranges.push([low, low]);
  }
  const isIn = (char: string): boolean => ranges.some(([low, high]) => char >= low && char <= high);
  return { kind: 'one', fits: (char) => char !== '/' && isIn(char) !== isNot, isWild: true };
}

/** The alternatives of "1..3" or "a..c"; undefined for other texts. */
function rangeOf(text: string): PatternPart | undefined {
  const [, from, to] = /^(\w+)\.\.(\w+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  if (from.length === 1 && to.length === 1) return classOf(`${from}-${to}`);
  const [low, high] = [Number(from), Number(to)];
  if (!Number.isInteger(low) || !Number.isInteger(high) || high < low) return undefined;
  if (high - low >= MAX_RANGE) throw new PatternFault(`the range {${text}} is longer than ${MAX_RANGE}`);
  const words = Array.from({ length: high - low + 1 }, (_, i) => String(low + i).padStart(from.length, '0'));
  return { kind: 'any', of: words.map((word) => all(...word.split('').map(literal))) };
}

/** The end of the group that begins at `start`; -1 if it is not closed. */
function endOf(pattern: string, start: number): number {
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '{' || char === '(') depth++;
    else if ((char === '}' || char === ')') && --depth === 0) return i;
  }
  return -1;
}

/** The alternatives in a group, split at marks of the outermost depth. */
function alternativesOf(inside: string, mark: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let i = 0; i < inside.length; i++) {
    const char = inside[i];
    if (char === '\\') i++;
    else if (char === '{' || char === '(') depth++;
    else if (char === '}' || char === ')') depth--;
    else if (char === mark && depth === 0) {
      parts.push(inside.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, inside.slice(start)];
}

/** @param isName the text begins where a name can begin */
function parse(pattern: string, isName = true): PatternPart {
  const parts: PatternPart[] = [];
  const anyOf = (texts: readonly string[], atName: boolean): PatternPart => ({
    kind: 'any',
    of: texts.map((text) => parse(text, atName)),
  });
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    const atName = i === 0 ? isName : pattern[i - 1] === '/';
    if (pattern[i + 1] === '(' && (char in GROUPS || char === '@' || char === '!')) {
      const end = endOf(pattern, i + 1);
      if (end > 0) {
        if (char === '!')
          throw new PatternFault('groups of the form !(…) are not supported; list the names to match');
        const part = anyOf(alternativesOf(pattern.slice(i + 2, end), '|'), atName);
        const group = GROUPS[char];
        parts.push(group ? { kind: 'repeat', part, ...group } : part);
        i = end;
        continue;
      }
    }
    if (char === '\\' && i + 1 < pattern.length) parts.push(literal(pattern[++i] ?? ''));
    else if (char === '*' && pattern[i + 1] === '*') {
      let end = i + 2;
      while (pattern[end] === '*') end++;
      const next = pattern[end];
      if (atName && next === '/') parts.push(FOLDERS);
      else parts.push(atName && next === undefined ? BELOW : loop(ANY, 0));
      i = atName && next === '/' ? end : end - 1;
    } else if (char === '*') parts.push(loop(ANY, 0));
    else if (char === '?') parts.push(ANY);
    else if (char === '[' && pattern.indexOf(']', i + 2) > 0) {
      const end = pattern.indexOf(']', i + 2);
      parts.push(classOf(pattern.slice(i + 1, end)));
      i = end;
    } else if (char === '{' && endOf(pattern, i) > 0) {
      const end = endOf(pattern, i);
      const inside = pattern.slice(i + 1, end);
      const texts = alternativesOf(inside, ',');
      const range = rangeOf(inside);
      if (range) parts.push(range);
      else if (texts.length > 1) parts.push(anyOf(texts, atName));
      else parts.push(literal('{'), parse(inside, false), literal('}'));
      i = end;
    } else parts.push(literal(char));
  }
  return all(...parts);
}

/** A step consumes a character, or leads on without one. */
type State =
  | { readonly fits: (char: string) => boolean; readonly isWild: boolean; readonly next: number }
  | { to: readonly number[] };

/** Builds the states of a part that leads to the state `next`. Returns the number of the first one. */
function build(states: State[], part: PatternPart, next: number): number {
  switch (part.kind) {
    case 'one':
      return states.push({ fits: part.fits, isWild: part.isWild, next }) - 1;
    case 'all':
      return part.parts.reduceRight((after, one) => build(states, one, after), next);
    case 'any':
      return states.push({ to: part.of.map((one) => build(states, one, next)) }) - 1;
    case 'repeat': {
      if (!part.isLoop) return states.push({ to: [build(states, part.part, next), next] }) - 1;
      const again: State = { to: [] };
      const at = states.push(again) - 1;
      const first = build(states, part.part, at);
      again.to = [first, next];
      return part.min === 1 ? first : at;
    }
  }
}

/** Tracks all states that a path can be in at once, so nothing backtracks. */
function matcherOf(pattern: string): (path: string) => boolean {
  const states: State[] = [{ to: [] }];
  const start = build(states, parse(pattern), 0);
  const seen = new Uint32Array(states.length);
  let turn = 0;
  const reach = (from: readonly number[]): number[] => {
    turn++;
    const reached: number[] = [];
    const open = [...from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen[at] === turn) continue;
      seen[at] = turn;
      const state = states[at];
      if (state && 'to' in state && at !== 0) open.push(...state.to);
      else reached.push(at);
    }
    return reached;
  };
  return (path) => {
    let current = reach([start]);
    let isStart = true;
    for (let i = 0; i < path.length; i++) {
      const char = path.charAt(i);
      const next: number[] = [];
      for (const at of current) {
        const state = states[at];
        if (!state || 'to' in state || !state.fits(char)) continue;
        if (!(state.isWild && isStart && char === '.')) next.push(state.next);
      }
      if (next.length === 0) return false;
      current = reach(next);
      isStart = char === '/';
    }
    return current.includes(0);
  };
}

const MAX_KEPT = 256;
const kept = new Map<string, (path: string) => boolean>();

/**
 * Whether a pattern matches a path with forward slashes: `*`, `?` and classes within a name, `**` across folders, `{a,b}`,
 * `{1..3}`, groups `@( )`, `?( )`, `*( )`, `+( )`, and a leading `!`. Throws a PatternFault.
 */
export function fitsPattern(pattern: string, path: string): boolean {
  if (pattern.length > MAX_PATTERN) throw new PatternFault(`it has more than ${MAX_PATTERN} characters`);
  if (pattern.startsWith('!') && pattern[1] !== '(') return !fitsPattern(pattern.slice(1), path);
  const plain = pattern.replace(/^\.\//, '');
  let fits = kept.get(plain);
  if (!fits) {
    fits = matcherOf(plain);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(plain, fits);
  }
  return fits(path);
}

/** The pattern that matches this path and no other. */
export function patternOf(path: string): string {
  return path.replace(/[\\*?[\]{}()!]/g, '\\$&');
}

/** Whether a text contains a wildcard, and the folder before the first one. */
export function patternBase(text: string): { readonly isPattern: boolean; readonly base: string } {
  const at = text.search(/[*?[{]|[@+]\(/);
  if (at < 0) return { isPattern: false, base: text };
  return { isPattern: true, base: text.slice(0, Math.max(0, text.lastIndexOf('/', at))) };
}
