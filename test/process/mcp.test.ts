// `preflens mcp` as a program, called by the client of the official SDK.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it } from 'vitest';

import { assistantOver } from '../fakes/assistant.ts';
import { testFolder } from '../fakes/files.ts';
import { CACHE, CLI, preflens, SAMPLE } from './run.ts';

const folder = testFolder('mcp');
const env = { ...(process.env as Record<string, string>), PREFLENS_CACHE: CACHE };

describe('preflens mcp', () => {
  it('lists the findings of a file and flips one: the file differs in exactly those bytes', async () => {
    const before = readFileSync(SAMPLE);
    const path = folder.write('support.jsonl', before);
    const client = new Client({ name: 'test', version: '1' });
    const args = [CLI, 'mcp', folder.path, '--write'];
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args, env, stderr: 'inherit' }),
    );
    await client.listTools();
    const { call, close } = assistantOver(client, [], async () => client.close());
    const { findings, phase } = await call('list_findings', {
      file: 'support.jsonl',
      rule: 'likely-mislabeled',
    });
    expect(phase).toBe('scored');
    const { record, key, pair } = findings[0] as { record: number; pair: number; key: string };
    await call('flip_pair', { file: 'support.jsonl', record, pair, key });
    const lines = before.toString().split('\n');
    const own = JSON.parse(lines[record - 1]!) as { chosen: unknown; rejected: unknown };
    const [chosen, rejected] = [own.chosen, own.rejected].map((one) => JSON.stringify(one));
    const flipped = lines[record - 1]!.replace(chosen!, () => '\u0000')
      .replace(rejected!, () => chosen!)
      .replace('\u0000', () => rejected!);
    expect(readFileSync(path, 'utf8')).toBe(lines.with(record - 1, flipped).join('\n'));
    await close();
    expect((await preflens(['check', path, '--format', 'json'])).code).not.toBe(2);
  });

  it('survives messages that are none, and ends with its input', async () => {
    folder.write('pairs.jsonl', '{"prompt":"q","chosen":"a","rejected":"b"}\n');
    const child = spawn(process.execPath, [CLI, 'mcp', folder.path], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env,
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const send = (text: string): boolean => child.stdin.write(`${text}\n`);
    for (const wrong of [
      '{',
      'null',
      '[]',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","id":{},"method":7}',
      '\u0000',
      '',
    ])
      send(wrong);
    send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/nothing' }));
    send(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 2,
        method: 'tools/call',
        params: { name: 'show_pair', arguments: 7 },
      }),
    );
    send(JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'tools/list' }));
    while (!out.includes('"id":3')) await once(child.stdout, 'data');
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    const replies = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; error?: object });
    expect(replies.map(({ id, error }) => [id, error !== undefined])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect(out).not.toContain('flip_pair');
    expect(err).toContain('A message of the client was ignored');
  });

  it('says why a folder cannot be served', async () => {
    const { code, err } = await preflens(['mcp', SAMPLE]);
    expect([code, err]).toEqual([2, `${SAMPLE}: this is not a folder. Name the folder of your datasets.\n`]);
  });
});
