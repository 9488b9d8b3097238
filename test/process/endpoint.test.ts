// Servers that speak the real protocols on loopback, and their failures.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { identify } from '#core/model/identity.ts';
import type { EndpointRule } from '#core/reward/scorerRule.ts';
import { openEndpoint } from '#node/scorers/endpoint.ts';
import type { HttpLimits } from '#node/scorers/http.ts';
import type { PairScorer } from '#node/scorers/rating.ts';

import type { Answer } from '../fakes/modelServers.ts';
import { serve, SERVERS, worth } from '../fakes/modelServers.ts';
import { pairOf } from '../fakes/numberedPairs.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens, SAMPLE } from './run.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-endpoint-'));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

const PAIRS = Array.from({ length: 40 }, (_, i) =>
  pairOf(i, 'x'.repeat(1 + ((i * 7) % 60)), 'y'.repeat(1 + ((i * 13) % 50))),
);

const FAST: Partial<HttpLimits> = { pauseMs: 5, longestPauseMs: 20, timeoutMs: 400, tries: 5 };
const NEVER = new AbortController().signal;

let made = 0;
async function scorerOf(
  rule: Partial<EndpointRule> & Pick<EndpointRule, 'url' | 'protocol'>,
  cacheFolder = join(ROOT, `cache${made++}`),
  secrets: Readonly<Record<string, string>> = {},
): Promise<PairScorer> {
  return openEndpoint(
    { kind: 'endpoint', ...rule },
    { cacheFolder, secret: async (name) => Promise.resolve(secrets[name]), log: () => undefined, http: FAST },
  );
}

const marginsOf = (scorer: PairScorer, pairs = PAIRS): number[] =>
  pairs.map(({ pair }) => scorer.account(identify(pair))?.margin ?? Number.NaN);

const byLength = PAIRS.map(({ pair }) => worth(pair.chosen.text) - worth(pair.rejected.text));

describe('a reward server', () => {
  for (const [protocol, rule] of [
    ['oip', { model: 'rm' }],
    ['vllm-pooling', {}],
    ['vllm-classify', { format: '{response}', label: 1 }],
    ['tei', {}],
  ] as const) {
    it(`that speaks ${protocol} returns its margins, and is sent nothing twice`, async () => {
      const fake = await serve(SERVERS[protocol]!);
      const cache = join(ROOT, `cache${made++}`);
      const scorer = await scorerOf({ url: fake.url, protocol, ...rule }, cache);
      await scorer.ratePairs(PAIRS, NEVER);
      marginsOf(scorer).forEach((margin, i) => {
        expect(margin).toBeCloseTo(byLength[i]!, 4);
      });
      const asked = fake.seen.length;
      await scorer.ratePairs(PAIRS, NEVER);
      const later = await scorerOf({ url: fake.url, protocol, ...rule }, cache);
      await later.ratePairs(PAIRS, NEVER);
      expect(marginsOf(later)).toEqual(marginsOf(scorer));
      expect(fake.seen.length).toBe(asked);
    });
  }

  it('that judges gets both orders; where they disagree, the pair is a tie', async () => {
    const fake = await serve(SERVERS['openai-judge']!);
    const scorer = await scorerOf({ url: fake.url, protocol: 'openai-judge', model: 'judge' });
    const pairs = [
      pairOf(0, 'long answer', 'short'),
      pairOf(1, 'no', 'better one'),
      pairOf(2, '~a', '~bcd'),
      pairOf(3, 'same', 'size'),
    ];
    await scorer.ratePairs(pairs, NEVER);
    expect(marginsOf(scorer, pairs).map((margin) => margin + 0)).toEqual([1, -1, 0, 0]);
    expect(fake.seen.length).toBe(8);
    expect(fake.seen.every(({ body }) => body.model === 'judge' && body.temperature === 0)).toBe(true);
  });

  it('never gets more requests at a time than allowed', async () => {
    const fake = await serve((seen, response) => {
      setTimeout(() => response.end(JSON.stringify(SERVERS['vllm-pooling']!(seen, response, 0))), 5);
      return undefined;
    });
    const scorer = await scorerOf({ url: fake.url, protocol: 'vllm-pooling', concurrency: 3 });
    await scorer.ratePairs(PAIRS, NEVER);
    expect(fake.max).toBe(3);
  });
});

describe('failures', () => {
  /** Fails every third request in one way, and answers the others. */
  const sometimes =
    (fault: (response: ServerResponse) => unknown): Answer =>
    (seen, response, number) =>
      number % 3 === 1 ? fault(response) : SERVERS.tei!(seen, response, number);

  const passing: Record<string, (response: ServerResponse) => unknown> = {
    'a dropped connection': (response) => {
      response.destroy();
      return undefined;
    },
    '429 with a pause': (response) => {
      response.writeHead(429, { 'retry-after': '0' }).end('slow down');
      return undefined;
    },
    '503': (response) => {
      response.writeHead(503).end('later');
      return undefined;
    },
    'half an answer': (response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write('[[{"label":');
      setTimeout(() => response.destroy(), 5);
      return undefined;
    },
    'an answer that never comes': () => undefined,
    'an answer of the wrong shape': () => [[{ label: 'x' }]],
    'too few answers': () => [],
    'a number that is none': () => ({ error: 'no' }),
  };
  for (const [name, fault] of Object.entries(passing)) {
    it(`${name}: retried, and the margins are right`, async () => {
      const fake = await serve(sometimes(fault));
      const scorer = await scorerOf({ url: fake.url, protocol: 'tei' });
      await scorer.ratePairs(PAIRS, NEVER);
      marginsOf(scorer).forEach((margin, i) => {
        expect(margin).toBeCloseTo(byLength[i]!, 4);
      });
    });
  }

  it('that persist end the job with a reason; scores so far are kept, and another run continues', async () => {
    let isDown = false;
    const fake = await serve((seen, response, number) => {
      if (isDown) {
        response.writeHead(500).end('out of memory');
        return undefined;
      }
      isDown = number === 2;
      return SERVERS.tei!(seen, response, number);
    });
    const cache = join(ROOT, `cache${made++}`);
    const rule = { url: fake.url, protocol: 'tei', concurrency: 1 } as const;
    const scorer = await scorerOf(rule, cache);
    await expect(scorer.ratePairs(PAIRS, NEVER)).rejects.toThrow(
      /asked 5 times, and the last time it answered 500 \(out of memory\)/,
    );
    const known = marginsOf(scorer).filter((margin) => !Number.isNaN(margin)).length;
    expect(known).toBeGreaterThan(0);
    const before = fake.seen.length;
    isDown = false;
    const later = await scorerOf(rule, cache);
    expect(marginsOf(later).filter((margin) => !Number.isNaN(margin)).length).toBe(known);
    isDown = false;
    await later.ratePairs(PAIRS.slice(0, 24), NEVER).catch(() => undefined);
    const texts = fake.seen.slice(before).flatMap(({ body }) => (body.inputs as string[][]).flat());
    const first = fake.seen.slice(0, 2).flatMap(({ body }) => (body.inputs as string[][]).flat());
    expect(texts.filter((text) => first.includes(text))).toEqual([]);
  });

  it('a text that the server refuses is named; the others are scored', async () => {
    const fake = await serve((seen, response, number) => {
      if (
        JSON.stringify(seen.body).includes('question 7"') ||
        JSON.stringify(seen.body).includes('question 7\\n')
      ) {
        response.writeHead(413).end('too long');
        return undefined;
      }
      return SERVERS.tei!(seen, response, number);
    });
    const scorer = await scorerOf({ url: fake.url, protocol: 'tei' });
    await scorer.ratePairs(PAIRS, NEVER);
    const unscored = PAIRS.filter(({ pair }) =>
      Number.isNaN(scorer.account(identify(pair))?.margin ?? Number.NaN),
    );
    expect(unscored.map(({ number }) => number)).toEqual([7]);
    expect(scorer.refusal(identify(PAIRS[7]!.pair))).toMatch(/did not take it: it answered 413 \(too long\)/);
  });

  it('a wrong key is reported after a few tries, and is in no message and no file', async () => {
    const fake = await serve((_seen, response) => {
      response.writeHead(401).end('who are you');
      return undefined;
    });
    const cache = join(ROOT, `cache${made++}`);
    const rule = { url: fake.url, protocol: 'tei', secret: 'MY_KEY' } as const;
    const scorer = await scorerOf(rule, cache, { MY_KEY: 'hunter2-secret' });
    const error = await scorer.ratePairs(PAIRS, NEVER).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toMatch(/answered 401/);
    expect(fake.seen[0]!.headers.authorization).toBe('Bearer hunter2-secret');
    expect(fake.seen.length).toBeLessThan(20);
    expect(`${(error as Error).stack}`).not.toContain('hunter2');
    for (const name of readdirSync(ROOT, { recursive: true, withFileTypes: true })) {
      if (name.isFile())
        expect(readFileSync(join(name.parentPath, name.name)).includes('hunter2')).toBe(false);
    }
    await expect((await scorerOf(rule)).ratePairs(PAIRS, NEVER)).rejects.toThrow(
      /wants to send the variable MY_KEY to http:\/\/127.*Name it "PREFLENS_SECRET_MY_KEY"/,
    );
  });

  it('a redirect is not followed, so the key goes nowhere else', async () => {
    const other = await serve(SERVERS.tei!);
    const fake = await serve((_seen, response) => {
      response.writeHead(307, { location: `${other.url}/predict` }).end();
      return undefined;
    });
    const scorer = await scorerOf({ url: fake.url, protocol: 'tei' });
    await expect(scorer.ratePairs(PAIRS.slice(0, 2), NEVER)).rejects.toThrow();
    expect(other.seen).toEqual([]);
  });

  it('several numbers instead of one are an error that names the setting', async () => {
    const fake = await serve(({ body }) =>
      (body.inputs as string[][]).map(() => [
        { label: 'bad', score: 1 },
        { label: 'good', score: 2 },
      ]),
    );
    const scorer = await scorerOf({ url: fake.url, protocol: 'tei' });
    await expect(scorer.ratePairs(PAIRS.slice(0, 2), NEVER)).rejects.toThrow(
      /2 numbers came for one text: say in preflens.json.*"label"/,
    );
  });

  it('a cancelled job sends no more requests', async () => {
    const controller = new AbortController();
    // One request at a time: the first one is cancelled when it is here, and never answered.
    const fake = await serve(() => {
      controller.abort(new Error('enough'));
      return undefined;
    });
    const scorer = await scorerOf({ url: fake.url, protocol: 'tei', concurrency: 1 });
    await expect(scorer.ratePairs(PAIRS, controller.signal)).rejects.toThrow('enough');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(fake.seen.length).toBe(1);
  });
});

describe('the language server', () => {
  it('asks before it sends a text, sends nothing after a refusal, and gets the key from the editor', async () => {
    const fake = await serve(SERVERS.tei!);
    const folder = join(ROOT, `lsp${made++}`);
    mkdirSync(folder);
    const text = readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 60).join('\n');
    writeFileSync(join(folder, 'data.jsonl'), text);
    const rule = { kind: 'endpoint', url: fake.url, protocol: 'tei', name: 'far-rm', secret: 'FAR_KEY' };
    writeFileSync(join(folder, 'preflens.json'), JSON.stringify({ scorers: [rule] }));
    const uri = pathToFileURL(join(folder, 'data.jsonl')).href;
    const asked: string[] = [];
    let answer = 'Do Not Send';
    const client = memoryServer(undefined, join(folder, 'cache'));
    client.connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
      asked.push(message);
      return { title: answer };
    });
    client.connection.onRequest('preflens/secret', ({ name }: { name: string }) => `value of ${name}`);
    await client.initialize({ secrets: true, cacheFolder: join(folder, 'cache') });
    client.open(uri, text);
    await client.until('a refusal', () => client.statuses.find(({ phase }) => phase === 'failed'));
    expect(client.statuses.at(-1)!.reason).toMatch(/Nothing was sent to http:\/\/127.0.0.1:\d+/);
    expect(asked).toEqual([
      expect.stringMatching(
        /asks to send the prompts and answers of data.jsonl with the secret FAR_KEY to http:\/\/127.0.0.1:\d+ \(tei\)/,
      ),
    ]);
    expect(fake.seen).toEqual([]);
    answer = 'Send';
    await client.execute('preflens.score', uri);
    await client.until('scores', () => (client.statuses.at(-1)?.phase === 'scored' ? true : undefined));
    expect(await client.hover(uri, 3)).toMatch(/Margin [+−]\d.*far/s);
    expect(fake.seen[0]!.headers.authorization).toBe('Bearer value of FAR_KEY');
    client.connection.dispose();
  });
});

describe('the command line', () => {
  it('sends nothing without permission, and says what it would send and where', async () => {
    const fake = await serve(SERVERS.tei!);
    const folder = join(ROOT, `cli${made++}`);
    mkdirSync(folder);
    const file = join(folder, 'data.jsonl');
    writeFileSync(file, readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 60).join('\n'));
    writeFileSync(
      join(folder, 'preflens.json'),
      JSON.stringify({ scorers: [{ kind: 'endpoint', url: fake.url, protocol: 'tei' }] }),
    );
    const refused = await preflens(['score', file, '--out', '-']);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(
      /prompts and answers of this dataset to http:\/\/127.0.0.1:\d+ \(tei\). Nothing was sent. To allow it, run the command again with --send/,
    );
    expect(fake.seen).toEqual([]);
    const sent = await preflens(['--send', 'score', file, '--out', '-']);
    expect(sent.code, sent.err).toBe(0);
    expect(sent.out.trim().split('\n').length).toBeGreaterThan(50);
    expect(fake.seen.length).toBeGreaterThan(0);
  });
});
