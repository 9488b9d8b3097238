// CSV and Arrow files in the editor: the same pairs, findings and scores as JSON Lines, and no edits.
import { gzipSync } from 'node:zlib';

import { tableFromJSON, tableToIPC } from 'apache-arrow';
import { expect, test } from 'vitest';

import type { Session } from '#session/session.ts';
import { recordViewOf } from '#session/views/pair.ts';
import { statusOf } from '#session/views/status.ts';

import { toDiagnostics } from '../../server/src/lsp/toLsp.ts';
import { chosen, flip, rowsIn, sessionsIn } from '../fakes/openSessions.ts';

const { ofFile } = sessionsIn('table-sessions');

const PAIRS = [
  { prompt: 'Where?', chosen: 'Here, "there"\nand é.', rejected: 'No 😀 idea' },
  { prompt: 'When?', chosen: 'Now, of course', rejected: '' },
  { prompt: 'Who?', chosen: 'A friend of mine', rejected: 'A friend of mine' },
];

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const separated = (delimiter: string, end = '\n'): string =>
  ['prompt\tchosen\trejected', ...PAIRS.map((pair) => Object.values(pair).map(cell).join('\t'))]
    .map((row) => row.replaceAll('\t', delimiter) + end)
    .join('');

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'pairs.csv': separated(','),
  'blank.csv': separated(';', '\r\n\r\n'),
  'marked.csv': `\ufeff${separated(',')}`,
  'pairs.tsv': separated('\t'),
  'wide.csv': new Uint8Array(Buffer.from(`\ufeff${separated(',')}`, 'utf16le')),
  'pairs.csv.gz': gzipSync(`\ufeff${separated(',')}`),
  'pairs.arrow': tableToIPC(tableFromJSON(PAIRS), 'file'),
  'pairs.feather': tableToIPC(tableFromJSON(PAIRS), 'stream'),
};

const seen = (session: Session): unknown => ({
  rows: rowsIn(session, 9).rows.map(({ record, prompt, findings }) => ({ record, prompt, findings })),
  chosen: PAIRS.map((_, record) => chosen(session, record)),
  lines: PAIRS.map((_, record) => recordViewOf(session, { uri: session.uri, record, step: 'here' }).line),
  findings: toDiagnostics(session.dataset, undefined).map(({ code, range }) => [code, range.start.line]),
});

test.each(Object.entries(FILES))('%s shows what its records show as JSON Lines', async (name, content) => {
  const lines = await ofFile('pairs.jsonl', PAIRS.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  const expected = seen(lines.session);
  lines.session.close();
  const { session } = await ofFile(name, content);
  expect(seen(session)).toEqual(expected);
  expect(statusOf(session)).toMatchObject({ pairCount: 3, isReadOnly: true });
});

test.each(['pairs.csv', 'pairs.arrow'])('an edit of %s is refused, with the way on', async (name) => {
  const { session, lines } = await ofFile(name, FILES[name]!);
  const before = lines();
  const why = /does not write them. Nothing was changed. Run “PrefLens: Convert to JSON Lines…”/;
  await expect(flip(session, 0)).rejects.toThrow(why);
  await expect(session.source.pending!.saveAs('elsewhere', new AbortController().signal)).rejects.toThrow(
    why,
  );
  expect(await session.save(new AbortController().signal)).toBe(0);
  expect(lines()).toEqual(before);
});
