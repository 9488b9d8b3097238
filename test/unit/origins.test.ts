// Where answers come from, as evidence: which fields count, and when one tells the labels by itself.
import { describe, expect, it } from 'vitest';

import { findRelations } from '#core/checks/relations/relations.ts';
import { toldShare } from '#core/facts/told.ts';
import { kindBy, kindsOf } from '#core/mapping/kinds.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { originsOf } from '#core/mapping/sideFields.ts';
import type { JsonObject } from '#core/model/json.ts';
import { aboutFit } from '#core/score/about.ts';
import { pairText, readerOf } from '#core/score/model.ts';
import { auroc, plantFlips } from '#core/score/quality.ts';
import { pairBatches } from '#node/engine.ts';
import { score } from '#node/scoring/fit.ts';
import type { Settings } from '#protocol/editor/options.ts';
import { consistencyScores } from '#session/scores.ts';

import { generatePairs } from '../bench/generate.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { encode, recordsOf, survey } from '../fakes/records.ts';

function firstPair(record: JsonObject) {
  const { mapping } = recogniseAs(undefined, [record])!;
  const outcome = readRecord(mapping, record);
  if ('problem' in outcome) throw new Error('the record has no pair');
  return outcome.pairs[0]!;
}

const TEXTS = { prompt: 'Name a metal.', chosen: 'Iron.', rejected: 'Wax.' };

describe('origins', () => {
  it.each<[string, JsonObject, readonly unknown[]]>([
    [
      'beside the answers, never scores or verdicts',
      {
        ...TEXTS,
        chosen_model: 'a',
        rejected_model: 'b',
        chosen_temperature: 0.2,
        rejected_temperature: 1,
        chosen_score: 9,
        rejected_score: 1,
        chosen_model_rank: 1,
        rejected_model_rank: 2,
        chosen_model_output: 'x',
        rejected_model_output: 'y',
      },
      [
        { title: 'model', chosen: 'a', rejected: 'b' },
        { title: 'temperature', chosen: 0.2, rejected: 1 },
      ],
    ],
    [
      'by the label, in either order',
      { prompt: 'p', response_a: 'Iron.', response_b: 'Wax.', model_a: 'x', model_b: 'y', winner: 'model_b' },
      [{ title: 'model', chosen: 'y', rejected: 'x' }],
    ],
    ['nowhere', TEXTS, []],
  ])('stand %s', (_, record, expected) => {
    expect(originsOf(record, firstPair(record))).toEqual(expected);
  });

  it('are those of the candidates of a pair', () => {
    const record = {
      instruction: 'Name a metal.',
      completions: [
        { model: 'x', response: 'Wax.', overall_score: 2 },
        { model: 'y', response: 'Iron.', overall_score: 9 },
      ],
    };
    expect(originsOf(record, firstPair(record))).toEqual([{ title: 'model', chosen: 'y', rejected: 'x' }]);
  });

  it('tell nothing where each occurs once, and everything where the sides never share one', () => {
    const once = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? ([1, 0] as const) : ([0, 1] as const)));
    expect(toldShare(once)).toBeLessThan(0.6);
    expect(toldShare([[50, 0], [0, 50]])).toBe(1); // prettier-ignore
    expect(toldShare([[80, 20], [20, 80]])).toBeCloseTo(0.8); // prettier-ignore
  });
});

it('kinds are short values of fields that name a kind', () => {
  const record = {
    ...TEXTS,
    source: 'web',
    category: 3,
    language: 'x'.repeat(200),
    label_type: 'a',
    score: 2,
  };
  expect(kindsOf(record)).toEqual({ source: 'web', category: '3' });
  expect([kindBy({ a: 'x' }, 'a'), kindBy({ a: 3 }, 'a'), kindBy({ a: null }, 'a'), kindBy({}, 'a')]).toEqual(
    ['x', '3', undefined, undefined],
  );
});

const PAIRS = [...generatePairs(600, 21, 30)].map((line) => JSON.parse(line) as typeof TEXTS);
const SIGN = plantFlips(PAIRS.length, 5, 0.2);

/** The pairs with a fifth of the labels flipped, and what each record has beside them. */
function linesWith(more: (isFlipped: boolean) => object): string[] {
  return PAIRS.map(({ prompt, chosen, rejected }, i) => {
    const isFlipped = SIGN[i] === -1;
    const sides = isFlipped ? { chosen: rejected, rejected: chosen } : { chosen, rejected };
    return JSON.stringify({ prompt, ...sides, ...more(isFlipped) });
  });
}

async function fitted(lines: readonly string[]) {
  const bytes = encode(lines.join('\n'));
  const { recognition, facts } = survey(bytes);
  const source = { records: recordsOf(bytes), recognition: recognition!, firstPair: 0 };
  const grouping = { by: 'best' } as const;
  const { result } = await score(async () => Promise.resolve(startInMemory()), {
    pairs: () => pairBatches([source], 1, grouping, []),
    pairCount: lines.length,
    seed: 1,
    grouping,
    selfTest: false,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const files = [{ name: '', facts, recognition: recognition! }];
  const found = findRelations(files)[0]?.findings ?? [];
  return {
    result,
    found: found.filter(({ rule }) => rule === 'label-follows-source'),
    auroc: auroc(result.margins, (row) => SIGN[row] === -1),
  };
}

describe('a file whose chosen answers come from one model and whose rejected ones come from another', () => {
  const models = (chosen: string, rejected: string) => ({ chosen_model: chosen, rejected_model: rejected });

  it('is ranked as without the models where flips leave them in place, and reported', async () => {
    const plain = await fitted(linesWith(() => ({})));
    const trap = await fitted(linesWith(() => models('A', 'B')));
    expect(plain.found).toEqual([]);
    expect(trap.result.margins).toEqual(plain.result.margins);
    expect(trap.found.map(({ message }) => message)).toEqual([
      '"model" of an answer tells by itself whether it is the chosen one: for 100 % of the answers in 600 pairs. The built-in scorer leaves it out: it would hide wrong labels.',
    ]);
    expect(aboutFit(trap.result)).toEqual([
      '“model” of an answer tells 100 % of the labels by itself, so it is left out.',
    ]);
    const { about, notes } = consistencyScores(trap.result, { reviewPercent: 1, groupBy: '' } as Settings);
    expect([about(), ...notes()].join(' ').match(/left out/g)).toHaveLength(1);
  });

  it('is ranked better with the models where flips move them, and reported', async () => {
    const plain = await fitted(linesWith(() => ({})));
    const moved = await fitted(linesWith((isFlipped) => (isFlipped ? models('B', 'A') : models('A', 'B'))));
    expect(moved.auroc).toBeGreaterThanOrEqual(plain.auroc);
    expect(moved.found).toHaveLength(1);
    const record = { ...TEXTS, ...models('B', 'A') };
    const reasons = readerOf(moved.result)({
      ...pairText(firstPair(record)),
      origins: originsOf(record, firstPair(record)),
    }).reasons.map(({ text }) => text);
    expect(
      reasons.some((text) => /^chosen answer written by B, whose answers lose \d+ % here$/.test(text)),
    ).toBe(true);
  });
});
