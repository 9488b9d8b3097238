// Two windows on one file, each with its own server process; both get killed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { seededRandom } from '#core/score/random.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairView } from '#protocol/editor/views.ts';

import { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { ok } from '../fakes/outcome.ts';
import { CLI } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('two-windows');
const LINES = Array.from({ length: 40 }, (_, i) => goodRecord(i));
const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

const started: (() => void)[] = [];
afterEach(() => {
  for (const end of started.splice(0)) end();
});

interface Server {
  readonly client: PlainClient;
  readonly uri: string;
  flip(record: number): Promise<unknown>;
  kill(): Promise<void>;
}

async function serverOn(path: string): Promise<Server> {
  const cache = join(folder.path, 'cache');
  const env = { ...process.env, PREFLENS_CACHE: cache };
  const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  // The exit event reports a killed process; ignore the failed write.
  child.stdin.on('error', () => undefined);
  connection.onError(() => undefined);
  started.push(() => child.kill('SIGKILL'));
  const client = new PlainClient(connection);
  await client.initialize({ settings: { scoreOnOpen: false }, cacheFolder: cache });
  const uri = pathToFileURL(path).toString();
  await connection.sendRequest('preflens/openFile', { uri });
  await client.until('the survey', () =>
    client.statuses.find((one) => one.uri === uri && one.phase !== 'reading'),
  );
  return {
    client,
    uri,
    flip: async (record) => connection.sendRequest('preflens/edit', { uri, record, edit: { kind: 'flip' } }),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
      connection.dispose();
    },
  };
}

const chosen = async ({ client, uri }: Server, record: number): Promise<string> =>
  (await client.connection.sendRequest<PairView>('preflens/pair', { uri, record, step: 'here' })).chosen.text;

describe('27: two windows on one file', () => {
  it('27: lose no edit when both are killed, and save each edit once', async () => {
    const random = seededRandom(27);
    const count = rounds({ small: 1, large: 40 });
    let edits = 0;
    for (let round = 0; round < count; round++) {
      const path = folder.write(`r${round}/a.jsonl`, LINES.join('\n'));
      const windows = [await serverOn(path), await serverOn(path)] as const;
      const flips = new Set<number>();
      for (let i = 0; i < 8; i++) {
        // Each window edits its own records: if both edited one record, one edit would be set aside.
        const side = i % 2;
        const record = 2 * Math.floor(random() * 20) + side;
        if (flips.has(record)) continue;
        flips.add(record);
        await windows[side]!.flip(record);
      }
      edits += flips.size;
      await Promise.all(windows.map(async (window) => window.kill()));
      const next = await serverOn(path);
      for (const record of flips) expect(await chosen(next, record)).toBe(`worse ${record}`);
      const saved = await next.client.connection.sendRequest<Outcome<number>>('preflens/saveFile', {
        uri: next.uri,
      });
      expect(saved).toEqual(ok(flips.size));
      await next.kill();
      expect(readFileSync(path, 'utf8')).toBe(
        LINES.map((line, i) => (flips.has(i) ? flipped(i) : line)).join('\n'),
      );
      const last = await serverOn(path);
      expect(last.client.statuses.at(-1)?.unsavedCount).toBe(0);
      await last.kill();
    }
    report('27 two windows on one file', { rounds: count, 'edits in killed servers': edits });
  });

  it('27: keep their edits apart while both run, and each sees what the other saved', async () => {
    const path = folder.write('a.jsonl', LINES.join('\n'));
    const [one, two] = [await serverOn(path), await serverOn(path)];
    await one.flip(3);
    await two.flip(5);
    expect([await chosen(one, 5), await chosen(two, 3)]).toEqual(['better 5', 'better 3']);
    const save = async ({ client, uri }: Server): Promise<Outcome<number>> =>
      client.connection.sendRequest('preflens/saveFile', { uri });
    const seen = two.client.statuses.length;
    expect(await save(one)).toEqual(ok(1));
    // The server polls the file every two seconds and rereads it, with the pending edit on top.
    await two.client.until('the file as the other saved it', () => {
      const later = two.client.statuses.slice(seen);
      const { phase, unsavedCount } = later.at(-1) ?? {};
      return later.some((status) => status.phase === 'reading') && phase === 'unscored' && unsavedCount === 1
        ? true
        : undefined;
    });
    expect(await chosen(two, 3)).toBe('worse 3');
    expect(await save(two)).toEqual(ok(1));
    expect(readFileSync(path, 'utf8')).toBe(LINES.with(3, flipped(3)).with(5, flipped(5)).join('\n'));
    await Promise.all([one.kill(), two.kill()]);
  });
});
