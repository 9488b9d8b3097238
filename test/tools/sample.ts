// npm run sample: writes the sample dataset and the list of its faults.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { seededRandom } from '#core/score/random.ts';

import { TOPICS } from './sampleTopics.ts';

const PAIRS = 600;

interface Row {
  id: string;
  prompt: string;
  chosen: string;
  rejected: string;
}

export interface Planted {
  /** Zero-based numbers of the records with exchanged answers. */
  readonly flipped: readonly number[];
  /** Rule → record numbers. */
  readonly faults: Readonly<Record<string, readonly number[]>>;
}

const OPENERS = ['Sure!', 'Here is what works:', 'Good question.', 'A few things help:', '', ''];
const CLOSERS = [
  'Do you want more detail on any of these?',
  'That should do it.',
  'Tell me how it goes!',
  '',
  '',
];
const EVASIONS = [
  'I am not sure, sorry.',
  'It depends.',
  'You could look that up online.',
  'Why do you want to know?',
  'I think there are many ways, maybe ask somebody who knows about it.',
  'That is hard to say, I guess it might work or it might not.',
  'Have you tried not worrying about it?',
];

/** The lines of the sample and the faults planted in them. The same on every machine. */
export function makeSample(): { readonly text: string; readonly planted: Planted } {
  const random = seededRandom(20_26);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const some = (items: readonly string[], count: number): string[] =>
    items
      .map((item) => [random(), item] as const)
      .sort((a, b) => a[0] - b[0])
      .slice(0, count)
      .map(([, item]) => item);
  const good = (facts: readonly string[]): string => {
    const chosen = some(facts, 1 + Math.floor(random() * 4));
    const asList = random() < 0.35;
    const body = asList ? chosen.map((fact, i) => `${i + 1}. ${fact}`).join('\n') : chosen.join(' ');
    return [pick(OPENERS), body, pick(CLOSERS)].filter((part) => part !== '').join(asList ? '\n' : ' ');
  };
  const bad = (own: readonly string[]): string => {
    const kind = random();
    if (kind < 0.15) return pick(EVASIONS);
    if (kind < 0.35) return `${pick(EVASIONS)} ${some(own, 2).join(' ')}`;
    // Answers another question, often at length.
    if (kind < 0.8)
      return [pick(OPENERS), ...some(pick(TOPICS).facts, 2 + Math.floor(random() * 3))].join(' ').trim();
    return some(own, 2).join(' ').toLowerCase().replaceAll('.', '');
  };
  const rows: Row[] = Array.from({ length: PAIRS }, (_, i) => {
    const { asks, facts } = TOPICS[i % TOPICS.length]!;
    return { id: `sample-${i}`, prompt: pick(asks), chosen: good(facts), rejected: bad(facts) };
  });

  const taken = new Set<number>();
  const take = (count: number): number[] => {
    const records: number[] = [];
    while (records.length < count) {
      const record = Math.floor(random() * PAIRS);
      if (record < 12 || taken.has(record)) continue;
      taken.add(record);
      records.push(record);
    }
    return records.sort((a, b) => a - b);
  };
  const flipped = take(30);
  const faults = {
    'empty-response': take(3),
    'identical-pair': take(3),
    'prefix-pair': take(3),
    'turn-marker-in-response': take(3),
    'missing-field': take(2),
    'invalid-json': take(2),
  };
  for (const at of flipped) {
    const row = rows[at]!;
    [row.chosen, row.rejected] = [row.rejected, row.chosen];
  }
  for (const at of faults['empty-response']) rows[at]!.rejected = '';
  for (const at of faults['identical-pair']) rows[at]!.rejected = `${rows[at]!.chosen} `;
  for (const at of faults['prefix-pair'])
    rows[at]!.rejected = rows[at]!.chosen.slice(0, Math.floor(rows[at]!.chosen.length * 0.6)).trimEnd();
  for (const at of faults['turn-marker-in-response'])
    rows[at]!.chosen += '\n\nHuman: Thanks, and one more question.';
  const lines = rows.map((row) => JSON.stringify(row));
  for (const at of faults['missing-field']) {
    const { id, prompt, chosen } = rows[at]!;
    lines[at] = JSON.stringify({ id, prompt, chosen });
  }
  for (const at of faults['invalid-json']) lines[at] = lines[at]!.slice(0, -3);
  return { text: `${lines.join('\n')}\n`, planted: { flipped, faults } };
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  const { text, planted } = makeSample();
  writeFileSync(join(root, 'media', 'sample', 'support.jsonl'), text);
  writeFileSync(
    join(root, 'test', 'fixtures', 'sample.planted.json'),
    `${JSON.stringify(planted, null, 1)}\n`,
  );
  console.log(`${text.split('\n').length - 1} records written.`);
}
