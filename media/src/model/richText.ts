// Markdown as a tree that a page draws. Each part knows its place in the text that it was read from.

export type Tag =
  | 'p'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'h5'
  | 'h6'
  | 'ul'
  | 'ol'
  | 'li'
  | 'blockquote'
  | 'table'
  | 'thead'
  | 'tbody'
  | 'tr'
  | 'th'
  | 'td'
  | 'strong'
  | 'em'
  | 's'
  | 'code'
  | 'hr'
  | 'br';

export interface RichWords {
  readonly kind: 'text';
  readonly text: string;
  /** In the source, in UTF-16 units; −1 if it is not known. */
  readonly start: number;
  /** Units in the source, where the text is spelt in another way there (`&amp;`). */
  readonly length?: number;
}

export interface RichCode {
  readonly kind: 'code';
  /** As the text names it; may be ''. */
  readonly language: string;
  readonly text: string;
  /** For each line, its place in `text` and in the source. */
  readonly lines: readonly { readonly at: number; readonly start: number }[];
}

export interface RichMath {
  readonly kind: 'math';
  readonly text: string;
  readonly isBlock: boolean;
  readonly start: number;
  readonly end: number;
}

export interface RichElement {
  readonly kind: 'element';
  readonly tag: Tag;
  readonly children: readonly RichNode[];
  readonly align?: 'left' | 'center' | 'right';
  /** First number of a list. */
  readonly first?: number;
}

export type RichNode =
  | RichWords
  | RichCode
  | RichMath
  | RichElement
  | { readonly kind: 'link'; readonly address: string; readonly children: readonly RichNode[] }
  | { readonly kind: 'picture'; readonly label: string; readonly address: string };

export interface RichText {
  readonly nodes: readonly RichNode[];
  /** How many there are at all depths. */
  readonly count: number;
}

/** A colour of code, or text without one. */
export interface CodeToken {
  readonly text: string;
  /** A class of highlight.js; '' for none. */
  readonly scope: string;
}

/** A part of a long text that is read by itself. */
export interface Chunk {
  /** Half-open, in the whole text. */
  readonly start: number;
  readonly end: number;
  /** What has to stand before it, because the chunk before it left a block of code open. */
  readonly before: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** Longer first lines of a block of code are cut where they are repeated. */
const MAX_FENCE = 100;

/**
 * Cuts a text into chunks of at most `size` units, at blank lines if there are any, else at the end of a line, else
 * anywhere. An open block of code goes on in the next chunk.
 */
export function chunksOf(text: string, size: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let [start, at, cut] = [0, 0, -1];
  let open: { readonly mark: string; readonly line: string } | undefined;
  let before = '';
  const close = (end: number): void => {
    chunks.push({ start, end, before });
    before = open ? `${open.line}\n` : '';
    [start, cut] = [end, -1];
  };
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at);
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    while (next - start > size) {
      if (cut > start) close(cut);
      else if (at > start) close(at);
      else close(safeCut(text, start + size));
      if (at < start) at = start;
      if (next - start <= size) break;
    }
    const line = text.slice(at, lineEnd < 0 ? text.length : lineEnd);
    // The rest of a line that was cut opens and closes nothing.
    const fence = at === 0 || text[at - 1] === '\n' ? FENCE.exec(line) : null;
    if (fence?.[1] !== undefined) {
      const [, mark] = fence;
      if (!open) open = { mark, line: line.slice(0, MAX_FENCE) };
      else if (
        mark.startsWith(open.mark.charAt(0)) &&
        mark.length >= open.mark.length &&
        fence[2]?.trim() === ''
      )
        open = undefined;
    }
    if (line.trim() === '' && !open) cut = next;
    at = next;
  }
  if (start < text.length) close(text.length);
  return chunks;
}

/** Does not cut a character in two. */
function safeCut(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
