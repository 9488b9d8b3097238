// Rewards of single tokens, from the language server with real models in processes of their own.
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';

import { modelBudget } from '#node/models/memory.ts';
import { openOnnxScorer } from '#node/scorers/onnx.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairTokens, TokensRequest } from '#protocol/editor/tokens.ts';
import type { PairView, RecordView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { never } from '../fakes/files.ts';
import { pairOf } from '../fakes/numberedPairs.ts';
import { memoryServer } from '../fakes/wires.ts';
import { writeModel } from '../models/folders.ts';
import { LINES, place } from './places.ts';
import { SCORER } from './run.ts';

const LANGUAGE = {
  kind: 'bpe',
  isChat: true,
  sizes: { outputs: 0, isCausal: true, positions: 256 },
} as const;

const RULE = {
  kind: 'onnx',
  head: 'implicit',
  beta: 0.1,
  model: 'rm',
  reference: 'sft',
  name: 'House',
} as const;

const clients: PlainClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) {
    await client.connection.sendRequest('shutdown');
    client.connection.dispose();
  }
});

interface Setup {
  readonly client: PlainClient;
  /** Processes that were started. */
  readonly starts: () => number;
  readonly view: (record: number) => Promise<PairView>;
  readonly tokens: (of: PairView, more?: Partial<TokensRequest>) => Promise<Outcome<PairTokens>>;
}

/** Two language models and a file in an editor. */
async function open(lines: readonly string[], rule: object = RULE, isTrusted = true): Promise<Setup> {
  const at = place([rule], [...lines], LANGUAGE);
  writeModel(join(at.folder, 'sft'), { ...LANGUAGE, seed: 5 });
  let started = 0;
  const client = memoryServer(async (wishes) => {
    started++;
    return startScorer(SCORER, wishes);
  }, at.cache);
  clients.push(client);
  await client.initialize({ trusted: isTrusted });
  client.open(at.uri, at.text);
  await client.until('an end', () =>
    ['scored', 'untrusted'].includes(client.statuses.at(-1)?.phase ?? '') ? true : undefined,
  );
  return {
    client,
    starts: () => started,
    view: async (record) => {
      const request = { uri: at.uri, record, step: 'here' };
      const view: RecordView = await client.connection.sendRequest('preflens/pair', request);
      if (view.kind !== 'pair') throw new Error('no pair');
      return view;
    },
    tokens: async (of, more) =>
      client.connection.sendRequest('preflens/tokens', { ...requestOf(of), ...more }),
  };
}

const requestOf = ({
  uri,
  record,
  pair,
  pairKey = '',
  tokenScorers: [own] = [],
}: PairView): TokensRequest => ({
  ...{ uri, record, pair, pairKey },
  scorer: own?.id ?? '',
});

function valueOf(outcome: Outcome<PairTokens>): PairTokens {
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

describe('the rewards of tokens', () => {
  it.each([false, true])(
    'add up to the rewards and the margin of each pair (per token: %s)',
    async (perToken) => {
      const { view, tokens } = await open(LINES.slice(0, 12), { ...RULE, perToken });
      for (let record = 0; record < 12; record++) {
        const pair = await view(record);
        expect(pair.tokenScorers?.map(({ title }) => title)).toEqual(['House']);
        const found = valueOf(await tokens(pair));
        // Scores are kept in single precision: log-likelihoods of hundreds of nats have five digits after the point.
        const digits = perToken ? 5 : 4;
        expect(found.chosen.reward - found.rejected.reward).toBeCloseTo(pair.margin!, digits);
        for (const side of ['chosen', 'rejected'] as const) {
          const { spans, hidden, reward } = found[side];
          const { text, reward: shown } = pair[side];
          expect(reward).toBeCloseTo(shown!, digits);
          expect(spans.reduce((sum, one) => sum + one.reward, hidden.reward)).toBe(reward);
          // The end of the turn.
          expect(hidden.tokens).toBe(1);
          expect(found[side].tokens).toBeGreaterThan(spans.length);
          expect(spans.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text.trim());
          expect(found[side].cutAt).toBeUndefined();
        }
      }
    },
  );

  it('merge the tokens of one character, and say where a text was cut', async () => {
    const long = 'we all use the same words in this part '.repeat(40);
    const record = { prompt: 'Say é.', chosen: `é🙂 ok`, rejected: long };
    const { view, tokens } = await open([JSON.stringify(record), ...LINES.slice(0, 12)]);
    const found = valueOf(await tokens(await view(0)));
    const texts = found.chosen.spans.map(({ start, end }) => record.chosen.slice(start, end));
    expect(texts).toEqual(['é', '🙂', ...texts.slice(2)]);
    // Two bytes and four bytes, each a token of this vocabulary.
    expect(found.chosen.tokens).toBe(found.chosen.spans.length + 1 + 3 + 1);
    const { cutAt, spans, tokens: count } = found.rejected;
    expect(cutAt).toBe(spans.at(-1)?.end);
    expect(cutAt).toBeLessThan(long.length);
    expect(count).toBeLessThan(256);
  });

  it('are not offered where a reward is no sum over tokens', async () => {
    const { client, view } = await open(LINES.slice(0, 12), { kind: 'onnx', model: 'other' });
    expect(client.statuses.at(-1)?.phase).toBe('scored');
    expect((await view(0)).tokenScorers).toBeUndefined();
  });

  it('drop a request that is cancelled, and keep the processes', async () => {
    const { client, view, tokens, starts } = await open(LINES.slice(0, 12));
    const pair = await view(0);
    await tokens(pair);
    const before = starts();
    const source = new CancellationTokenSource();
    const dropped = client.connection.sendRequest('preflens/tokens', requestOf(pair), source.token);
    source.cancel();
    // Models as small as these may be faster than the cancellation.
    await dropped.catch(() => undefined);
    expect((await tokens(await view(1))).ok).toBe(true);
    expect(starts()).toBe(before);
  });

  it('say why there are none', async () => {
    const { view, tokens } = await open(LINES.slice(0, 12));
    const pair = await view(0);
    expect(await tokens(pair, { scorer: 'else' })).toEqual({
      ok: false,
      why: 'The file is scored with other models by now.',
    });
    expect(await tokens(pair, { record: 1 })).toEqual({
      ok: false,
      why: 'Another pair stands here by now.',
    });
  });

  it('start no process once the scorer is closed', async () => {
    const at = place([RULE], LINES.slice(0, 2), LANGUAGE);
    writeModel(join(at.folder, 'sft'), { ...LANGUAGE, seed: 5 });
    let starts = 0;
    const start: StartScorer = async (wishes) => {
      starts++;
      return startScorer(SCORER, wishes);
    };
    const machine = { start, cacheFolder: at.cache, budget: modelBudget(undefined), log: () => undefined };
    const scorer = await openOnnxScorer(RULE, at.folder, machine, never);
    const { pair } = pairOf(0, 'good', 'bad');
    expect((await scorer.tokens!.rate(pair, never)).chosen.tokens).toBeGreaterThan(1);
    const flying = scorer.tokens!.rate(pair, never);
    scorer.close();
    await expect(flying).rejects.toThrow('is not open any more');
    expect(starts).toBe(2);
    await expect(scorer.tokens!.rate(pair, never)).rejects.toThrow(
      'rm is not open any more: scoring was stopped. Score the file again.',
    );
  });

  it('are not made in an untrusted folder', async () => {
    const { view, tokens, starts } = await open(LINES.slice(0, 12), RULE, false);
    const pair = await view(0);
    expect(pair.tokenScorers).toBeUndefined();
    expect(await tokens(pair)).toEqual({
      ok: false,
      why: 'PrefLens uses no models and no templates in an untrusted workspace.',
    });
    expect(starts()).toBe(0);
  });
});
