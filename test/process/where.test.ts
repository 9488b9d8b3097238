// `--where` of check, stats and fix: these pairs and no others.
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { preflens } from './run.ts';

const folder = testFolder('where');

const TOKEN = '<|im_end|>';
const TOKENS = ['--rule', 'template-token-in-text', '--review'];
const line = (prompt: string, source: string, chosen: string, rejected = 'No.'): string =>
  JSON.stringify({ prompt, source, chosen, rejected });
const LINES = [
  line('How?', 'a', `Like this.${TOKEN}`),
  line('Why?', 'b', `So that it works.${TOKEN}`),
  line('Where?', 'b', 'There.'),
  line('Who?', 'a', 'Me.', 'Me.'),
];
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

it('check reports what is about the selected pairs', async () => {
  const path = folder.write('a.jsonl', text(LINES));
  const check = async (where: string, ...more: string[]): Promise<readonly string[]> => {
    const { out, err, code } = await preflens(['check', path, '--where', where, '--no-score', ...more]);
    return [...out.trim().split('\n'), String(code), err];
  };
  const [first, code, err] = await check('source:b');
  expect(first).toContain(`${path}:2:`);
  expect([code, err]).toEqual(['1', expect.stringContaining('2 of 4 pairs match source:b.')]);
  expect(await check('source:b there')).toEqual(['', '0', expect.stringContaining('1 of 4 pairs')]);
  expect((await check('rule:identical-pair')).slice(0, 2)).toEqual([expect.stringContaining(':4:'), '1']);
  expect((await check('margin<0')).at(-1)).toContain('--no-score left them out');
  const [json] = await check('source:b', '--format', 'json');
  expect(JSON.parse(json!)).toMatchObject({ files: [{ pairCount: 2, recordCount: 2 }] });
});

it('stats counts the selected pairs', async () => {
  const path = folder.write('a.jsonl', text(LINES));
  const { out } = await preflens(['stats', path, '--where', 'source:b', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    where: 'source:b',
    records: 2,
    pairs: 2,
    bySource: { counts: { b: { pairs: 2 } } },
  });
  expect((await preflens(['stats', path, '--where', 'source:b'])).out).toContain(
    '2 pairs in 2 records that match source:b',
  );
  expect((await preflens(['stats', path, '--where', 'rule:identical-pair', '--json'])).out).toContain(
    '"pairs":1',
  );
});

it('fix changes the selected pairs, and no byte of the others', async () => {
  const path = folder.write('a.jsonl', text(LINES));
  const { err } = await preflens(['fix', path, '--where', 'source:b', ...TOKENS]);
  expect(err).toContain('1 record changed (template-token-in-text 1). 2 of 4 pairs match source:b.');
  expect(readFileSync(path, 'utf8')).toBe(
    text(LINES.map((one, i) => (i === 1 ? one.replace(TOKEN, '') : one))),
  );
});

it('fix leaves a record of which only some pairs are selected, since they share texts', async () => {
  const responses = ['bad', 'good', `best${TOKEN}`].map((response, score) => ({ response, score }));
  const ranked = text([JSON.stringify({ prompt: 'Q?', responses })]);
  const path = folder.write('ranked.jsonl', ranked);
  const config = {
    mappings: [{ prompt: 'prompt', candidates: 'responses', text: 'response', score: 'score' }],
  };
  folder.write('preflens.json', JSON.stringify(config));
  const { err } = await preflens(['fix', path, '--where', 'rejected:good', ...TOKENS]);
  expect(err).toContain('0 records changed. 1 of 3 pairs match');
  expect(readFileSync(path, 'utf8')).toBe(ranked);
  await preflens(['fix', path, '--where', 'pairs:3', ...TOKENS]);
  expect(readFileSync(path, 'utf8')).toBe(ranked.replace(TOKEN, ''));
});

it('a faulty query says where, and changes nothing; rows says which rules did not run', async () => {
  const path = folder.write('a.jsonl', text(LINES));
  const { code, err } = await preflens(['fix', path, '--where', 'margn<0']);
  expect([code, err]).toEqual([2, expect.stringContaining('The query is wrong at character 1')]);
  expect(readFileSync(path, 'utf8')).toBe(text(LINES));
  folder.write('preflens.json', '{ "rules": { "mojibake": "off" } }');
  const off = await preflens(['rows', path, '--where', 'rule:mojibake', '--count']);
  expect([off.out, off.err]).toEqual([
    '0\n',
    expect.stringContaining('"mojibake" did not run on the whole file'),
  ]);
});
