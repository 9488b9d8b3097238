// The guided mapping, with a person's picks as data.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { JsonObject } from '#core/model/json.ts';
import { mappingFields, previewMapping, writeMapping } from '#session/mapFields.ts';
import { outcomeOf } from '#session/outcome.ts';
import type { Session } from '#session/session.ts';
import { recordViewOf } from '#session/views/pair.ts';

import type { Choice } from '../../client/src/commands/guideMapping.ts';
import { guideMapping } from '../../client/src/commands/guideMapping.ts';
import { sessionsIn } from '../fakes/openSessions.ts';

const { ofFile } = sessionsIn('guide');

interface Guided {
  readonly written: string | undefined;
  /** Each question, with the lines to pick from. */
  readonly asked: readonly (readonly [title: string, choices: readonly Choice<unknown>[]])[];
  readonly failed: readonly string[];
  readonly session: Session;
}

let files = 0;

/** Guides through a file of these records; each pick is the beginning of a line, the last of them gives up. */
async function guide(records: readonly JsonObject[], picks: readonly string[]): Promise<Guided> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const { session } = await ofFile(`guided-${++files}.jsonl`, text);
  const asked: (readonly [string, readonly Choice<unknown>[]])[] = [];
  const failed: string[] = [];
  const written = await guideMapping({
    fields: async () => outcomeOf(async () => mappingFields(session)),
    preview: async (rule) => outcomeOf(async () => previewMapping(session, rule)),
    write: async (rule) => outcomeOf(async () => writeMapping(session, rule)),
    async pick(title, choices) {
      const wanted = picks[asked.length];
      asked.push([title, choices]);
      const found = choices.find(({ label }) => wanted !== undefined && label.startsWith(wanted));
      if (wanted !== undefined && !found) throw new Error(`${title}: no "${wanted}"`);
      return Promise.resolve(found?.value);
    },
    fail: (why) => failed.push(why),
  });
  return { written, asked, failed, session };
}

const [GOOD, BAD] = ['The valley floods in spring.', 'It is a hill.'];
const WRITE = 'Write this';

const PAIRS = [
  { topic: 'Why is it wet there?', alpha: GOOD, beta: BAD },
  { topic: 'Why is it dry here?', alpha: `${GOOD}!`, beta: `${BAD}!` },
];
const LABELLED = ['p', 'q', 'same'].map((vote) => ({ topic: 'Why?', one_side: GOOD, other_side: BAD, vote }));

const CASES: Readonly<Record<string, readonly [readonly JsonObject[], readonly string[], JsonObject]>> = {
  'a better and a worse answer': [
    PAIRS,
    ['A better and', 'alpha', 'beta', 'topic', WRITE],
    { prompt: 'topic', chosen: 'alpha', rejected: 'beta' },
  ],
  'no prompt': [
    PAIRS,
    ['A better and', 'beta', 'alpha', 'No prompt', WRITE],
    { chosen: 'beta', rejected: 'alpha' },
  ],
  'a suggestion': [
    [{ ask: 'Why?', good: GOOD, bad: BAD }],
    ['"good" is the better answer', WRITE],
    { prompt: 'ask', chosen: 'good', rejected: 'bad' },
  ],
  'own fields in place of a suggestion': [
    [{ ask: 'Why?', good: GOOD, bad: BAD }],
    ['Choose the fields', 'A better and', 'bad', 'good', 'ask', WRITE],
    { prompt: 'ask', chosen: 'bad', rejected: 'good' },
  ],
  'a label with its values': [
    LABELLED,
    [
      'Choose the fields',
      'Two answers and a label',
      'one_side',
      'other_side',
      'topic',
      'vote',
      '"other_side"',
      '"one_side"',
      'Neither',
      WRITE,
    ],
    {
      prompt: 'topic',
      first: 'one_side',
      second: 'other_side',
      label: 'vote',
      better: { first: ['q'], second: ['p'], ties: ['same'] },
    },
  ],
  'two scores': [
    [{ topic: 'Why?', alpha: GOOD, beta: BAD, n: 3, m: 7 }],
    ['Two answers and two scores', 'alpha', 'beta', 'topic', 'n', 'm', 'The lower', WRITE],
    { prompt: 'topic', first: 'alpha', second: 'beta', scores: ['n', 'm'], best: 'low' },
  ],
  'a list of answers': [
    [
      {
        topic: 'Why?',
        all: [
          { words: GOOD, points: 2 },
          { words: BAD, points: 1 },
        ],
      },
    ],
    ['Choose the fields', 'A list of answers', 'all', 'words', 'points', 'topic', 'The higher', WRITE],
    { prompt: 'topic', candidates: 'all', text: 'words', score: 'points', best: 'high' },
  ],
  'a second try': [
    PAIRS,
    [
      'A better and',
      'alpha',
      'beta',
      'No prompt',
      'Start again',
      'A better and',
      'beta',
      'alpha',
      'topic',
      WRITE,
    ],
    { prompt: 'topic', chosen: 'beta', rejected: 'alpha' },
  ],
};

describe('the guided mapping', () => {
  it.each(Object.keys(CASES))(
    'writes what the person picked, and the file is recognised: %s',
    async (name) => {
      const [records, picks, rule] = CASES[name]!;
      const { written, session, failed, asked } = await guide(records, picks);
      expect(failed).toEqual([]);
      const config = JSON.parse(readFileSync(written!, 'utf8')) as { mappings: JsonObject[] };
      expect(config.mappings[0]).toEqual({ files: `guided-${files}.jsonl`, ...rule });
      expect(session.dataset.survey.recognition?.isGiven).toBe(true);
      expect(session.dataset.survey.facts.pairCount).toBeGreaterThan(0);
      // The first pairs were shown before anything was written.
      const [title, preview] = asked.at(-1)!;
      expect(title).toContain('The first pairs, as they would be read');
      expect(preview.map(({ detail }) => detail).join('\n')).toMatch(/Better: |Tie: /);
    },
  );

  it('is offered by the compare view of a file that is not recognised', async () => {
    const { session } = await guide(PAIRS, []);
    const view = recordViewOf(session, { uri: session.uri, record: 0, step: 'here' });
    expect(view).toMatchObject({ kind: 'empty', canMap: true });
    await writeMapping(session, { chosen: 'alpha', rejected: 'beta' });
    expect(recordViewOf(session, { uri: session.uri, record: 0, step: 'here' }).kind).toBe('pair');
  });

  it('shows each field with its type and an example', async () => {
    const { asked } = await guide(PAIRS, ['A better and']);
    const [, choices] = asked[1]!;
    expect(choices[1]).toMatchObject({ label: 'alpha', description: 'text', detail: JSON.stringify(GOOD) });
  });

  it('writes nothing if the person gives up at any question', async () => {
    for (const name of Object.keys(CASES)) {
      const [records, picks] = CASES[name]!;
      for (let count = 0; count < picks.length; count++) {
        const { written, session, failed } = await guide(records, picks.slice(0, count));
        expect([written, failed]).toEqual([undefined, []]);
        expect(session.dataset.survey.recognition).toBeUndefined();
      }
    }
  });

  it('says what is missing if the picked fields read nothing', async () => {
    const { failed, written } = await guide(
      [{ alpha: GOOD }, { beta: BAD }],
      ['A better and', 'alpha', 'beta', 'No prompt'],
    );
    expect(written).toBeUndefined();
    expect(failed).toEqual([expect.stringContaining('"beta"')]);
  });
});
