// What the server does with findings: repairs by rule and on save, decisions, when to run, all findings in
// pages, closed files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver/node';

import type { KeepRequest } from '#protocol/editor/edits.ts';
import type { FindingsRequest, FindingsResult } from '#protocol/editor/findings.ts';
import type { PairView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { testFolder } from '../fakes/files.ts';
import { ok } from '../fakes/outcome.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('wire-findings');
const line = (prompt: string, chosen: string, rejected = 'b'): string =>
  JSON.stringify({ prompt, chosen, rejected });
const LINES = [
  line('Q1', 'Hi é!<|im_end|>'),
  line('Q2', 'Hi 鳥!<|im_end|>\n'),
  line('Q3', 'same', 'same'),
  line('Q4', 'a\n\nHuman: x'),
  line('Q5', 'fine'),
];

async function serverWith(
  settings: object = {},
  more: object = {},
  options: object = {},
): Promise<PlainClient> {
  const client = memoryServer(undefined, join(folder.path, 'cache'));
  await client.initialize({ settings: { scoreOnOpen: false, ...settings }, ...options }, more);
  return client;
}

const rulesOf = (found: readonly Diagnostic[]): string[] => found.map(({ code }) => String(code));
let opened = 0;
/** A separate file, open in the editor. The server may still read it. */
function openUnread(client: PlainClient, lines: readonly string[]): { uri: string; path: string } {
  const path = folder.write(`f${opened++}.jsonl`, `${lines.join('\n')}\n`);
  const uri = pathToFileURL(path).toString();
  client.open(uri, readFileSync(path, 'utf8'));
  return { uri, path };
}

/** The same, read and checked. */
async function open(
  client: PlainClient,
  lines: readonly string[] = LINES,
): Promise<{ uri: string; path: string }> {
  const file = openUnread(client, lines);
  await client.diagnostics(file.uri);
  return file;
}

const ask = async (client: PlainClient, request: Partial<FindingsRequest>): Promise<FindingsResult> =>
  client.connection.sendRequest('preflens/findings', {
    by: 'rule',
    filter: '',
    start: 0,
    end: 100,
    ...request,
  });

describe('repairs', () => {
  it('on save are the safe ones of the whole file, and leave none to make', async () => {
    const client = await serverWith();
    const halves = [line('Q6', 'Hi \ud83d é!'), line('Q7', '鳥 \ude00!')];
    const { uri } = await open(client, [...LINES, ...halves, LINES[4]!]);
    await client.diagnostics(uri, (found) => rulesOf(found).includes('duplicate-pair'));
    const [action, ...none] = await client.codeActions(uri, 4, ['source.fixAll']);
    expect(none).toEqual([]);
    expect(action).toMatchObject({ kind: 'source.fixAll.preflens', title: 'Make all safe repairs' });
    client.apply(action!.edit!);
    expect(client.text).toBe(`${[...LINES, line('Q6', 'Hi  é!'), line('Q7', '鳥 !')].join('\n')}\n`);
    await client.diagnostics(uri, (found) => !rulesOf(found).includes('lone-surrogate'));
    expect(await client.codeActions(uri, 0, ['source.fixAll.preflens'])).toEqual([]);
  });

  it('that the person chose say so if the text changed meanwhile', async () => {
    const client = await serverWith({}, {}, { holds: true });
    const { uri } = await open(client);
    const [, , , all] = await client.codeActions(uri, 0, ['quickfix']);
    client.connection.onRequest('preflens/holds', () => ({ kind: 'other-version' }));
    const resolved: CodeAction = await client.connection.sendRequest('codeAction/resolve', all);
    expect(resolved.edit).toBeUndefined();
    expect(client.messages).toEqual([expect.stringContaining('The text changed in the meantime.')]);
  });

  it('of one rule come as one edit whose changes all need confirmation, on whole characters', async () => {
    const client = await serverWith();
    const { uri } = await open(client);
    const actions = await client.codeActions(uri, 0, ['quickfix']);
    expect(actions.map(({ title }) => title)).toEqual([
      'Remove the tokens at the end',
      'Flip chosen and rejected',
      'Drop this record',
      'Repair all 2 records with "template-token-in-text"…',
    ]);
    const resolved: CodeAction = await client.connection.sendRequest('codeAction/resolve', actions[3]);
    const [changes] = resolved.edit!.documentChanges as TextDocumentEdit[];
    expect(changes!.edits.map((edit) => 'annotationId' in edit && edit.annotationId)).toEqual([
      'template-token-in-text',
      'template-token-in-text',
    ]);
    expect(resolved.edit!.changeAnnotations).toEqual({
      'template-token-in-text': {
        label: 'Repair 2 records with "template-token-in-text"',
        needsConfirmation: true,
      },
    });
    client.apply(resolved.edit!);
    expect(client.text.split('\n').slice(0, 3)).toEqual([
      line('Q1', 'Hi é!'),
      line('Q2', 'Hi 鳥!'),
      LINES[2],
    ]);
  });

  it('of a finding are offered before the actions for any pair', async () => {
    const client = await serverWith();
    const { uri } = await open(client);
    const [cut] = await client.codeActions(uri, 3);
    expect(cut!.title).toBe('Cut the response before the marker');
    client.apply(cut!.edit!);
    expect(client.text.split('\n')[3]).toBe(line('Q4', 'a'));
  });
});

describe('all findings of a rule', () => {
  it('are repaired in one step: a text after the preview of the editor, a file on disk with one undo', async () => {
    const client = await serverWith({}, {}, { holds: true });
    const { uri } = await open(client);
    const rule = 'template-token-in-text';
    const fix = await client.connection.sendRequest('preflens/ruleFix', { uri, rule });
    expect(fix).toMatchObject(ok({ title: 'Repair 2 records', uri }));
    const previews: unknown[] = [];
    client.connection.onRequest('preflens/holds', () => ({ kind: 'same' }));
    client.connection.onRequest('workspace/applyEdit', ({ edit }: { edit: WorkspaceEdit }) => {
      previews.push(edit.changeAnnotations);
      return { applied: false };
    });
    expect(await client.connection.sendRequest('preflens/fixRule', { uri, rule })).toEqual(ok(2));
    expect(previews).toEqual([
      { [rule]: { label: 'Repair 2 records with "template-token-in-text"', needsConfirmation: true } },
    ]);
    const path = folder.write('ruleFix.jsonl', `${LINES.join('\n')}\n`);
    const disk = pathToFileURL(path).toString();
    await client.connection.sendRequest('preflens/openFile', { uri: disk });
    await client.diagnostics(disk);
    expect(await client.connection.sendRequest('preflens/fixRule', { uri: disk, rule })).toEqual(ok(2));
    await client.diagnostics(disk, (found) => !rulesOf(found).includes(rule));
    expect(await client.connection.sendRequest('preflens/saveFile', { uri: disk })).toEqual(ok(2));
    expect(readFileSync(path, 'utf8')).toBe(
      `${[line('Q1', 'Hi é!'), line('Q2', 'Hi 鳥!'), ...LINES.slice(2)].join('\n')}\n`,
    );
    const again = await client.connection.sendRequest('preflens/ruleFix', { uri: disk, rule });
    expect(again).toMatchObject({ ok: false, why: expect.stringContaining('No finding') as string });
  });

  it('go when their rule is turned off for the file, or for all files', async () => {
    const client = await serverWith();
    const { uri, path } = await open(client);
    const config = join(folder.path, 'preflens.json');
    const turnOff = async (rule: string, scope: string): Promise<void> => {
      const made = await client.connection.sendRequest('preflens/turnOffRule', { uri, rule, scope });
      expect(made).toEqual(ok(config));
      await client.diagnostics(uri, (found) => !rulesOf(found).includes(rule));
    };
    await turnOff('identical-pair', 'file');
    await turnOff('turn-marker-in-response', 'all');
    expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({
      rules: { 'turn-marker-in-response': 'off' },
      overrides: [{ files: path.split('/').at(-1), rules: { 'identical-pair': 'off' } }],
    });
  });
});

describe('a file that is open from disk', () => {
  it('is repaired pair by pair, and keeps are per pair too', async () => {
    const client = await serverWith();
    const path = folder.write('disk.jsonl', `${LINES.join('\n')}\n`);
    const uri = pathToFileURL(path).toString();
    await client.connection.sendRequest('preflens/openFile', { uri });
    await client.diagnostics(uri);
    const shown = async (): Promise<PairView> =>
      client.connection.sendRequest('preflens/pair', { uri, record: 1, step: 'here' });
    expect((await shown()).findings).toEqual([
      expect.objectContaining({ rule: 'template-token-in-text', canRepair: true }),
    ]);
    await client.connection.sendRequest('preflens/edit', { uri, record: 1, edit: { kind: 'repair' } });
    expect([(await shown()).chosen.text, (await shown()).findings]).toEqual(['Hi 鳥!', []]);
    const ref = { uri, record: 3, pair: 0, rule: 'turn-marker-in-response' };
    expect(
      await client.connection.sendRequest('preflens/keep', { ...ref, reason: 'a play', by: '' }),
    ).toEqual(ok());
    expect(await client.connection.sendRequest('preflens/saveFile', { uri })).toEqual(ok(1));
    const found = await client.diagnostics(uri, (list) => rulesOf(list).includes('identical-pair'));
    expect(rulesOf(found).sort()).toEqual(['identical-pair', 'template-token-in-text']);
    expect(readFileSync(path, 'utf8').split('\n')[1]).toBe(line('Q2', 'Hi 鳥!'));
  });
});

describe('decisions', () => {
  it("take a finding off every reader's list, flipped or not", async () => {
    const client = await serverWith({}, {}, { decisions: true });
    const { uri, path } = await open(client);
    const keepAction = (await client.codeActions(uri, 3)).find(({ title }) => title.startsWith('Ignore'))!;
    expect(keepAction.title).toBe('Ignore "turn-marker-in-response" for this pair…');
    const [ref] = keepAction.command!.arguments as [KeepRequest];
    expect(
      await client.connection.sendRequest('preflens/keep', { ...ref, reason: 'a play', by: 'ann' }),
    ).toEqual(ok());
    const left = await client.diagnostics(
      uri,
      (found) => !rulesOf(found).includes('turn-marker-in-response'),
    );
    expect(rulesOf(left)).toContain('identical-pair');
    const text = readFileSync(join(folder.path, '.preflens', 'decisions.jsonl'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ rule: 'turn-marker-in-response', reason: 'a play', by: 'ann' });
    expect(await client.connection.sendRequest('preflens/keep', { ...ref, reason: 'again', by: '' })).toEqual(
      {
        ok: false,
        why: 'The finding no longer exists, or its file has unsaved changes. The decision was not saved.',
      },
    );
    // Another window, another order, another label: the same pair.
    const { prompt, chosen, rejected } = JSON.parse(LINES[3]!) as Record<string, string>;
    writeFileSync(path, `${LINES[0]}\n${JSON.stringify({ rejected: chosen, chosen: rejected, prompt })}\n`);
    const other = await serverWith();
    other.open(uri, readFileSync(path, 'utf8'));
    expect(rulesOf(await other.diagnostics(uri))).toEqual(['template-token-in-text']);
    // The pair is fixed: the decision is unused, and a finding on the first line says so.
    writeFileSync(path, `${LINES[4]}\n`);
    const last = await serverWith();
    last.open(uri, readFileSync(path, 'utf8'));
    const said = await last.diagnostics(uri, (found) => found.length > 0);
    expect(said.map(({ code, range, message }) => [code, range.start.line, message])).toEqual([
      ['unused-suppression', 0, expect.stringContaining('"turn-marker-in-response"')],
    ]);
  });
});

describe('settings', () => {
  it('of the editor apply unless preflens.json overrides them, and a wrong one is reported', async () => {
    const client = await serverWith({
      rules: { 'template-token-in-text': 'off', 'turn-marker-in-response': 'error' },
    });
    const { uri } = await open(client);
    const found = await client.diagnostics(uri);
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([
      ['identical-pair', 1],
      ['turn-marker-in-response', 1],
    ]);
    const wrong = await serverWith({ rules: { nothing: 'off' } });
    await open(wrong);
    expect(wrong.messages.join()).toContain('preflens.rules: the file must not have "nothing"');
  });

  it.each([
    ['save', 'textDocument/didSave', (uri: string) => ({ textDocument: { uri } })],
    ['demand', 'preflens/checkFile', (uri: string) => ({ uri })],
  ] as const)('"run": "%s" is respected', async (run, name, params) => {
    const client = await serverWith({ run });
    const { uri } = await open(client, [line('Q', 'a'), line('R', 'c')]);
    const end = client.text.length;
    const at = { line: 0, character: client.text.indexOf('"a"') };
    client.edit([{ range: { start: at, end: { line: 0, character: at.character + 3 } }, newText: '""' }]);
    expect(client.text.length).toBe(end - 1);
    await client.hover(uri, 0);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(rulesOf(client.published.get(uri) ?? [])).toEqual([]);
    if (run === 'save') await client.connection.sendNotification(name, params(uri));
    else await client.connection.sendRequest(name, params(uri));
    expect(rulesOf(await client.diagnostics(uri, (found) => found.length > 0))).toEqual(['empty-response']);
  });
});

describe('all findings', () => {
  it('come by group and in pages, filtered, with the true number', async () => {
    const client = await serverWith();
    const many = Array.from({ length: 700 }, (_, i) =>
      JSON.stringify({ prompt: `q${i}`, chosen: '', rejected: 'b', source: i % 2 === 0 ? 'x' : 'y' }),
    );
    const { uri } = await open(client, [...many, ...LINES]);
    const found = await client.diagnostics(uri);
    expect(found.length).toBeLessThanOrEqual(1000);
    const byRule = await ask(client, {});
    expect(byRule.groups.map(({ key, count }) => [key, count])).toEqual([
      ['empty-response', 700],
      ['identical-pair', 1],
      ['template-token-in-text', 2],
      ['turn-marker-in-response', 1],
    ]);
    const page = await ask(client, { group: 'empty-response', start: 450, end: 460 });
    expect([page.total, page.items.map((one) => one.line)]).toEqual([
      700,
      [450, 451, 452, 453, 454, 455, 456, 457, 458, 459],
    ]);
    const bySource = await ask(client, { by: 'source', filter: 'EMPTY' });
    expect(bySource.groups.map(({ label, count }) => [label, count])).toEqual([
      ['x', 350],
      ['y', 350],
    ]);
    expect((await ask(client, { by: 'file', filter: 'no such words' })).groups).toEqual([]);
  });
});

describe('files that are not open', () => {
  const workspace = (): string => {
    const root = join(folder.path, 'workspace');
    mkdirSync(join(root, 'deep'), { recursive: true });
    writeFileSync(join(root, 'deep', 'a.jsonl'), `${LINES.join('\n')}\n`);
    return root;
  };

  it('are checked from disk and listed in Problems and in the tree; unreadable ones are reported and stop nothing', async () => {
    const root = workspace();
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules', 'b.jsonl'), `${LINES.join('\n')}\n`);
    writeFileSync(join(root, 'other.jsonl'), '{"level":"info","text":"no dataset"}\n');
    writeFileSync(join(root, 'torn.parquet'), 'PAR1 and no more');
    const folders = {
      workspaceFolders: [root, join(root, 'gone')].map((one) => ({
        uri: pathToFileURL(one).toString(),
        name: one,
      })),
    };
    const client = await serverWith({}, folders);
    const outcome = await client.connection.sendRequest('preflens/checkWorkspace', null);
    expect(outcome).toEqual({
      files: 1,
      errors: [
        expect.stringContaining('gone: can’t be read (ENOENT)'),
        expect.stringContaining('torn.parquet'),
      ],
    });
    const uri = pathToFileURL(join(root, 'deep', 'a.jsonl')).toString();
    expect(rulesOf(client.published.get(uri)!).sort()).toEqual([
      'identical-pair',
      'template-token-in-text',
      'template-token-in-text',
      'turn-marker-in-response',
    ]);
    expect((await ask(client, { by: 'file' })).groups.map(({ key, count }) => [key, count])).toEqual([
      [uri, 4],
    ]);
  });

  it('are part of what an editor pulls, and so are the open ones', async () => {
    const root = workspace();
    const folders = {
      workspaceFolders: [{ uri: pathToFileURL(root).toString(), name: 'w' }],
      capabilities: { textDocument: { diagnostic: {} } },
    };
    const client = await serverWith({}, folders, { status: false });
    expect(client.capabilities.diagnosticProvider).toMatchObject({ workspaceDiagnostics: true });
    const { uri } = openUnread(client, [line('Q', '')]);
    const pulled: { items: Diagnostic[] } = await client.connection.sendRequest('textDocument/diagnostic', {
      textDocument: { uri },
    });
    expect(rulesOf(pulled.items)).toEqual(['empty-response']);
    const all: { items: { uri: string; items: Diagnostic[] }[] } = await client.connection.sendRequest(
      'workspace/diagnostic',
      { previousResultIds: [] },
    );
    expect(all.items.map(({ uri: one, items }) => [one.split('/').at(-1), items.length])).toEqual([
      [uri.split('/').at(-1), 1],
      ['a.jsonl', 4],
    ]);
    // An editor that pulls would show pushed ones a second time.
    expect([...client.published]).toEqual([]);
  });
});
