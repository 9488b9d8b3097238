// Markdown to a tree of known elements. HTML in a text stays text: there is no way from a text to markup.
import type { Token } from 'markdown-it';
import MarkdownIt from 'markdown-it';

import { isOwnPicture, isSafeAddress } from '../model/address.ts';
import type { RichNode, RichText, Tag } from '../model/richText.ts';
import { addMath } from './mathSyntax.ts';

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
parser.validateLink = (address) => isSafeAddress(address) || isOwnPicture(address);
// Tokens of escapes and entities keep their spelling, so their places can be found.
parser.core.ruler.disable('text_join');
addMath(parser);

const TAGS: ReadonlySet<string> = new Set<Tag>([
  ...(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote'] as const),
  ...(['table', 'thead', 'tbody', 'tr', 'th', 'td', 'strong', 'em', 's', 'code', 'hr', 'br'] as const),
]);

type Align = 'left' | 'center' | 'right';

function alignOf(token: Token): Align | undefined {
  const style = String(token.attrGet('style') ?? '');
  return (['left', 'center', 'right'] as const).find((align) => style === `text-align:${align}`);
}

/** Finds the source of each token: they stand in the order of the source. */
class Places {
  readonly #source: string;
  readonly #lineStarts: readonly number[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#lineStarts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  /** What follows stands on this line or a later one. */
  enter(line: number | undefined): void {
    if (line !== undefined) this.#at = Math.max(this.#at, this.#lineStarts[line] ?? 0);
  }

  /** The next occurrence of a text on a later place, within reach; −1 if there is none. */
  find(text: string, reach = 4000): number {
    const found = this.#source.indexOf(text, this.#at);
    if (found < 0 || found - this.#at > reach) return -1;
    this.#at = found + text.length;
    return found;
  }

  /** Steps over the address of a link: `](…)` may hold the words that come after it. */
  leaveLink(): void {
    if (this.#source.slice(this.#at, this.#at + 2) !== '](') return;
    let depth = 0;
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === '(') depth++;
      else if (char === '\n') return;
      else if (char === ')' && --depth === 0) {
        this.#at = at + 1;
        return;
      }
    }
  }
}

class Builder {
  readonly #places: Places;
  readonly #shift: number;
  count = 0;

  constructor(source: string, shift: number) {
    this.#places = new Places(source);
    this.#shift = shift;
  }

  /** The nodes up to the token that closes this level, and the place after that. */
  build(tokens: readonly Token[], from = 0): readonly [nodes: RichNode[], next: number] {
    const nodes: RichNode[] = [];
    let at = from;
    while (at < tokens.length) {
      const token = tokens[at];
      if (!token || token.nesting < 0) return [nodes, at + 1];
      this.count++;
      this.#places.enter(token.map?.[0]);
      if (token.nesting === 0) {
        nodes.push(...this.#leaf(token));
        at++;
        continue;
      }
      const [children, next] = this.build(tokens, at + 1);
      nodes.push(...this.#nest(token, children));
      at = next;
    }
    return [nodes, at];
  }

  #place(start: number): number {
    return start < 0 ? -1 : start + this.#shift;
  }

  #nest(token: Token, children: readonly RichNode[]): readonly RichNode[] {
    if (token.type === 'link_open') {
      this.#places.leaveLink();
      const address = String(token.attrGet('href') ?? '');
      return isSafeAddress(address) ? [{ kind: 'link', address, children }] : children;
    }
    // The paragraphs of a tight list; other tags are not ours.
    if (token.hidden || !TAGS.has(token.tag)) return children;
    const align = alignOf(token);
    const first = token.tag === 'ol' ? Number(token.attrGet('start') ?? 1) : 1;
    return [
      {
        kind: 'element',
        tag: token.tag as Tag,
        children,
        ...(align && { align }),
        ...(first !== 1 && { first }),
      },
    ];
  }

  #leaf(token: Token): readonly RichNode[] {
    switch (token.type) {
      case 'inline':
        return this.build(token.children ?? [])[0];
      case 'text':
        return token.content === ''
          ? []
          : [{ kind: 'text', text: token.content, start: this.#place(this.#places.find(token.content)) }];
      case 'text_special': {
        const start = this.#place(this.#places.find(token.markup));
        return [{ kind: 'text', text: token.content, start, length: token.markup.length }];
      }
      case 'code_inline': {
        const start = this.#place(this.#places.find(token.content));
        return [{ kind: 'element', tag: 'code', children: [{ kind: 'text', text: token.content, start }] }];
      }
      case 'softbreak':
      case 'hardbreak':
        return [{ kind: 'element', tag: 'br', children: [] }];
      case 'hr':
        return [{ kind: 'element', tag: 'hr', children: [] }];
      case 'image': {
        const label = token.content;
        this.#places.find(label);
        this.#places.leaveLink();
        return [{ kind: 'picture', label, address: String(token.attrGet('src') ?? '') }];
      }
      case 'math': {
        const start = this.#place(this.#places.find(token.content));
        const end = start < 0 ? -1 : start + token.content.length;
        return [{ kind: 'math', text: token.content, isBlock: token.hidden, start, end }];
      }
      case 'fence':
      case 'code_block':
        return [this.#code(token)];
      default:
        // Nothing else is switched on; its source is drawn as text.
        return token.content === '' ? [] : [{ kind: 'text', text: token.content, start: -1 }];
    }
  }

  #code({ content, info, type }: Token): RichNode {
    if (type === 'fence') this.#places.find(info);
    const text = content.replace(/\n$/, '');
    let at = 0;
    const lines = text.split('\n').map((line) => {
      const own = { at, start: this.#place(line === '' ? -1 : this.#places.find(line, line.length + 4000)) };
      at += line.length + 1;
      return own;
    });
    return { kind: 'code', language: info.trim().split(/\s+/)[0] ?? '', text, lines };
  }
}

/**
 * Reads Markdown.
 * @param shift added to every place: where the source begins in the text that marks are about
 */
export function readMarkdown(source: string, shift = 0): RichText {
  const builder = new Builder(source, shift);
  const [nodes] = builder.build(parser.parse(source, {}));
  return { nodes, count: builder.count };
}
