// Colours of code: highlight.js, with its common languages. Its tree of tokens is used, not its markup.
import highlighter from 'highlight.js/lib/common';

import type { CodeToken } from '../model/richText.ts';

/** What highlight.js collects: texts, and parts with a scope. */
interface Part {
  readonly scope?: string;
  readonly language?: string;
  readonly children: readonly (Part | string)[];
}

interface Emitter {
  readonly root?: Part;
}

function* tokensIn(part: Part, scope: string): Generator<CodeToken> {
  for (const child of part.children) {
    if (typeof child === 'string') yield { text: child, scope };
    else yield* tokensIn(child, child.scope ?? scope);
  }
}

/** The tokens of a code; undefined if its language is not known. Joined, their texts are the code. */
export function colourCode(code: string, language: string): readonly CodeToken[] | undefined {
  if (!highlighter.getLanguage(language)) return undefined;
  const { _emitter: emitter } = highlighter.highlight(code, { language, ignoreIllegals: true });
  const { root } = emitter as Emitter;
  if (!root) return undefined;
  const tokens = [...tokensIn(root, '')];
  return tokens.map(({ text }) => text).join('') === code ? tokens : undefined;
}
