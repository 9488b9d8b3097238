// An emoji that is typed, cut or deleted half by half: the server's text stays equal to the editor's, and a
// flip changes nothing else. Positions are UTF-16 units and may split a surrogate pair. Line ends are LF or
// CRLF: VS Code converts all others to one of the two before it sends them.
import { describe, expect, it } from 'vitest';
import type { TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

import { readRaw } from '#core/dataset/survey.ts';
import { applyEdits } from '#core/edits/bytes.ts';
import { planEdit } from '#core/edits/edit.ts';
import { mappingById } from '#core/mapping/table.ts';
import { seededRandom } from '#core/score/random.ts';
import { decodeText, encodeText } from '#formats/wtf8.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import { OpenDocument } from '#session/document.ts';

import type { PlainClient } from '../fakes/client.ts';
import { decode, encode, recordOf } from '../fakes/records.ts';
import { memoryServer } from '../fakes/wires.ts';
import { report, rounds } from './attack.ts';

const HIGH = '\ud83d';
const LOW = '\udc26';
const random = seededRandom(29);
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;

const record = (i: number): string =>
  JSON.stringify({ prompt: `鳥 ${i} 🐦`, chosen: `é👩‍🚀 ${i}`, rejected: `𠮷野家 ${i} 🐦🐦` });
/** Whole characters, single and reversed halves, records, and pieces that break a record. */
const PIECES = [
  '',
  '',
  'x',
  '🐦',
  HIGH,
  LOW,
  LOW + HIGH,
  '鳥',
  'é',
  '𠮷',
  '👩‍🚀',
  '"',
  '\\',
  '{',
  '\u2028',
  '\ufeff',
];
const LINES = ['\n', '\r\n', `\n${record(7)}\n`, `${record(8)}\r\n`];

function textOf(records: number): string {
  return Array.from({ length: records }, (_, i) => `${record(i)}${pick(['\n', '\r\n'])}`).join('');
}

/**
 * Any position, also inside characters and after line ends. Never between CR and LF: no editor sends that.
 */
function placeIn(document: TextDocument): { line: number; character: number } {
  const line = below(document.lineCount + 1);
  const start = document.offsetAt({ line, character: 0 });
  const length = document.getText().indexOf('\n', start) - start;
  return { line, character: below(Math.max(2, length + 3)) };
}

function changeOf(document: TextDocument): TextEdit {
  const [a, b] = [placeIn(document), random() < 0.4 ? undefined : placeIn(document)];
  const near = { line: a.line, character: a.character + below(4) };
  const other = b && Math.abs(b.line - a.line) < 2 ? b : near;
  const isOrdered = document.offsetAt(a) <= document.offsetAt(other);
  const [start, end] = isOrdered ? [a, other] : [other, a];
  return { range: { start, end }, newText: random() < 0.85 ? pick(PIECES) : pick(LINES) };
}

/**
 * Changes of one message, each relative to the text after the previous one; some from last to first, as
 * editors sort them.
 */
function batchOf(
  text: string,
  max: number,
): { changes: { range: TextEdit['range']; text: string }[]; after: string } {
  const changes: { range: TextEdit['range']; text: string }[] = [];
  let shadow = TextDocument.create('file:///a', 'jsonl', 1, text);
  let before = Infinity;
  for (let i = 0; i < max; i++) {
    const { range, newText } = changeOf(shadow);
    const end = shadow.offsetAt(range.end);
    if (end > before && random() < 0.7) continue;
    before = shadow.offsetAt(range.start);
    const change = { range, text: newText };
    const after = TextDocument.update(
      TextDocument.create('file:///a', 'jsonl', 1, shadow.getText()),
      [change],
      2,
    );
    // The reference document and editors disagree about a CR without its LF.
    if (/\r(?!\n)/.test(after.getText())) continue;
    changes.push(change);
    shadow = after;
  }
  return { changes, after: shadow.getText() };
}

/**
 * The text after flipping the record of a line in the file's bytes; undefined if no file can hold the line.
 */
function flippedBy(text: string, line: number): string | undefined {
  const lines = text.split('\n');
  const [, before, own, end] = /^(\ufeff?)(.*?)(\r?)$/su.exec(lines[line] ?? '') ?? [];
  if (!own?.isWellFormed()) return undefined;
  // Only the first line of a file may start with a BOM.
  if (before !== '' && line > 0) return undefined;
  const mapping = mappingById('trl-explicit')!;
  const raw = recordOf(own);
  const read = readRaw(raw, { mapping, labelPath: ['chosen'], confidence: 1, isGiven: true, unread: [] });
  const pair = read?.pairs[0];
  if (!read || !pair) return undefined;
  const plan = planEdit(mapping, raw.bytes, read.value, pair.candidates, { kind: 'flip' });
  if (plan.kind !== 'edits') return undefined;
  lines[line] = `${before!}${decode(applyEdits(raw.bytes, plan.edits))}${end!}`;
  return lines.join('\n');
}

describe('29: surrogates', () => {
  it('29: the bytes of a document are its text, with any halves of characters', () => {
    const max = rounds({ small: 1300, large: 20_000 });
    const counts = { edits: 0, 'texts with a lone half': 0 };
    for (let round = 0; round < max; round++) {
      let text = textOf(3);
      const document = new OpenDocument('file:///a', 1, text);
      for (let step = 2; step < 5; step++) {
        const { changes, after } = batchOf(text, 4);
        document.change(changes, step);
        counts.edits += changes.length;
        if (!after.isWellFormed()) counts['texts with a lone half']++;
        expect(decodeText(document.bytes)).toBe(after);
        expect(Buffer.compare(document.bytes, encodeText(after))).toBe(0);
        expect(after.isWellFormed() ? Buffer.compare(document.bytes, encode(after)) : 0).toBe(0);
        text = after;
      }
    }
    report('29-surrogates, bytes of documents', counts);
    expect(counts.edits).toBeGreaterThan(max * 5);
  });

  async function openClient(text: string, holds: boolean): Promise<PlainClient> {
    const client = memoryServer();
    await client.initialize({ holds, settings: { scoreOnOpen: false, run: 'demand' } });
    client.open('file:///data/half.jsonl', text);
    await client.until('the survey', () => client.statuses.find(({ phase }) => phase !== 'reading'));
    return client;
  }
  const uri = 'file:///data/half.jsonl';
  const recordAt = async (client: PlainClient, line: number): Promise<object | null> => {
    const found: Outcome<object> = await client.connection.sendRequest('preflens/recordAt', { uri, line });
    return found.ok ? found.value : null;
  };

  it.each([true, false])(
    '29: a flip changes nothing else after every batch of edits (asked before: %s)',
    async (holds) => {
      const batches = rounds({ small: 200, large: 5000 });
      const counts = { edits: 0, flips: 0, 'lines that no file can hold': 0 };
      let client = await openClient(textOf(24), holds);
      for (let batch = 0; batch < batches; batch++) {
        if (batch % 8 === 7) client = await openClient(textOf(24), holds);
        const { changes } = batchOf(client.text, 10);
        // One change per message, or several; the client sorts the changes of one message.
        for (const { range, text } of changes) client.edit([{ range, newText: text }]);
        counts.edits += changes.length;
        for (let i = 0; i < 2; i++) {
          const before = client.text;
          const line = below(before.split('\n').length);
          const ref = await recordAt(client, line);
          const expected = flippedBy(before, line);
          if (expected === undefined) counts['lines that no file can hold']++;
          else counts.flips++;
          if (ref) await client.execute('preflens.flip', ref);
          expect(client.text).toBe(expected ?? before);
          if (expected === undefined || !ref) continue;
          await client.execute('preflens.flip', ref);
          expect(client.text).toBe(before);
        }
      }
      report(`29-surrogates, flips ${holds ? 'with' : 'without'} a comparison`, counts);
      expect(counts.edits).toBeGreaterThan(4 * batches);
      expect(counts.flips).toBeGreaterThan(batches / 3);
    },
  );

  it('29: a record with half a character is reported as impossible in a file, and the other half repairs it', async () => {
    const client = await openClient(textOf(3), true);
    const line = client.text.split('\n')[1]!;
    const at = (character: number) => ({ line: 1, character });
    const place = line.indexOf('🐦') + 1;
    client.edit([{ range: { start: at(place), end: at(place + 1) }, newText: '' }]);
    await client.connection.sendRequest('preflens/checkFile', { uri });
    const found = await client.diagnostics(uri, (list) => list.length === 1);
    expect(found[0]!.message).toContain('Half a character (a lone surrogate)');
    expect(client.textAt(found[0]!.range)).toBe(HIGH);
    client.edit([{ range: { start: at(place), end: at(place) }, newText: LOW }]);
    await client.connection.sendRequest('preflens/checkFile', { uri });
    await client.diagnostics(uri, (list) => list.length === 0);
    expect(client.text.split('\n')[1]).toBe(line);
  });

  it('29: a server that is out of sync refuses, rereads the text, and is right the next time', async () => {
    const client = await openClient(textOf(4), true);
    client.editSilently({
      range: { start: { line: 1, character: 12 }, end: { line: 1, character: 14 } },
      newText: 'lost',
    });
    const before = client.text;
    expect(await client.execute('preflens.flip', { uri, record: 1 })).toBeNull();
    expect(client.text).toBe(before);
    expect(client.messages.at(-1)).toContain(
      'PrefLens had a different text than the editor. Nothing was changed',
    );
    const line = 1;
    const start = { line, character: 3 };
    const edits = (await client.codeActions(uri, line)).filter(({ edit }) => edit);
    expect(edits.length).toBeGreaterThan(0);
    expect(await client.execute('preflens.flip', { uri, record: 1 })).not.toBeNull();
    expect(client.text).toBe(flippedBy(before, 1));
    client.editSilently({ range: { start, end: start }, newText: 'x' });
    expect((await client.codeActions(uri, line)).filter(({ edit }) => edit)).toEqual([]);
  });

  it('29: with a lone carriage return, an editor that cannot be asked gets no edit', async () => {
    const client = await openClient(`{"prompt":"q",\r"chosen":"a","rejected":"b"}\n${record(1)}\n`, false);
    const before = client.text;
    for (const one of [0, 1]) expect(await client.execute('preflens.flip', { uri, record: one })).toBeNull();
    expect(client.text).toBe(before);
    expect(client.messages.at(-1)).toContain('a lone carriage return');
  });
});
