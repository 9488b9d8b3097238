// A preflens.json of a repository names both a secret and the server that would receive it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';

import type { EndpointRule } from '#core/reward/scorerRule.ts';
import { HTTP_LIMITS, post } from '#node/scorers/http.ts';
import { environmentSecret, keyFor, originOf } from '#node/scorers/secrets.ts';

import { never, testFolder } from '../fakes/files.ts';
import { serve, SERVERS } from '../fakes/modelServers.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens, SAMPLE } from '../process/run.ts';

const folder = testFolder('secrets');
const HIDDEN = 'hidden-value-0123456789';
const TEXT = readFileSync(SAMPLE, 'utf8').split('\n').slice(0, 60).join('\n');

/** Names that a hostile file would choose; all of them are set. */
const FOREIGN = [
  'AWS_SECRET_ACCESS_KEY',
  'GITHUB_TOKEN',
  'PREFLENS_SECRE',
  'preflens_secret_x',
  'X_PREFLENS_SECRET_',
];
const OURS = 'PREFLENS_SECRET_TEST';
const environment = Object.fromEntries([...FOREIGN, OURS].map((name) => [name, HIDDEN]));

afterEach(() => {
  for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
});

const write = (rule: Partial<EndpointRule>): string => {
  folder.write(
    'preflens.json',
    JSON.stringify({ scorers: [{ kind: 'endpoint', protocol: 'tei', ...rule }] }),
  );
  return folder.write('data.jsonl', TEXT);
};

describe('24: secrets', () => {
  it('24: the command line reads only variables with our prefix, and says how to name one', async () => {
    const fake = await serve(SERVERS.tei!);
    for (const secret of FOREIGN.slice(0, 3)) {
      const path = write({ url: fake.url, secret });
      const run = await preflens(['--send', 'score', path, '--out', '-'], undefined, undefined, environment);
      expect([run.code, run.out]).toEqual([2, '']);
      expect(run.err).toContain(`the variable ${secret} to ${fake.url}`);
      expect(run.err).toContain(`"PREFLENS_SECRET_${secret}"`);
    }
    expect(fake.seen).toEqual([]);
    expect(FOREIGN.map(environmentSecret)).toEqual(FOREIGN.map(() => undefined));
  });

  it('24: the user sees server and secret before anything is sent, and the secret goes only to that server', async () => {
    const fake = await serve(SERVERS.tei!);
    const path = write({ url: fake.url, secret: OURS, model: 'rm' });
    const refused = await preflens(['score', path, '--out', '-'], undefined, undefined, environment);
    expect(refused.code).toBe(2);
    const facts = `send the prompts and answers of this dataset with the secret ${OURS} to ${fake.url} (tei, rm)`;
    expect(refused.err).toContain(facts);
    expect(fake.seen).toEqual([]);
    const sent = await preflens(['--send', 'score', path, '--out', '-'], undefined, undefined, environment);
    expect(sent.code, sent.err).toBe(0);
    expect(sent.err).toContain(facts.replace('send', 'Sending'));
    expect(fake.seen[0]!.headers.authorization).toBe(`Bearer ${HIDDEN}`);
    expect(refused.err + sent.err + sent.out).not.toContain(HIDDEN);
  });

  it('24: the editor asks with server and secret, gives a stored secret only to its server, and reads no variable', async () => {
    Object.assign(process.env, environment);
    const [own, other] = [await serve(SERVERS.tei!), await serve(SERVERS.tei!)];
    const store = new Map([[`RM_KEY@${own.url}`, HIDDEN]]);
    for (const [fake, secret, isSent] of [
      [own, 'RM_KEY', true],
      [other, 'RM_KEY', false],
      [other, 'AWS_SECRET_ACCESS_KEY', false],
    ] as const) {
      const path = write({ url: `${fake.url}/`, secret });
      const uri = pathToFileURL(path).href;
      const client = memoryServer(undefined, join(folder.path, 'cache'));
      const asked: string[] = [];
      client.connection.onRequest('window/showMessageRequest', ({ message }: { message: string }) => {
        asked.push(message);
        return { title: 'Send' };
      });
      client.connection.onRequest(
        'preflens/secret',
        ({ name, origin }: { name: string; origin: string }) => store.get(`${name}@${origin}`) ?? null,
      );
      await client.initialize({ secrets: true });
      client.open(uri, TEXT);
      const end = await client.until('the end', () =>
        client.statuses.find(({ phase }) => phase === 'scored' || phase === 'failed'),
      );
      expect([fake === own, secret, end.phase]).toEqual([fake === own, secret, isSent ? 'scored' : 'failed']);
      expect(fake.seen.some(({ headers }) => headers.authorization !== undefined)).toBe(isSent);
      if (isSent) expect(asked[0]).toContain(`data.jsonl with the secret RM_KEY to ${fake.url}`);
      else {
        // No question about an address that cannot receive anything.
        expect(asked).toEqual([]);
        expect(end.reason).toContain(`the variable ${secret} to ${fake.url}`);
      }
      expect([...client.log, ...client.messages, JSON.stringify(client.statuses)].join()).not.toContain(
        HIDDEN,
      );
      client.connection.dispose();
    }
    expect(other.seen).toEqual([]);
  });

  it('24: a key that a server echoes appears in no message', async () => {
    const fake = await serve(({ headers }, response) => {
      response.writeHead(400).end(`you sent ${String(headers.authorization)}`);
      return undefined;
    });
    const limits = { ...HTTP_LIMITS, pauseMs: 1, tries: 2 };
    const said = await post(fake.url, {}, HIDDEN, () => '', limits, never).catch(String);
    expect(fake.seen.length).toBeGreaterThan(0);
    expect(said).toContain('you sent Bearer …');
    expect(said).not.toContain(HIDDEN);
  });

  it.each([
    ['https://good.example@evil.example/', 'https://evil.example'],
    ['https://good.example\\@evil.example', 'https://good.example'],
    ['http://evil.example#@good.example', 'http://evil.example'],
    ['https://gооd.example', 'https://xn--gd-fmca.example'],
    ['https://evil.example:443/good.example', 'https://evil.example'],
  ])('24: the question shows %s as %s', (url, origin) => {
    expect(originOf({ kind: 'endpoint', protocol: 'tei', url })).toBe(origin);
  });

  it('24: an invalid address is reported', async () => {
    const rule = { kind: 'endpoint', protocol: 'tei', url: 'http://', secret: 'X' } as const;
    await expect(keyFor(rule, async () => Promise.resolve('x'))).rejects.toThrow('is not a server URL');
    expect(() => originOf(rule)).toThrow('is not a server URL');
  });
});
