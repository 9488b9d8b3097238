import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';

import { seededRandom } from '#core/score/random.ts';
import { decodeText, encodeText } from '#formats/wtf8.ts';
import { OpenDocument } from '#session/document.ts';

import { decode } from '../fakes/records.ts';

const random = seededRandom(21);
const below = (n: number): number => Math.floor(random() * n);
const PIECES = [
  '',
  'x',
  '\n',
  '\r\n',
  '🐦',
  '\ud83d',
  '\udc26',
  'é',
  '鳥',
  '{"a":1}\n',
  'two\nlines',
  '\u2028',
];

it('follows 3,000 random edits like the reference document, one by one and several at once', () => {
  for (let round = 0; round < 100; round++) {
    const first = Array.from({ length: below(12) }, () => PIECES[below(PIECES.length)]!).join('');
    let oracle = TextDocument.create('file:///a', 'jsonl', 1, first);
    const document = new OpenDocument('file:///a', 1, first);
    for (let step = 2; step < 12; step++) {
      const changes: { range: { start: object; end: object }; text: string }[] = [];
      const edits = 1 + below(3);
      let shadow = oracle;
      for (let i = 0; i < edits; i++) {
        const position = () => {
          const line = below(shadow.lineCount + 1);
          return { line, character: below(12) };
        };
        const [a, b] = [position(), position()];
        const isOrdered = a.line < b.line || (a.line === b.line && a.character <= b.character);
        const [start, end] = isOrdered ? [a, b] : [b, a];
        const text = shadow.getText();
        // The reference treats a lone CR as a line end and we do not: never separate one from its LF.
        const cutsEnd = [start, end].some((at) => text.charAt(shadow.offsetAt(at) - 1) === '\r');
        if (cutsEnd) continue;
        const change = { range: { start, end }, text: PIECES[below(PIECES.length)]! };
        changes.push(change);
        shadow = TextDocument.update(
          TextDocument.create('file:///a', 'jsonl', 1, shadow.getText()),
          [change],
          2,
        );
      }
      oracle = TextDocument.update(oracle, changes, step);
      document.change(changes, step);
      expect(decodeText(document.bytes)).toBe(oracle.getText());
      expect(document.bytes).toEqual(encodeText(oracle.getText()));
      expect(document.lineStarts.length).toBe(oracle.lineCount);
      expect(document.version).toBe(step);
    }
  }
});

it('reports which lines are unchanged', () => {
  const document = new OpenDocument('file:///a', 1, 'a\nb\nc\nd\ne');
  const changes = document.follow();
  const at = (line: number, character: number) => ({ line, character });
  document.change([{ range: { start: at(1, 0), end: at(1, 1) }, text: 'B\nBB' }], 2);
  document.change([{ range: { start: at(4, 0), end: at(4, 1) }, text: 'D' }], 3);
  expect(changes.take()).toEqual({ lineStart: 1, tailCount: 1 });
  expect(changes.take()).toBeUndefined();
  document.change([{ text: 'new' }], 4);
  expect(changes.take()).toEqual({ lineStart: 0, tailCount: 0 });
  expect(decode(document.bytes)).toBe('new');
});
