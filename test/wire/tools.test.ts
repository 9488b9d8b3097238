// Tools of assistants over the language server: edits go into the editor's text, or wait with the file's other edits.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WorkspaceEdit } from 'vscode-languageserver/node';

import type { ToolInput, ToolOutput } from '#core/assistant/tools.ts';
import type { EDITOR_TOOLS } from '#core/assistant/tools.ts';
import type { EditMade } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { whyOf } from '../fakes/outcome.ts';
import { tableOf } from '../fakes/parquet.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('tools');
const LINES = Array.from({ length: 9 }, (_, i) => goodRecord(i));
const TEXT = `${LINES.join('\n')}\n`;

let client: PlainClient;
beforeEach(async () => {
  client = memoryServer();
  await client.initialize({ settings: { scoreOnOpen: false }, cacheFolder: join(folder.path, 'cache') });
});
afterEach(() => {
  client.connection.dispose();
});

type Name = (typeof EDITOR_TOOLS)[number];

async function tool<N extends Name>(
  uri: string,
  name: N,
  input: Omit<ToolInput<N>, 'file'>,
): Promise<ToolOutput<N>> {
  const outcome = await ask(uri, name, input);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value as ToolOutput<N>;
}

const ask = async (uri: string, name: string, input: object): Promise<Outcome<unknown>> =>
  client.connection.sendRequest('preflens/tool', { uri, name, input: { file: 'pairs', ...input } });

it('edits the text that the editor holds, and the file on disk stays as it is', async () => {
  const path = folder.write('pairs.jsonl', TEXT);
  const uri = pathToFileURL(path).href;
  client.open(uri, TEXT);
  const { findings } = await tool(uri, 'list_findings', {});
  expect(findings).toEqual([]);
  const { key, fromDataset } = await tool(uri, 'show_pair', { record: 3 });
  expect(fromDataset.chosen!.text).toBe('better 2');
  const flipped = await tool(uri, 'flip_pair', { record: 3, key });
  expect(flipped).toMatchObject({ record: 3, pair: 1, isSaved: false });
  expect(client.text.split('\n')[2]).toBe('{"prompt":"q2","chosen":"worse 2","rejected":"better 2"}');
  expect((await tool(uri, 'show_pair', { record: 3 })).key).toBe(flipped.key);
  expect(whyOf(await ask(uri, 'drop_record', { record: 3, key }))).toContain('Show the record again');
  await tool(uri, 'drop_record', { record: 3, key: flipped.key! });
  expect(client.text).toBe(TEXT.replace(`${LINES[2]}\n`, ''));
  expect(readFileSync(path, 'utf8')).toBe(TEXT);
});

it('waits for a change that the editor sends late, so that the new key is the one of the new text', async () => {
  const uri = pathToFileURL(folder.write('pairs.jsonl', TEXT)).href;
  client.open(uri, TEXT);
  client.connection.onRequest('workspace/applyEdit', ({ edit }: { edit: WorkspaceEdit }) => {
    setTimeout(() => {
      client.apply(edit);
    }, 60);
    return { applied: true };
  });
  const { key } = await tool(uri, 'show_pair', { record: 3 });
  const flipped = await tool(uri, 'flip_pair', { record: 3, key });
  expect(flipped.key).not.toBe(key);
  expect((await tool(uri, 'flip_pair', { record: 3, key: flipped.key! })).key).toBe(key);
  expect(client.text).toBe(TEXT);
});

it('makes an edit of a table pending, as a person’s: the editor can undo it', async () => {
  const path = folder.write('pairs.parquet', await tableOf(LINES));
  const before = readFileSync(path);
  const uri = pathToFileURL(path).href;
  const made: EditMade[] = [];
  client.connection.onNotification('preflens/edited', (edit: EditMade) => {
    made.push(edit);
  });
  await client.connection.sendRequest('preflens/openFile', { uri });
  const { key } = await tool(uri, 'show_pair', { record: 3 });
  await tool(uri, 'flip_pair', { record: 3, key });
  expect(made).toEqual([{ uri, id: 0, label: 'Flip chosen and rejected' }]);
  expect(readFileSync(path)).toEqual(before);
  await client.connection.sendRequest('preflens/undoEdit', { uri, id: 0 });
  expect((await tool(uri, 'show_pair', { record: 3 })).key).toBe(key);
});

it('keeps a finding with the name of the person, and says why it does nothing', async () => {
  const text = `${TEXT}{"prompt":"q","chosen":"","rejected":"full"}\n`;
  const uri = pathToFileURL(folder.write('pairs.jsonl', text)).href;
  client.open(uri, text);
  const { findings } = await tool(uri, 'list_findings', { rule: 'empty-response' });
  const { record, key } = findings[0] as { record: number; key: string };
  await tool(uri, 'keep_finding', { record, key, rule: 'empty-response', reason: 'Right here.' });
  expect(readFileSync(join(folder.path, '.preflens', 'decisions.jsonl'), 'utf8')).toContain('Right here.');
  expect((await tool(uri, 'list_findings', { rule: 'empty-response' })).total).toBe(0);
  expect(whyOf(await ask('file:///nowhere.jsonl', 'show_pair', { record: 1 }))).toContain('is not open');
  expect(whyOf(await ask(uri, 'undo_edit', {}))).toContain('No such tool');
  expect(whyOf(await ask(uri, 'show_pair', { record: 0 }))).toContain('record must be >= 1');
});
