// What an open label means stays decided after a command changed labels, until somebody else changes the file.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { preflens } from './run.ts';

const record = (label: number, first: string, second: string, name: string): string =>
  JSON.stringify({ prompt: `Say it. ${first}`, [`${name}_1`]: first, [`${name}_2`]: second, label });

const FILES = {
  'one-two': [
    record(1, 'Iron is one.', 'Wax is one.', 'response'),
    record(2, 'No.', 'Hi there!', 'response'),
  ],
  'zero-one': [
    record(0, 'Iron is one.', 'Wax is one.', 'output'),
    record(1, 'No.', 'Hi there!', 'output'),
    record(1, 'Rock.', 'Robin.', 'output'),
  ],
};

const folder = testFolder('reading');

describe.each(Object.entries(FILES))('labels %s', (name, records) => {
  const text = `${records.join('\n')}\n`;
  const flips = (numbers: readonly number[]): string =>
    numbers.map((one) => JSON.stringify({ record: one, edit: 'flip' })).join('\n');
  const all = [...records.keys()];

  it.each([...all.map((one) => [one]), all].map((numbers) => ({ numbers })))(
    'records $numbers are flipped and flipped back',
    async ({ numbers }) => {
      const path = folder.write(`${name}-${numbers.join('-')}.jsonl`, text);
      const edits = folder.write(`${name}-${numbers.join('-')}.edits`, flips(numbers));
      const reading = async (): Promise<unknown> =>
        (JSON.parse((await preflens(['schema', path, '--json'])).out) as { polarity: unknown }).polarity;
      const before = await reading();
      for (const isBack of [false, true]) {
        expect((await preflens(['apply', path, '--edits', edits])).code).toBe(0);
        expect(readFileSync(path, 'utf8') === text).toBe(isBack);
        expect(await reading()).toEqual(before);
      }
    },
  );
});
