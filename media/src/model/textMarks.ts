// What is marked in a text, and a text cut at its marks.
import type { Space, Unseen } from './unseen.ts';
import { spacesIn, unseenIn } from './unseen.ts';

/** `for` and `against`: the word raised or lowered the margin. */
export type MarkKind = 'difference' | 'finding' | 'for' | 'against' | 'special';

export interface Mark {
  /** Half-open, in UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  readonly kind: MarkKind;
  /** How strongly it is drawn, from 0 to 4. Words are all drawn alike. */
  readonly level?: number;
  /** What it means, where that differs from mark to mark. */
  readonly title?: string;
}

/** A part of a text that is drawn as one. */
export interface Piece {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly unseen?: Unseen;
  readonly space?: Space;
}

export function inOrder(marks: readonly Mark[]): readonly Mark[] {
  return marks.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The marks that touch a range. */
export function marksIn(marks: readonly Mark[], start: number, end: number): readonly Mark[] {
  const found: Mark[] = [];
  for (const mark of marks) {
    if (mark.start >= end) break;
    if (mark.end > start) found.push(mark);
  }
  return found;
}

/**
 * A text, cut where marks begin and end and around characters that need a sign.
 * @param start the place of the text in the one that the marks are about; −1 if it has none
 * @param marks in order
 * @param withSpaces white space gets signs too
 */
export function piecesOf(
  text: string,
  start: number,
  marks: readonly Mark[],
  withSpaces: boolean,
): readonly Piece[] {
  const own = start < 0 ? [] : marksIn(marks, start, start + text.length);
  const unseen = unseenIn(text);
  const spaces = withSpaces ? spacesIn(text) : [];
  if (own.length + unseen.length + spaces.length === 0) return text === '' ? [] : [{ text, marks: [] }];
  const local = own.map((mark) => ({ mark, start: mark.start - start, end: mark.end - start }));
  const cuts = [...local, ...unseen, ...spaces].flatMap((one) => [one.start, one.end]);
  const places = [...new Set([0, ...cuts, text.length])]
    .filter((at) => at >= 0 && at <= text.length)
    .sort((a, b) => a - b);
  const unseenAt = new Map(unseen.map((one) => [one.start, one]));
  const spaceAt = new Map(spaces.map((one) => [one.start, one]));
  // Marks that have begun and not ended.
  let open: typeof local = [];
  let next = 0;
  return places.slice(0, -1).map((from, i): Piece => {
    const to = places[i + 1] ?? text.length;
    open = open.filter((one) => one.end > from);
    for (; (local[next]?.start ?? Infinity) <= from; next++) {
      const one = local[next];
      if (one && one.end > from) open.push(one);
    }
    const [hidden, space] = [unseenAt.get(from), spaceAt.get(from)];
    return {
      text: text.slice(from, to),
      marks: open.map(({ mark }) => mark),
      // A mark may cut a run: its sign stands at its first piece, for that piece.
      ...(hidden && { unseen: hidden }),
      ...(space && { space: { ...space, signs: space.signs.slice(0, to - from) } }),
    };
  });
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Marks of one kind that a text gets; more would hide what they point at. */
const MAX_MARKS = 300;

/** Every place where a text has the words of a reason, whatever their case and the space between them. */
export function wordMarks(
  text: string,
  reasons: readonly { readonly text: string; readonly weight: number; readonly title: string }[],
): readonly Mark[] {
  const marks: Mark[] = [];
  for (const { text: words, weight, title } of reasons) {
    const parts = words
      .split(/\s+/)
      .filter((part) => part !== '')
      .map(escaped);
    if (parts.length === 0) continue;
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])${parts.join('\\s+')}(?![\\p{L}\\p{N}_])`, 'giu');
    for (const { 0: found, index } of text.matchAll(pattern)) {
      marks.push({ start: index, end: index + found.length, kind: weight < 0 ? 'against' : 'for', title });
      if (marks.length === MAX_MARKS) return marks;
    }
  }
  return marks;
}
