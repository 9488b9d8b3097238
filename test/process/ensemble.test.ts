// Reward models on a dataset, in the server and on the command line: killed, and run twice.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import { startScorer } from '#node/scoring/process.ts';

import type { PlainClient } from '../fakes/client.ts';
import { memoryServer } from '../fakes/wires.ts';
import type { Place } from './places.ts';
import { LINES, place, rowsKept, scoresIn } from './places.ts';
import { childrenOf, isAlive, preflens, SCORER } from './run.ts';

const open: PlainClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.connection.dispose();
});

let starts = 0;
async function openPlace({ uri, text, cache }: Place, options: object = {}): Promise<PlainClient> {
  const client = memoryServer(async (options) => {
    starts++;
    return startScorer(SCORER, options);
  }, cache);
  open.push(client);
  await client.initialize({
    cacheFolder: cache,
    settings: { modelMemoryMb: 4000, codeLens: 'all' },
    ...options,
  });
  client.open(uri, text);
  return client;
}

const scored = async (client: PlainClient): Promise<string> =>
  client.until('an end of scoring', () => {
    const phase = client.statuses.at(-1)?.phase;
    return phase === 'scored' || phase === 'untrusted' || phase === 'failed' ? phase : undefined;
  });

const marginIn = (hover: string): number =>
  Number(/Margin ([+−]\d+\.\d\d)/.exec(hover)?.[1]?.replace('−', '-'));

const MODEL = { kind: 'onnx', model: 'rm', name: 'house-rm' };

describe('a reward model in the language server', () => {
  it('scores the file; a flip scores nothing, an edit one answer, and reopening nothing', async () => {
    const at = place([MODEL]);
    const client = await openPlace(at);
    expect(await scored(client)).toBe('scored');
    const rows = rowsKept(at.cache);
    const hover = await client.hover(at.uri, 4);
    expect(hover).toMatch(/Margin [+−]\d/);
    expect(hover).toMatch(/Reward: chosen [+−]\d.*rejected [+−]\d/);
    expect(hover).toMatch(/house\\-rm/);
    expect(hover).toMatch(/scored on cpu, 20\d\d/);
    expect(hover).toMatch(/posterior of a wrong label/);
    const found = await client.diagnostics(at.uri, (list) =>
      list.some(({ code }) => code === 'likely-mislabeled'),
    );
    expect(found.find(({ code }) => code === 'likely-mislabeled')!.message).toMatch(
      /^Label looks wrong: house-rm prefers the rejected answer/,
    );

    const [flip] = await client.codeActions(at.uri, 4);
    client.apply(flip!.edit!);
    const turned = await client.hover(at.uri, 4);
    expect(marginIn(turned)).toBeCloseTo(-marginIn(hover), 2);
    expect(rowsKept(at.cache)).toBe(rows);

    const start = { line: 5, character: client.text.split('\n')[5]!.indexOf('"chosen":') + 11 };
    client.edit([{ range: { start, end: start }, newText: 'Well, ' }]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(rowsKept(at.cache)).toBe(rows + 1);
    expect(await client.hover(at.uri, 5)).toMatch(/Margin [+−]\d/);

    const before = starts;
    const again = await openPlace(at);
    expect(await scored(again)).toBe('scored');
    expect(marginIn(await again.hover(at.uri, 4))).toBe(marginIn(hover));
    expect(starts).toBe(before);
    expect(rowsKept(at.cache)).toBe(rows + 1);
  });

  it('does not start in an untrusted folder until it is trusted', async () => {
    const at = place([MODEL]);
    const before = starts;
    const client = await openPlace(at, { trusted: false });
    expect(await scored(client)).toBe('untrusted');
    expect(client.statuses.at(-1)!.reason).toMatch(/untrusted folder, .* Trust the folder/);
    expect(starts).toBe(before);
    void client.connection.sendNotification('preflens/trusted');
    await client.until('scores', () => (client.statuses.at(-1)?.phase === 'scored' ? true : undefined));
  });

  it('that cannot be used says why and what to do, and the checks continue', async () => {
    const at = place([{ ...MODEL, model: 'nowhere' }]);
    const client = await openPlace(at);
    expect(await scored(client)).toBe('failed');
    expect(client.statuses.at(-1)!.reason).toMatch(
      /nowhere: PrefLens can’t use this model: there is no such folder/,
    );
    expect(client.published.get(at.uri)).toBeDefined();
  });

  it('joins an ensemble, whose disagreement is a finding', async () => {
    const at = place([MODEL, { kind: 'onnx', model: 'other' }, { kind: 'consistency' }], LINES.slice(0, 300));
    const client = await openPlace(at);
    expect(await scored(client)).toBe('scored');
    const found = await client.diagnostics(at.uri, (list) =>
      list.some(({ code }) => code === 'scorers-disagree'),
    );
    expect(found.find(({ code }) => code === 'likely-mislabeled')!.message).toMatch(
      /^Label looks wrong: ensemble of 3 prefers the rejected answer/,
    );
    const line = found.find(({ code }) => code === 'scorers-disagree')!.range.start.line;
    const hover = await client.hover(at.uri, line);
    expect(hover).toMatch(/[12] of 3 scorers side with the label, spread/);
    for (const name of ['house', 'other', 'consistency']) expect(hover).toContain(name);
  });

  it('misses no pair when records are inserted above while it scores', async () => {
    const at = place([MODEL], LINES, { sizes: { positions: 512, layers: 6, hidden: 96 } });
    const client = await openPlace(at);
    await client.until('scoring', () => (client.statuses.at(-1)?.phase === 'scoring' ? true : undefined));
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const start = { line: 0, character: 0 };
      const newText = `{"prompt":"new ${i}","chosen":"an answer ${i}","rejected":"another ${i}"}\n`;
      client.edit([{ range: { start, end: start }, newText }]);
    }
    expect(client.statuses.at(-1)!.phase).toBe('scoring');
    expect(await scored(client)).toBe('scored');
    // The last edit is scored once typing stops.
    let lenses = await client.codeLenses(at.uri);
    const margins = (): number => lenses.filter(({ command }) => command!.title.startsWith('margin')).length;
    for (let i = 0; i < 100 && margins() < 599; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      lenses = await client.codeLenses(at.uri);
    }
    expect(margins()).toBe(599);
  });

  it('scores visible pairs first', async () => {
    const at = place([MODEL], LINES, { sizes: { positions: 512, layers: 6, hidden: 96 } });
    const client = await openPlace(at, { visibleLines: true });
    await client.until('scoring', () => (client.statuses.at(-1)?.phase === 'scoring' ? true : undefined));
    void client.connection.sendNotification('preflens/visible', {
      uri: at.uri,
      lineStart: 580,
      lineEnd: 590,
    });
    let hover = '';
    while (!hover.includes('Margin') && client.statuses.at(-1)!.phase === 'scoring') {
      await new Promise((resolve) => setTimeout(resolve, 25));
      hover = await client.hover(at.uri, 585);
    }
    expect(client.statuses.at(-1)!.phase).toBe('scoring');
    expect(hover).toMatch(/Margin [+−]\d/);
  });
});

describe('a reward model on the command line', () => {
  it('scores a stream like a file, and reports lines that are no records', async () => {
    const at = place([]);
    const whole = await preflens(['score', at.file, '--model', join(at.folder, 'rm'), '--out', '-']);
    const text = `${at.text}{"broken\n{"other": 1}\n`;
    writeFileSync(at.file, text);
    const piped = await preflens(['score', '-', '--model', join(at.folder, 'rm')], undefined, at.file);
    expect(piped.code, piped.err).toBe(0);
    const rows = scoresIn(piped.out);
    const wanted = new Map(scoresIn(whole.out).map((row) => [row.record, row.margin]));
    expect(rows.filter(({ margin }) => typeof margin === 'number').length).toBe(wanted.size);
    for (const { record, margin } of rows)
      if (typeof margin === 'number') expect(margin).toBeCloseTo(wanted.get(record)!, 4);
    expect(rows.slice(-2)).toEqual([
      { record: 120, error: 'cannot be read' },
      { record: 121, error: 'cannot be read' },
    ]);
    // A JSON list in the stream gives the same margins.
    writeFileSync(at.file, `[${LINES.slice(0, 8).join(', ')}]`);
    const list = await preflens(['score', '-', '--model', join(at.folder, 'rm')], undefined, at.file);
    const first = rows.filter(({ record }) => record < 8).map(({ margin }) => margin);
    expect(scoresIn(list.out).map(({ margin }) => margin)).toEqual(first);
  });

  it('refuses a stream for the scorer that needs a whole file', async () => {
    const at = place([]);
    const { code, err } = await preflens(['score', '-'], undefined, at.file);
    expect(code).toBe(2);
    expect(err).toMatch(/can’t score a stream. Use --model/);
  });

  it('continues where it was when killed at any moment', async () => {
    const at = place([], LINES, { sizes: { positions: 512, layers: 4, hidden: 64 } });
    const args = ['score', at.file, '--model', join(at.folder, 'rm'), '--out', join(at.folder, 's.jsonl')];
    const env = { PREFLENS_CACHE: at.cache };
    let kills = 0;
    // PREFLENS_KILLS sets the number of kills; each at a random moment.
    const times = Number(process.env.PREFLENS_KILLS ?? 3);
    const random = seededRandom(8);
    for (let i = 0; i < times; i++) {
      const ms = 700 + Math.floor(900 * random());
      const run = await preflens(
        args,
        (_pid, kill) =>
          setTimeout(() => {
            kill('SIGKILL');
          }, ms),
        undefined,
        env,
      );
      kills += Number(run.code === null);
      // A completely scored file leaves nothing to interrupt.
      if (run.code === 0) rmSync(at.cache, { recursive: true });
    }
    expect(kills).toBeGreaterThan(0);
    console.log(`${kills} kills of ${times} runs, ${rowsKept(at.cache)} scores kept through the last ones`);
    const { code, err } = await preflens(args, undefined, undefined, env);
    expect(code, err).toBe(0);
    const distinct = new Set(
      scoresIn(readFileSync(join(at.folder, 's.jsonl'), 'utf8')).flatMap((row) => [
        row.chosenKey,
        row.rejectedKey,
      ]),
    );
    expect(rowsKept(at.cache)).toBe(distinct.size);
  });

  it('leaves no process behind when killed', async () => {
    const at = place([], LINES, { sizes: { positions: 512, layers: 6, hidden: 96 } });
    let children: number[] = [];
    await preflens(
      ['score', at.file, '--model', join(at.folder, 'rm'), '--out', join(at.folder, 's.jsonl')],
      (pid, kill) => {
        const looking = setInterval(() => {
          children = childrenOf(pid);
          if (children.length === 0) return;
          clearInterval(looking);
          kill('SIGKILL');
        }, 20);
      },
    );
    expect(children.length).toBeGreaterThan(0);
    await expect.poll(() => children.filter(isAlive), { timeout: 60_000 }).toEqual([]);
  });

  it('gives the same margins when two run at once on one file', async () => {
    const at = place([], LINES, { sizes: { positions: 512, layers: 4, hidden: 64 } });
    const env = { PREFLENS_CACHE: at.cache };
    const run = async (out: string) =>
      preflens(
        ['score', at.file, '--model', join(at.folder, 'rm'), '--out', join(at.folder, out)],
        undefined,
        undefined,
        env,
      );
    const [a, b] = await Promise.all([run('a.jsonl'), run('b.jsonl')]);
    expect([a.code, b.code]).toEqual([0, 0]);
    const [x, y] = ['a.jsonl', 'b.jsonl'].map((name) =>
      scoresIn(readFileSync(join(at.folder, name), 'utf8')),
    );
    expect(x!.length).toBe(596);
    x!.forEach((row, i) => {
      expect(row.margin).toBeCloseTo(y![i]!.margin, 4);
    });
  });
});
