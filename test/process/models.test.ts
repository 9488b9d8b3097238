// The built scoring process with good and bad models: killed, hung, out of memory.
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import type { Provider } from '#core/reward/scorerRule.ts';
import type { ScoreRow } from '#core/reward/table.ts';
import { openFolder } from '#node/models/folder.ts';
import type { HostLimits, RateItem } from '#node/models/host.ts';
import { ModelHost } from '#node/models/host.ts';
import { MemoryBudget } from '#node/models/memory.ts';
import { checkProviders } from '#node/models/providers.ts';
import { ScoreCache } from '#node/models/scoreCache.ts';
import type { Scorer } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';

import type { ModelRecipe } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import type { Poison } from '../models/poison.ts';
import { poisonous } from '../models/poison.ts';
import { makeTokenizer } from '../models/tokenizers.ts';
import { isAlive, SCORER } from './run.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-hosts-'));
const hosts: ModelHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

interface Setup {
  readonly host: ModelHost;
  readonly started: Scorer[];
  readonly log: string[];
}

let made = 0;
async function hostOf(
  recipe: ModelRecipe = {},
  limits: Partial<HostLimits> = {},
  budget = 8 * 2 ** 30,
  providers: readonly Provider[] = ['cpu'],
): Promise<Setup> {
  const { folder } = writeModel(join(ROOT, `m${made++}`), recipe);
  const { spec, bytes } = await openFolder(folder, { kind: 'onnx', model: folder }, undefined);
  const started: Scorer[] = [];
  const log: string[] = [];
  const host = new ModelHost({
    start: async (options) => {
      const scorer = await startScorer(SCORER, options);
      started.push(scorer);
      return scorer;
    },
    open: { folder, spec, providers, threads: 1, referenceIds: [] },
    bytes,
    budget: new MemoryBudget(budget),
    limits,
    log: (line) => log.push(line),
  });
  hosts.push(host);
  return { host, started, log };
}

const NEVER = new AbortController().signal;
/** A word of the test vocabulary that only the poisonous texts contain. */
const POISON = 'would';
const poisonId = makeTokenizer('wordpiece').json.model.vocab as Record<string, number>;
const poison = (kind: Poison): ModelRecipe => ({
  onnx: (vocabulary) => poisonous(kind, poisonId[POISON]!, vocabulary),
});
const items = (count: number, bad: readonly number[] = []): RateItem[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: [{ role: 'user', text: `what is ${i}` }],
    texts: [bad.includes(i) ? `it is ${i} would` : `it is ${i}`],
  }));

interface Outcome {
  readonly values: Map<number, number>;
  readonly refused: Map<number, string>;
  told: number;
}

async function rate(
  host: ModelHost,
  asked: readonly RateItem[],
  signal = NEVER,
  onBatch = (): void => undefined,
): Promise<Outcome> {
  const outcome: Outcome = { values: new Map(), refused: new Map(), told: 0 };
  await host.rate(
    asked,
    1,
    {
      onRated(item, values) {
        outcome.told++;
        outcome.values.set(item, values[0]!);
      },
      onRefused(item, reason) {
        outcome.told++;
        outcome.refused.set(item, reason);
      },
      onBatch,
    },
    signal,
  );
  return outcome;
}

describe('the process of a model', () => {
  it('loses no text when killed in the middle of a batch, and reports none twice', async () => {
    const { host, started } = await hostOf({ sizes: { layers: 6, hidden: 64 } });
    const asked = items(600);
    const whole = await rate(host, asked);
    let batches = 0;
    const broken = await rate(host, asked, NEVER, () => {
      if (++batches === 2 || batches === 5) process.kill(started.at(-1)!.pid, 'SIGKILL');
    });
    expect(started.length).toBe(3);
    expect(broken.told).toBe(600);
    expect(broken.refused.size).toBe(0);
    for (const [item, value] of whole.values) expect(broken.values.get(item)).toBeCloseTo(value, 5);
  });

  // Memory decides before time does, however slowly the machine hands it out; each start of a model that eats takes seconds.
  for (const { kind, words, ms, count } of [
    { kind: 'hangs', words: /did not survive it: it took longer than 0.4 s/, ms: 400, count: 40 },
    {
      kind: 'eats',
      words: /did not survive it: .*It used \d+ MB; the limit is 700 MB/s,
      ms: 240_000,
      count: 10,
    },
    { kind: 'fails', words: /did not survive it: .*(?:Gather|indices|bounds)/s, ms: 20_000, count: 40 },
  ] as const) {
    it(`finds and names a text on which it ${kind}, and scores all others`, async () => {
      const { host, started } = await hostOf(poison(kind), { batchMs: ms, firstMs: ms }, 700 * 2 ** 20);
      const bad = [2, count - 3];
      const outcome = await rate(host, items(count, bad));
      expect([...outcome.refused.keys()].sort((a, b) => a - b)).toEqual(bad);
      for (const reason of outcome.refused.values()) expect(reason).toMatch(words);
      expect(outcome.values.size).toBe(count - 2);
      const again = await rate(host, items(count));
      for (const [item, value] of outcome.values) expect(again.values.get(item)).toBeCloseTo(value, 5);
      for (const { pid } of started.slice(0, -1)) expect(isAlive(pid)).toBe(false);
    });
  }

  it('keeps a poisonous text of one request from affecting another request', async () => {
    for (const [kind, ms] of [
      ['fails', 20_000],
      ['hangs', 200],
    ] as const) {
      const { host } = await hostOf(poison(kind), { batchMs: ms, firstMs: ms });
      const [a, b] = await Promise.all([rate(host, items(64, [1])), rate(host, items(64))]);
      expect([...a.refused.keys()]).toEqual([1]);
      expect([a.values.size, b.values.size, b.refused.size]).toEqual([63, 64, 0]);
    }
  });

  it('ends with the model when a chat template never ends', async () => {
    const endless =
      '{% for a in range(100000) %}{% for b in range(100000) %}{{ a * b }}{% endfor %}{% endfor %}';
    const { host } = await hostOf({ extra: { 'chat_template.jinja': endless } }, { textMs: 300 });
    const begun = performance.now();
    const outcome = await rate(host, items(2)).catch((error: unknown) => error as Error);
    expect(performance.now() - begun).toBeLessThan(60_000);
    expect(outcome instanceof Error ? outcome.message : [...outcome.refused.values()].join()).toMatch(
      /took longer than 0.3 s/,
    );
  });

  it('stops within 200 ms when cancelled inside a batch, and starts again when needed', async () => {
    const { host, started } = await hostOf(poison('hangs'));
    await rate(host, items(2));
    const controller = new AbortController();
    const running = rate(host, items(8, [3]), controller.signal).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const begun = performance.now();
    controller.abort(new Error('enough'));
    expect(await running).toMatchObject({ message: 'enough' });
    expect(performance.now() - begun).toBeLessThan(400);
    const after = await rate(host, items(8));
    expect(after.values.size).toBe(8);
    expect(started.length).toBe(2);
  });

  it('lets an urgent request in between two batches of a long one', async () => {
    const { host } = await hostOf({ sizes: { layers: 12, hidden: 128 } });
    const order: string[] = [];
    const long = host.rate(
      items(800),
      2,
      listener(() => order.push('long')),
      NEVER,
    );
    await new Promise((resolve) => setTimeout(resolve, 250));
    await host.rate(
      items(8),
      0,
      listener(() => order.push('first')),
      NEVER,
    );
    expect(order.length).toBeLessThan(800);
    await long;
    expect(order.lastIndexOf('first')).toBeLessThan(order.lastIndexOf('long'));
  });

  it('ends when idle, and frees its memory', async () => {
    const { host, started } = await hostOf({}, { idleMs: 50 });
    await rate(host, items(2));
    const { pid } = started[0]!;
    for (let i = 0; i < 100 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAlive(pid)).toBe(false);
    expect((await rate(host, items(2))).values.size).toBe(2);
  });

  it('reports what is wrong with a file that is no model', async () => {
    const { host } = await hostOf({ extra: { 'model.onnx': new Uint8Array(500).fill(65) } });
    await expect(rate(host, items(1))).rejects.toThrow(/cpu: .*(?:parsing|Protobuf|protobuf|Load model)/);
  });

  it('refuses another version, and says what to do', async () => {
    const old = join(ROOT, 'old.cjs');
    writeFileSync(
      old,
      "process.on('message', (m) => process.send({ jsonrpc: '2.0', id: m.id, result: { version: 1, pid: process.pid } }));",
    );
    await expect(startScorer(old)).rejects.toThrow(/speaks protocol 1, this server \d+: reinstall PrefLens/);
  });

  it('makes room for another model when idle', async () => {
    const budget = new MemoryBudget(1000);
    const stopped: string[] = [];
    const holder = (name: string, bytes: number, isIdle: boolean) => ({
      bytes,
      isIdle: () => isIdle,
      stop: () => stopped.push(name),
    });
    await budget.take(holder('a', 600, true), NEVER);
    const busy = holder('b', 300, false);
    await budget.take(busy, NEVER);
    expect(stopped).toEqual([]);
    await budget.take(holder('c', 500, true), NEVER);
    expect(stopped).toEqual(['a']);
    const waiting = budget.take(holder('d', 800, true), NEVER);
    setTimeout(() => {
      budget.give(busy);
    }, 150);
    await waiting;
    expect(stopped).toEqual(['a', 'c']);
  });
});

function listener(onRated: () => void) {
  return { onRated, onRefused: () => undefined, onBatch: () => undefined };
}

const gpus = (await checkProviders(async () => startScorer(SCORER))).filter(
  ({ provider, works }) => works && provider !== 'cpu',
);

describe('a provider other than the CPU', () => {
  it.skipIf(gpus.length === 0)(
    `gives the same scores (${gpus.map(({ provider }) => provider).join(', ') || 'skipped: there is none here'})`,
    async () => {
      for (const { provider } of gpus) {
        const [there, here] = [await hostOf({}, {}, undefined, [provider]), await hostOf()];
        const [a, b] = [await rate(there.host, items(12)), await rate(here.host, items(12))];
        expect(there.host.provider).toBe(provider);
        for (const [item, value] of b.values) expect(a.values.get(item)).toBeCloseTo(value, 3);
      }
    },
  );

  const hasCuda = gpus.some(({ provider }) => provider === 'cuda' || provider === 'dml');
  it.skipIf(hasCuda)('is skipped if unavailable, with the reason in the log', async () => {
    const { host, log } = await hostOf({}, {}, undefined, ['dml', 'cuda', 'cpu']);
    expect((await rate(host, items(3))).values.size).toBe(3);
    expect(log.join()).toMatch(/runs on cpu \(dml: .*; cuda: /);
  });
});

describe('the score cache', () => {
  const row = (n: number): ScoreRow => ({
    key: [n, n * 7],
    values: [n / 3, -n],
    tokens: n,
    flags: n % 3,
    provider: 0,
    time: 1_700_000_000 + n,
  });
  const fresh = (): string => join(ROOT, `scores${made++}`);
  const cacheAt = (folder: string): ScoreCache => new ScoreCache(folder, 2, { model: 'm' });

  it('holds every added batch, and two writers see each other', async () => {
    const folder = fresh();
    const [a, b] = [cacheAt(folder), cacheAt(folder)];
    for (let n = 0; n < 50; n++) a.add([row(n)]);
    b.add(Array.from({ length: 30 }, (_, i) => row(100 + i)));
    await a.refresh();
    expect(a.table.count).toBe(80);
    b.add([row(200)]);
    await a.refresh();
    const later = cacheAt(folder);
    await later.load();
    for (const table of [a.table, later.table]) {
      expect(table.count).toBe(81);
      const at = table.rowOf([200, 1400]);
      expect([...table.values(at)]).toEqual([Math.fround(200 / 3), -200]);
      expect([table.tokens(at), table.flags(at), table.time(at)]).toEqual([200, 2, 1_700_000_200]);
    }
  });

  it('loses at most the last batch to a torn end, wherever it is torn, and is never wrong', async () => {
    const folder = fresh();
    const cache = cacheAt(folder);
    for (let n = 0; n < 6; n++) cache.add([row(2 * n), row(2 * n + 1)]);
    const path = join(folder, dataIn(folder));
    const whole = readFileSync(path);
    let last = 12;
    for (let length = whole.length; length >= 0; length -= 7) {
      truncateSync(path, length);
      const torn = cacheAt(folder);
      await torn.load();
      expect(torn.table.count).toBeLessThanOrEqual(last);
      expect(torn.table.count % 2).toBe(0);
      if (length > whole.length - 100) expect(torn.table.count).toBeGreaterThanOrEqual(10);
      for (let n = 0; n < torn.table.count; n++) expect(torn.table.values(n)[1]).toBe(-n);
      last = torn.table.count;
    }
    expect(last).toBe(0);
  });

  it('stops where a machine crash left other bytes, in either file', async () => {
    const folder = fresh();
    const cache = cacheAt(folder);
    cache.add(Array.from({ length: 64 }, (_, n) => row(n + 1)));
    cache.add(Array.from({ length: 64 }, (_, n) => row(n + 101)));
    const data = join(folder, dataIn(folder));
    for (const path of [data, `${data}.sums`]) {
      const whole = readFileSync(path);
      for (let at = 0; at < whole.length; at += path === data ? 29 : 1) {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes[at]! ^ 0x55;
        writeFileSync(path, bytes);
        const read = cacheAt(folder);
        await read.load();
        expect([0, 64]).toContain(read.table.count);
        for (let n = 0; n < read.table.count; n++) expect(read.table.values(n)[1]).toBe(-(n + 1));
      }
      writeFileSync(path, whole);
    }
  });

  it('joins the files of many ended processes, and loses nothing', async () => {
    const folder = fresh();
    cacheAt(folder).add([row(1)]);
    const own = dataIn(folder);
    const host = own.split('-')[0]!;
    for (let i = 0; i < 20; i++) leave(join(folder, `${host}-999999${i}-aa.arrows`), row(10 + i));
    // Killed before the sums of its first batch.
    writeFileSync(join(folder, `${host}-99999999-aa.arrows`), 'begun');
    const first = cacheAt(folder);
    await first.load();
    expect(first.table.count).toBe(21);
    expect(readdirSync(folder).length).toBe(4);
    const second = cacheAt(folder);
    await second.load();
    expect(second.table.count).toBe(21);
    appendFileSync(join(folder, own), 'torn');
    await second.refresh();
    expect(second.table.count).toBe(21);
  });
});

function dataIn(folder: string): string {
  return readdirSync(folder).find((name) => name.endsWith('.arrows'))!;
}

/** The files that a process leaves behind after it wrote this one row. */
function leave(path: string, one: ScoreRow): void {
  const folder = join(ROOT, `left${made++}`);
  new ScoreCache(folder, 2, { model: 'm' }).add([one]);
  const data = join(folder, dataIn(folder));
  copyFileSync(data, path);
  copyFileSync(`${data}.sums`, `${path}.sums`);
}
