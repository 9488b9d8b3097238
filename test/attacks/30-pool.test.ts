// Sixty documents at once: there is one scoring process per core, and the other documents wait.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { pooled, poolWidth } from '#node/scoring/pool.ts';
import type { Scorer, StartScorer } from '#node/scoring/process.ts';

import { generatePairs } from '../bench/generate.ts';
import { PlainClient } from '../fakes/client.ts';
import { testFolder } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { memoryServer } from '../fakes/wires.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('pool');
const SERVER = join(import.meta.dirname, '..', '..', 'dist', 'server.js');
const uriOf = (i: number): string => `file:///data/${i}.jsonl`;
const TEXT = [...generatePairs(52, 4, 8)].join('\n');

/** Scorers that count themselves. Held ones wait for release and then fail: the test is about the order. */
function countedScorers(isHeld = false) {
  const counts = { live: 0, max: 0, started: 0 };
  const held: (() => void)[] = [];
  const start: StartScorer = async () => {
    counts.live++;
    counts.started++;
    counts.max = Math.max(counts.max, counts.live);
    if (isHeld) {
      await new Promise<void>((resolve) => held.push(resolve));
      counts.live--;
      throw new Error('let go');
    }
    const scorer = startInMemory();
    scorer.gone.catch(() => counts.live--);
    return scorer;
  };
  return { counts, held, start };
}

const scored = (client: PlainClient): Set<string> =>
  new Set(client.statuses.filter(({ phase }) => phase === 'scored').map(({ uri }) => uri));
const lastOf = (client: PlainClient, i: number) => client.statuses.findLast(({ uri }) => uri === uriOf(i));

describe('30: the pool of scoring processes', () => {
  it('30: has one slot per core, fewer when memory is short', () => {
    expect([poolWidth(4096, 8), poolWidth(1024, 16), poolWidth(300, 16), poolWidth(0, 16)]).toEqual([
      8, 8, 2, 1,
    ]);
  });

  it('30: many documents are all scored, a few at a time, and say that they wait', async () => {
    const { counts, start } = countedScorers();
    const client = memoryServer(start);
    await client.initialize({ settings: { memoryMb: 256 } });
    const documents = rounds({ small: 5, large: 60 });
    for (let i = 0; i < documents; i++) client.open(uriOf(i), TEXT);
    await client.until('all scores', () => (scored(client).size === documents ? true : undefined), 120_000);
    await client.until('the last end', () => (counts.live === 0 ? true : undefined));
    const waited = new Set(
      client.statuses.filter(({ progress }) => progress === 'waiting to score').map(({ uri }) => uri),
    );
    report('30-pool, one server', {
      documents,
      'processes at a time': counts.max,
      'documents that waited': waited.size,
    });
    expect(counts).toEqual({ live: 0, max: poolWidth(256), started: documents });
    expect(waited.size).toBeGreaterThanOrEqual(documents - poolWidth(256));
  });

  it('30: visible documents go first; closing a document frees its slot; a cancel is immediate', async () => {
    const { counts, held, start } = countedScorers(true);
    const client = memoryServer(start);
    // One slot.
    await client.initialize({ settings: { memoryMb: 128 } });
    client.open(uriOf(0), TEXT);
    await client.until('a start', () => held[0]);
    for (let i = 1; i < 8; i++) {
      client.open(uriOf(i), TEXT);
      await client.until('the wait', () => lastOf(client, i)?.progress === 'waiting to score' || undefined);
    }
    expect(counts.started).toBe(1);
    await client.execute('preflens.cancelScoring', uriOf(2));
    await client.until(
      'the cancel',
      () => (lastOf(client, 2)?.phase === 'cancelled' ? true : undefined),
      2000,
    );
    client.close(uriOf(3));
    await client.connection.sendNotification('preflens/visible', {
      uri: uriOf(6),
      lineStart: 0,
      lineEnd: 30,
    });
    await client.connection.sendNotification('preflens/visible', {
      uri: uriOf(5),
      lineStart: 0,
      lineEnd: 30,
    });
    // The server receives both before it answers this request.
    await client.connection.sendRequest('preflens/recordAt', { uri: uriOf(5), line: 0 });
    const order: string[] = [];
    const failed = (): string[] =>
      client.statuses.flatMap(({ uri, phase }) => (phase === 'failed' && !order.includes(uri) ? [uri] : []));
    while (order.length < 5) {
      await client.until('a start', () => held[0]);
      held.shift()!();
      order.push(await client.until('its end', () => failed()[0]));
    }
    expect(order).toEqual([0, 5, 6, 1, 4].map(uriOf));
    expect(counts.max).toBe(1);
    // Close the running one while another waits.
    await client.until('a start', () => held[0]);
    await client.execute('preflens.score', uriOf(1));
    await client.until('the wait', () =>
      lastOf(client, 1)?.progress === 'waiting to score' ? true : undefined,
    );
    client.close(uriOf(7));
    held.shift()!();
    await client.until('the start of the other', () => held[0]);
    expect(lastOf(client, 1)?.phase).toBe('scoring');
    held.shift()!();
  });

  it('30: an idle model makes room, and a busy one does not', async () => {
    const { counts, start } = countedScorers();
    const pool = pooled(start, () => 1);
    let isIdle = false;
    let stopped = 0;
    const kept: Scorer[] = [];
    const holder = {
      isIdle: () => isIdle,
      stop: () => {
        stopped++;
        kept.forEach((scorer) => {
          scorer.kill();
        });
      },
    };
    kept.push(await pool({ holder }));
    let isWaiting = false;
    const second = pool({ onWait: () => (isWaiting = true) });
    await wait(250);
    expect([isWaiting, stopped, counts.live]).toEqual([true, 0, 1]);
    isIdle = true;
    const other = await second;
    expect([stopped, counts.max]).toEqual([1, 1]);
    other.kill();
    // A failed or abandoned start holds no slot.
    let isBroken = true;
    const broken = pooled(
      async (options) => (isBroken ? Promise.reject(new Error('no such bundle')) : start(options)),
      () => 1,
    );
    await expect(broken()).rejects.toThrow('no such bundle');
    isBroken = false;
    const third = await broken();
    const gaveUp = new AbortController();
    const fourth = broken({ signal: gaveUp.signal });
    gaveUp.abort(new Error('given up'));
    await expect(fourth).rejects.toThrow('given up');
    third.kill();
    (await broken()).kill();
  });

  /** Child processes that run the scorer, from /proc (Linux only). */
  function scorersBelow(pid: number): number {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => {
        try {
          const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
          const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
          return parent === pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('scorer.js');
        } catch {
          // It ended in between.
          return false;
        }
      }).length;
  }

  it.runIf(process.platform === 'linux')(
    '30: the real server has a few living children while sixty documents are open',
    async () => {
      const server = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
      try {
        const client = new PlainClient(
          createMessageConnection(
            new StreamMessageReader(server.stdout),
            new StreamMessageWriter(server.stdin),
          ),
        );
        await client.initialize({ cacheFolder: folder.path, settings: { memoryMb: 256 } });
        const documents = 60;
        for (let i = 0; i < documents; i++) client.open(uriOf(i), TEXT);
        let max = 0;
        const enough = rounds({ small: 2, large: documents });
        await client.until(
          'scores',
          () => {
            max = Math.max(max, scorersBelow(server.pid!));
            return scored(client).size >= enough ? true : undefined;
          },
          120_000,
        );
        report('30-pool, a real server', { documents, 'living children at most': max });
        expect(max).toBeGreaterThan(0);
        expect(max).toBeLessThanOrEqual(poolWidth(256));
        for (let i = 0; i < documents; i++) client.close(uriOf(i));
        await client.until('no child', () => (scorersBelow(server.pid!) === 0 ? true : undefined));
      } finally {
        server.kill('SIGKILL');
      }
    },
  );
});
