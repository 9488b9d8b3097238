// Mathematics in Markdown, as the parser's own rules: $…$, $$…$$, \(…\) and \[…\].
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

const BLOCKS = [
  { open: '$$', close: '$$' },
  { open: '\\[', close: '\\]' },
];

/** Where a formula between dollars ends; −1 if these dollars are money. */
function dollarEnd(source: string, from: number, max: number): number {
  if (/\s/.test(source[from] ?? ' ')) return -1;
  for (let at = from; at < max; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (char === '$') {
      const isClosed = at > from && !/\s/.test(source[at - 1] ?? ' ') && !/\d/.test(source[at + 1] ?? '');
      return isClosed ? at : -1;
    }
  }
  return -1;
}

const FORMS = [
  { open: '$$', close: '$$', isBlock: true },
  { open: '\\[', close: '\\]', isBlock: true },
  { open: '\\(', close: '\\)', isBlock: false },
  { open: '$', close: '$', isBlock: false },
];

function inlineMath(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  const form = FORMS.find(({ open }) => src.startsWith(open, pos));
  if (!form) return false;
  const { open, close, isBlock } = form;
  const from = pos + open.length;
  const end = open === '$' ? dollarEnd(src, from, posMax) : src.indexOf(close, from);
  if (end <= from || end + close.length > posMax) return false;
  if (!silent) {
    const token = state.push('math', 'math', 0);
    token.content = src.slice(from, end);
    token.markup = open;
    token.hidden = isBlock;
  }
  state.pos = end + close.length;
  return true;
}

function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const lineAt = (line: number): string =>
    state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
  const first = lineAt(startLine);
  const form = BLOCKS.find(({ open }) => first.startsWith(open));
  if (!form) return false;
  const { open, close } = form;
  const lines: string[] = [];
  let line = startLine;
  for (; line < endLine; line++) {
    const text = line === startLine ? first.slice(open.length) : lineAt(line);
    const at = text.indexOf(close);
    if (at >= 0) {
      // Words after the formula: it is part of a paragraph.
      if (text.slice(at + close.length).trim() !== '') return false;
      lines.push(text.slice(0, at));
      break;
    }
    if (text.trim() === '' && line > startLine) return false;
    lines.push(text);
  }
  if (line >= endLine) return false;
  if (silent) return true;
  const token = state.push('math', 'math', 0);
  token.block = true;
  token.hidden = true;
  token.content = lines.join('\n');
  token.markup = open;
  token.map = [startLine, line + 1];
  state.line = line + 1;
  return true;
}

/** Adds formulas to a parser: tokens of the type `math`, `hidden` if they stand on lines of their own. */
export function addMath(parser: MarkdownIt): void {
  parser.inline.ruler.before('escape', 'math', inlineMath);
  parser.block.ruler.before('fence', 'math', blockMath, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
}
