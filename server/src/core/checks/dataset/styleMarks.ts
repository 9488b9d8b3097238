// Style of an answer as yes-or-no bits, kept in the facts for each side of a pair.
import type { CheckedAnswer } from '../check.ts';
import { ANGLE, BANG, BREAK, COLON, DASH, HASH, QUESTION, STAR, TICK } from '../view.ts';

interface StyleMark {
  /** Completes "answers with …". */
  readonly name: string;
  /** The text must contain at least one of these characters. */
  readonly needs: number;
  readonly has: (text: string) => boolean;
}

/** The order is the bit layout: append new marks at the end. */
export const STYLE_MARKS: readonly StyleMark[] = [
  { name: 'bullet points', needs: DASH | STAR, has: (text) => /^[ \t]*[-*] \S/m.test(text) },
  { name: 'numbered steps', needs: BREAK, has: (text) => /^[ \t]*\d{1,2}[.)] \S/m.test(text) },
  { name: 'headings', needs: HASH, has: (text) => /^#{1,6} \S/m.test(text) },
  { name: 'bold text', needs: STAR, has: (text) => /\*\*[^*\n]+\*\*/.test(text) },
  { name: 'code', needs: TICK, has: (text) => text.includes('`') },
  { name: 'several paragraphs', needs: BREAK, has: (text) => /\n[^\S\n]*\n/.test(text.trim()) },
  { name: 'a question to the user', needs: QUESTION, has: (text) => text.trimEnd().endsWith('?') },
  { name: 'exclamation marks', needs: BANG, has: () => true },
  { name: 'links', needs: COLON, has: (text) => /https?:\/\//.test(text) },
  { name: 'markup', needs: ANGLE, has: (text) => /<\/?[a-z][a-z\d]*[ >/]/.test(text) },
];

function marksOf({ text, view }: CheckedAnswer): number {
  let bits = 0;
  STYLE_MARKS.forEach(({ needs, has }, i) => {
    if ((view.marks & needs) !== 0 && has(text)) bits |= 1 << i;
  });
  return bits;
}

/** Bits of the chosen answer in the lower 16, of the rejected answer in the upper 16. */
export function styleOfPair({
  chosen,
  rejected,
}: {
  readonly chosen: CheckedAnswer;
  readonly rejected: CheckedAnswer;
}): number {
  return (marksOf(chosen) | (marksOf(rejected) << 16)) >>> 0;
}
