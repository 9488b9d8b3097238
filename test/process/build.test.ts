// `preflens build`, started and killed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { EXAMPLES } from '#core/build/page.ts';
import type { BuildReport } from '#core/build/report.ts';

import { testFolder } from '../fakes/files.ts';
import { preflens } from './run.ts';

const folder = testFolder('build');

const line = (i: number): string =>
  JSON.stringify({
    prompt: `Question ${i % 400}?`,
    chosen: `Yes ${i} ${'good '.repeat(i % 7)}`,
    rejected: `No ${i}`,
  });

const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8');

async function built(recipe: string): Promise<BuildReport> {
  const { code, out, err } = await preflens(['build', recipe, '--format', 'json']);
  expect(code, err).toBe(0);
  return JSON.parse(out) as BuildReport;
}

it.each(EXAMPLES)('builds the example of the documentation: $makes', async ({ recipe }) => {
  const topics = ['harbours', 'bread', 'clocks', 'rain', 'bridges'];
  const pair = (i: number): object => ({
    prompt: `Tell me about ${topics[i % 5]!}, part ${i % 60}.`,
    chosen: `A good answer number ${i} about ${topics[i % 5]!} with care. ${'It explains more. '.repeat(i % 6)}`,
    rejected: `A short answer ${i}. ${'Well. '.repeat(i % 3)}`,
    chosen_score: 5 + (i % 4),
    rejected_score: 1 + (i % 6),
    source: topics[i % 3],
  });
  const rated = (i: number): object => ({
    prompt: `Name a thing, number ${i}.`,
    responses: ['a stone', 'a tree', 'a house', 'a lamp'].map((one) => `${one} ${i}`),
    scores: [i % 5, (i + 2) % 5, (i * 3) % 5, (i + 1) % 4],
  });
  const edit = (i: number): object => ({
    prompt: `Tell me about ${topics[i % 5]!}.`,
    draft: `Draft ${i} is about ${topics[i % 5]!}.`,
    edited: `A better text, number ${i}, is about ${topics[i % 5]!}.`,
  });
  const chat = (i: number): object => ({
    messages: [
      { role: 'user', content: `Tell me about ${topics[i % 5]!}.` },
      { role: 'assistant', content: `This is answer ${i} about ${topics[i % 5]!}, at some length.` },
      { role: 'user', content: i % 3 === 0 ? 'That is wrong.' : 'Thank you!' },
      { role: 'assistant', content: 'Well.' },
    ],
  });
  const lines = (make: (i: number) => object, count: number): string =>
    Array.from({ length: count }, (_, i) => JSON.stringify(make(i))).join('\n');
  folder.write('pairs.jsonl', lines(pair, 400));
  folder.write('candidates.jsonl', lines(rated, 40));
  folder.write('edits.jsonl', lines(edit, 40));
  folder.write('chats.jsonl', lines(chat, 40));
  const { outputs, steps } = await built(folder.write('recipe.json', JSON.stringify(recipe)));
  expect(outputs.length).toBeGreaterThan(0);
  for (const { records } of outputs) expect(records).toBeGreaterThan(0);
  expect(steps.length).toBe(recipe.steps.length + 1);
});

it('killed at any moment leaves whole files, old or new, and no record of a build that did not end', async () => {
  folder.write('data.jsonl', Array.from({ length: 5_000 }, (_, i) => line(i)).join('\n'));
  const recipe = folder.write(
    'recipe.json',
    JSON.stringify({
      inputs: ['data.jsonl'],
      output: 'o/{split}.jsonl',
      steps: [
        { step: 'convert', to: 'trl-explicit' },
        { step: 'split', parts: { train: 1, test: 1 } },
      ],
    }),
  );
  const start = Date.now();
  const { outputs } = await built(recipe);
  const whole = Date.now() - start;
  const old = new Map(outputs.map(({ path }) => [path, read(`o/${path}`)]));
  for (const share of [0.6, 0.8, 0.95]) {
    await preflens(['build', recipe], (_, kill) => {
      setTimeout(() => {
        kill('SIGKILL');
      }, share * whole);
    });
    for (const [path, bytes] of old) expect(read(`o/${path}`) === bytes, `${path} at ${share}`).toBe(true);
  }
  // The next build clears what the killed ones left.
  await built(recipe);
  expect(readdirSync(join(folder.path, 'o')).sort()).toEqual([
    'build.built.json',
    'build.report.txt',
    'test.jsonl',
    'train.jsonl',
  ]);
});
