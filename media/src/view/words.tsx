// A stretch of text with its marks, and a sign for every character that a screen hides.
import type { JSX } from 'preact';

import type { Mark, Piece } from '../model/textMarks.ts';
import { piecesOf } from '../model/textMarks.ts';

function Sign({ text, unseen, space }: Piece): JSX.Element | string {
  if (unseen)
    return (
      <span class="unseen" data-sign={unseen.label} title={unseen.title} role="img" aria-label={unseen.title}>
        {text}
      </span>
    );
  if (space)
    return (
      <span class="space" data-sign={space.signs} title={space.title}>
        {text}
      </span>
    );
  return text;
}

/** The classes of what a stretch is marked as. */
export function classOf(marks: readonly Mark[]): string {
  const levels = marks.flatMap(({ level }) => (level === undefined ? [] : ['heat', `level-${level}`]));
  return [...new Set([...marks.map(({ kind }) => kind), ...levels])].join(' ');
}

function Drawn({ piece }: { readonly piece: Piece }): JSX.Element {
  const { marks } = piece;
  if (marks.length === 0) return <Sign {...piece} />;
  const titles = new Set(marks.flatMap(({ title }) => title ?? []));
  return (
    <mark class={classOf(marks)} {...(titles.size > 0 && { title: [...titles].join('\n') })}>
      <Sign {...piece} />
    </mark>
  );
}

interface WordsProps {
  readonly text: string;
  /** Place of the text in the one that the marks are about; −1 if it has none. */
  readonly start: number;
  /** In order. */
  readonly marks: readonly Mark[];
  readonly withSpaces?: boolean;
}

export function Words({ text, start, marks, withSpaces = false }: WordsProps): JSX.Element {
  return (
    <>
      {piecesOf(text, start, marks, withSpaces).map((piece) => (
        <Drawn piece={piece} />
      ))}
    </>
  );
}
