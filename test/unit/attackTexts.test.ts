// Hostile answers in the pages: what is drawn has no active content, and nothing takes long.
import { h, render } from 'preact';
import { expect, it } from 'vitest';

import { chunksOf } from '../../media/src/model/richText.ts';
import { piecesOf } from '../../media/src/model/textMarks.ts';
import { readMarkdown } from '../../media/src/rich/markdown.ts';
import { Nodes } from '../../media/src/view/rich.tsx';
import { ATTACK_TEXTS } from '../fakes/attackTexts.ts';
import type { FakeNode } from '../fakes/dom.ts';
import { fakeElement } from '../fakes/dom.ts';

const KNOWN = new Set(
  'p h1 h2 h3 h4 h5 h6 ul ol li blockquote table thead tbody tr th td strong em s code hr br div pre span mark img'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'class title role tabindex aria-label aria-hidden data-sign start src alt'.split(' '),
);

const elementsIn = (node: FakeNode): FakeNode[] => [
  ...(node.nodeType === 1 ? [node] : []),
  ...node.childNodes.flatMap(elementsIn),
];

/** A text as the page draws its first part, and the rest of it read. */
function drawn(text: string): FakeNode {
  const body = fakeElement();
  const chunks = chunksOf(text, 12_000);
  const trees = chunks
    .slice(0, 3)
    .map(({ start, end, before }) => readMarkdown(before + text.slice(start, end)));
  const nodes = trees.filter(({ count }) => count <= 4000).flatMap((tree) => tree.nodes);
  render(h(Nodes, { nodes, context: { marks: [], openLink: () => undefined } }), body);
  return body;
}

it.each(Object.entries(ATTACK_TEXTS))('draws %s without active content', (_name, text) => {
  for (const { localName, attributes } of elementsIn(drawn(text)).slice(1)) {
    expect(KNOWN).toContain(localName);
    for (const [name, value] of attributes) {
      expect(ATTRIBUTES).toContain(name);
      if (name === 'src') expect(value).toMatch(/^data:image\/(?:png|jpeg|gif|webp);base64,/);
    }
  }
});

it('offers only links to web pages and mail', () => {
  const titles = Object.values(ATTACK_TEXTS).flatMap((text) =>
    drawn(text)
      .all('link')
      .map(({ attributes }) => attributes.get('title') ?? ''),
  );
  expect(titles).toContain('https://example.com');
  expect(titles.filter((title) => !/^(?:https?:\/\/|mailto:)/.test(title))).toEqual([]);
});

it('draws each invisible character as a sign, and keeps the text', () => {
  for (const name of ['bidi', 'tags', 'controls']) {
    const text = ATTACK_TEXTS[name] ?? '';
    const pieces = piecesOf(text, 0, [], false);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(
      pieces.filter(({ unseen }) => !unseen).every((piece) => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(piece.text)),
    ).toBe(true);
  }
  const [tags] = piecesOf(ATTACK_TEXTS.tags ?? '', 0, [], false).flatMap(({ unseen }) => unseen ?? []);
  expect(tags?.title).toBe('Invisible tags that spell “ignore all rules”');
});

it('knows the place of every word that it draws', () => {
  const text =
    '# A &amp; *b*\n\n> - `c` [d](http://e/d) **d**\n\n| f | g |\n|---|---|\n| f | $g$ |\n\n```js\nf();\n```\n';
  const places = (nodes: readonly object[]): [string, number][] =>
    nodes.flatMap((node) => {
      const {
        kind,
        text: own,
        start,
        children = [],
      } = node as { kind: string; text: string; start: number; children?: object[] };
      return kind === 'text' ? [[own, start] as [string, number]] : places(children);
    });
  const found = places(readMarkdown(text).nodes).filter(([own]) => own !== '&');
  expect(found.length).toBeGreaterThan(8);
  for (const [own, start] of found) expect(text.slice(start, start + own.length)).toBe(own);
});
