// The overlap with a reference answer, as preflens.json names it.
import { expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { preflens } from './run.ts';

const at = testFolder('overlap');

const RECORDS = [
  {
    prompt: 'a',
    chosen: 'police kill the gunman',
    rejected: 'the gunman kill police',
    reference: 'police killed the gunman',
  },
  { prompt: 'b', chosen: 'one two', rejected: 'one two three', reference: 'one two three' },
  { prompt: 'c', chosen: 'yes', rejected: 'no' },
];

it('scores pairs by a field of their records, needs no permission, and counts what has none', async () => {
  at.write('preflens.json', JSON.stringify({ scorers: [{ kind: 'overlap', field: 'reference' }] }));
  const path = at.write('data.jsonl', RECORDS.map((one) => JSON.stringify(one)).join('\n'));
  const { code, out, err } = await preflens(['score', path, '--out', '-']);
  expect(code, err).toBe(0);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  // 0.75 − 0.5, and 2·2/5 − 1.
  expect(rows.map(({ margin }) => margin)).toEqual([0.25, -0.2]);
  expect(rows[0]!.members).toEqual([
    { scorer: 'ROUGE-L', margin: 0.25, chosen_reward: 0.75, rejected_reward: 0.5 },
  ]);
  expect(err).toContain('1 refused by the scorer (first: the record has no reference in "reference")');
});
