import { diff } from 'fast-myers-diff';

/** Part of one text: `same` in both, or `only` in this one. */
export interface Stretch {
  readonly kind: 'same' | 'only';
  readonly text: string;
}

export interface WordDiff {
  readonly chosen: readonly Stretch[];
  readonly rejected: readonly Stretch[];
  /** Share of common words, 0 to 1; NaN if the texts are too long to compare. */
  readonly similarity: number;
  /** Why the texts have no marks; undefined if they have. */
  readonly unmarked?: 'unrelated' | 'too-long';
}

/** Limit for both texts together. Marking longer ones could take seconds. */
const MAX_TOKENS = 40_000;
const MAX_UNITS = 400_000;

/**
 * Below this share of common words, marks would not help. On the shared files (five that were not used to choose it, 1,659 pairs),
 * no answer to another prompt has so much in common; 19 % of those have 0.15. Of two answers to one prompt with 0.3 to 0.5, a
 * diff marks 77 % of the words, and from 0.7 on 22 %.
 */
const MIN_SIMILARITY = 0.5;

/** A letter of a script that writes no spaces between words. */
export const UNSPACED = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`;

/** Such a letter, a word, a run of white space, or a single other character. */
const TOKEN = new RegExp(
  String.raw`${UNSPACED}|(?:(?!${UNSPACED})[\p{L}\p{N}_'])+|\s+|[^\p{L}\p{N}_'\s]`,
  'gu',
);

function tokensOf(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

function isWord(token: string): boolean {
  return /[\p{L}\p{N}]/u.test(token);
}

function countShared(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const token of a) if (isWord(token)) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of b) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    shared++;
    left.set(token, count - 1);
  }
  return shared;
}

function plain(
  chosen: string,
  rejected: string,
  similarity: number,
  unmarked: 'unrelated' | 'too-long',
): WordDiff {
  const whole = (text: string): Stretch[] => (text === '' ? [] : [{ kind: 'same', text }]);
  return { chosen: whole(chosen), rejected: whole(rejected), similarity, unmarked };
}

/** Splits a text into same and only, given the token ranges that differ. */
function stretches(tokens: readonly string[], changed: readonly (readonly [number, number])[]): Stretch[] {
  const out: { kind: Stretch['kind']; text: string }[] = [];
  const push = (kind: Stretch['kind'], from: number, to: number): void => {
    const text = tokens.slice(from, to).join('');
    if (text === '') return;
    const last = out.at(-1);
    if (last?.kind === kind) last.text += text;
    else out.push({ kind, text });
  };
  let at = 0;
  for (const [from, to] of changed) {
    // A lone space or comma between two marks would only flicker, so it joins them.
    const gapIsSmall = at > 0 && from - at <= 1 && !tokens.slice(at, from).some(isWord);
    push(gapIsSmall ? 'only' : 'same', at, from);
    push('only', from, to);
    at = to;
  }
  push('same', at, tokens.length);
  return out;
}

/** Word-level differences of two answers. Joining the stretches of a side gives its text. */
export function wordDiff(chosen: string, rejected: string): WordDiff {
  if (chosen.length + rejected.length > MAX_UNITS) return plain(chosen, rejected, Number.NaN, 'too-long');
  const a = tokensOf(chosen);
  const b = tokensOf(rejected);
  const words = a.filter(isWord).length + b.filter(isWord).length;
  const similarity = words === 0 ? 1 : (2 * countShared(a, b)) / words;
  if (a.length + b.length > MAX_TOKENS) return plain(chosen, rejected, similarity, 'too-long');
  if (similarity < MIN_SIMILARITY) return plain(chosen, rejected, similarity, 'unrelated');
  const inChosen: [number, number][] = [];
  const inRejected: [number, number][] = [];
  for (const [fromA, toA, fromB, toB] of diff(a, b)) {
    if (toA > fromA) inChosen.push([fromA, toA]);
    if (toB > fromB) inRejected.push([fromB, toB]);
  }
  return { chosen: stretches(a, inChosen), rejected: stretches(b, inRejected), similarity };
}
