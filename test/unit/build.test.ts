// What recipes make of files, byte for byte, and what a build writes beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { BuildReport } from '#core/build/report.ts';

import { build as buildOf } from '../../server/src/cli/build.ts';
import { check } from '../../server/src/cli/check.ts';
import { testCommand } from '../fakes/command.ts';
import { testFolder } from '../fakes/files.ts';

const folder = testFolder('build');

/** With spaces, escapes and numbers as no writer of ours would spell them. */
const line = (i: number): string =>
  `{"prompt": "Question number ${i % 40}?",  "chosen": "Answer \\u00e9 ${i} ${'good '.repeat(i % 7)}", "rejected": "Other ${i} ${'bad '.repeat(i % 5)}", "source": "${'abc'[i % 3]!}", "n": ${i}.0}`;

const LINES = Array.from({ length: 120 }, (_, i) => line(i));

function write(recipe: object, name = 'recipe.json'): string {
  return folder.write(name, JSON.stringify({ inputs: ['data.jsonl'], output: 'out.jsonl', ...recipe }));
}

async function build(recipe: string, dryRun = false): Promise<BuildReport> {
  const command = testCommand();
  await buildOf(command, recipe, { dryRun, format: 'json' });
  return JSON.parse(command.out.text) as BuildReport;
}

const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8');
const linesOf = (name: string): string[] => read(name).split('\n').slice(0, -1);
const valuesOf = (name: string): Record<string, unknown>[] =>
  linesOf(name).map((one) => JSON.parse(one) as Record<string, unknown>);

it('keeps the bytes of records, in their order, and says what each step dropped', async () => {
  folder.write(
    'data.jsonl',
    `${LINES.slice(0, 60).join('\r\n')}\r\n{"broken": \n${LINES.slice(60).join('\n')}`,
  );
  const recipe = write({
    steps: [
      { step: 'where', query: '-source:b' },
      { step: 'band', of: '.n', from: 25, to: 75 },
      { step: 'sample', size: 20, by: 'source' },
      { step: 'limit', per: 'prompt', count: 1 },
    ],
  });
  const report = await build(recipe);
  expect(report.steps.map(({ before, after }) => [before, after])).toEqual([
    [121, 120],
    [120, 80],
    [80, 40],
    [40, 20],
    [20, report.outputs[0]!.records],
  ]);
  const made = linesOf('out.jsonl');
  expect(made.length).toBe(report.outputs[0]!.records);
  const places = made.map((one) => LINES.indexOf(one));
  expect(places.every((place, i) => place >= 30 && place < 90 && place > (places[i - 1] ?? -1))).toBe(true);
  expect(new Set(valuesOf('out.jsonl').map(({ prompt }) => prompt)).size).toBe(made.length);
  expect(report.after?.portrait.counts.pairs).toBe(made.length);
  expect(read('out.report.txt')).toContain('band of .n from 25 to 75');
});

it('gives the same bytes again, from the recipe and from what it wrote, and says if an input has changed', async () => {
  folder.write('data.jsonl', LINES.join('\n'));
  const recipe = write({
    output: 'made/train.jsonl',
    steps: [
      { step: 'sample', share: 0.5 },
      { step: 'column', value: 'soft_label', of: 'length_difference', gamma: 0.01 },
      { step: 'source' },
    ],
  });
  const first = await build(recipe);
  const bytes = read('made/train.jsonl');
  const papers = [read('made/train.built.json'), read('made/train.report.txt')];
  expect((await build(recipe)).outputs).toEqual(first.outputs);
  expect([read('made/train.built.json'), read('made/train.report.txt')]).toEqual(papers);
  const again = await build(join(folder.path, 'made', 'train.built.json'));
  expect(again.outputs).toEqual(first.outputs);
  expect(again.notes).toEqual([]);
  expect(read('made/train.jsonl')).toBe(bytes);
  expect(valuesOf('made/train.jsonl')[0]).toMatchObject({ source_file: '../data.jsonl' });
  folder.write('data.jsonl', [...LINES, line(121)].join('\n'));
  expect((await build(recipe)).notes).toEqual(['../data.jsonl has changed since the last build.']);
});

it('writes columns at the end of records whose other bytes stay', async () => {
  const rated = (i: number, chosen: number, rejected: number): string =>
    `{ "prompt":"p${i}", "chosen":"c \\u00e9 ${i}", "rejected":"r${i}", "chosen_score":${chosen}, "rejected_score":${rejected.toFixed(1)} }`;
  const lines = [rated(1, 9, 7), rated(2, 5, 4), rated(3, 8, 2), rated(4, 3, 3.5)];
  folder.write('data.jsonl', lines.join('\n'));
  const recipe = write({
    steps: [
      { step: 'column', value: 'margin', of: 'strength' },
      { step: 'column', value: 'difficulty', of: 'strength' },
      { step: 'column', value: 'stage', of: 'strength', stages: 2 },
      { step: 'column', value: 'copy', name: 'level', of: 'stage' },
    ],
  });
  const { steps } = await build(recipe);
  // Differences 2, 1, 6, −0.5. By difficulty −6 −2 −1 −0.5: the first two are stage 0.
  const made = [
    [2, -2, 0],
    [1, -1, 1],
    [6, -6, 0],
    [0, -0.5, 1],
  ];
  expect(linesOf('out.jsonl')).toEqual(
    lines.map((one, i) => {
      const [margin, difficulty, stage] = made[i]!;
      const added = `"margin":${margin}, "difficulty":${difficulty}, "stage":${stage}, "level":${stage}`;
      return one.replace(/(\d) \}$/, `$1, ${added} }`);
    }),
  );
  expect(steps[1]!.notes[0]).toContain('below 0 and written as 0');
  await expect(
    build(write({ steps: [{ step: 'column', value: 'margin', name: 'chosen_score', of: 'strength' }] })),
  ).rejects.toThrow('already');
});

it('splits by clusters of prompts: none is on both sides, and neither is a near duplicate', async () => {
  // One number of some ninety words differs, so more than nine in ten triples are the same.
  const text = (i: number): string =>
    `Please explain to a child of ${i} years how a lighthouse works, why ships need it at night, and who keeps its lamp burning when storms come from the sea. Say what the light is made of, how far sailors can see it, and what they do in fog. Begin with a short story about a keeper and a ship that was lost, then describe the tower from its foot to the lantern, and end with three questions that the child could ask a real keeper, with an answer of one sentence for each of them.`;
  const lines = Array.from({ length: 300 }, (_, i) => {
    const prompt = i % 3 === 0 ? text(i) : i % 3 === 1 ? `Question ${i % 50}` : `question  ${i % 50}!`;
    return JSON.stringify({
      prompt,
      chosen: `Yes, because of reason ${i}.`,
      rejected: `No, because of ${i}.`,
    });
  });
  folder.write('data.jsonl', lines.join('\n'));
  const recipe = write({
    output: '{split}.jsonl',
    steps: [{ step: 'split', parts: { train: 0.7, validation: 0.2, test: 0.1 } }],
  });
  const { outputs } = await build(recipe);
  const names = ['train', 'validation', 'test'];
  expect(outputs.map(({ path }) => path)).toEqual(names.map((name) => `${name}.jsonl`));
  const made = names.map((name) => linesOf(`${name}.jsonl`));
  expect(made.flat().sort()).toEqual([...lines].sort());
  const keyOf = (one: string): string => {
    const { prompt } = JSON.parse(one) as { prompt: string };
    return prompt.includes('lighthouse') ? 'lighthouse' : prompt.toLowerCase().replaceAll(/\W+/g, ' ').trim();
  };
  const sides = made.map((own) => new Set(own.map(keyOf)));
  for (const [i, own] of sides.entries())
    for (const other of sides.slice(i + 1)) expect([...own].filter((key) => other.has(key))).toEqual([]);
  const checking = testCommand();
  await check(checking, [folder.path], {
    score: false,
    seed: 1,
    budget: 1,
    groupBy: undefined,
    maxFindings: Infinity,
    failOn: 'warning',
    format: 'text',
    baseline: false,
  });
  expect(checking.out.text).not.toContain('split-leak');
  expect(existsSync(join(folder.path, 'build.report.txt'))).toBe(true);
});

const CANDIDATES = [
  { prompt: 'Name a town.', responses: ['Rome', 'Oslo', 'No', 'Paris'], scores: [7, 5, 1, 3], id: 'a' },
  { prompt: 'Name a river.', responses: ['Nile', 'A river', 'Rhine', 'Po'], scores: [2, 2, 2, 2], id: 'b' },
];

it('makes pairs of scored candidates, then goes on with them', async () => {
  folder.write('data.jsonl', CANDIDATES.map((one) => JSON.stringify(one)).join('\n'));
  const recipe = write({
    steps: [
      { step: 'pairs', choose: 'best-worst', to: 'trl-explicit' },
      { step: 'column', value: 'soft_label', of: 'strength', gamma: 0.5 },
    ],
  });
  const { steps } = await build(recipe);
  // σ(0.5·(7 − 1)) = 1/(1 + e^−3) = 0.9525741.
  expect(valuesOf('out.jsonl')).toEqual([
    expect.objectContaining({
      prompt: 'Name a town.',
      chosen: 'Rome',
      rejected: 'No',
      margin: 6,
      id: 'a',
      soft_label: 0.9525741,
    }),
  ]);
  expect(steps[1]).toMatchObject({ before: 2, after: 1 });
  expect(readdirSync(folder.path).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('makes pairs of single answers with verdicts, and single answers of pairs', async () => {
  const row = (prompt: string, completion: string, label: boolean): string =>
    JSON.stringify({
      prompt: [{ role: 'user', content: prompt }],
      completion: [{ role: 'assistant', content: completion }],
      label,
      tag: completion,
    });
  folder.write(
    'data.jsonl',
    [
      row('a', 'a bad', false),
      row('b', 'b good', true),
      row('a', 'a good', true),
      row('a', 'a worse', false),
      row('c', 'c', true),
    ].join('\n'),
  );
  await build(
    write({ output: 'pairs.jsonl', steps: [{ step: 'pairs', choose: 'correct-wrong', count: 2 }] }),
  );
  const pairs = valuesOf('pairs.jsonl');
  expect(pairs.map(({ tag, score_chosen: own, score_rejected: other }) => [tag, own, other])).toEqual([
    ['a good', 1, 0],
    ['a good', 1, 0],
  ]);
  expect(JSON.stringify(pairs.map(({ rejected }) => rejected))).toMatch(/a bad.*a worse|a worse.*a bad/);
  const scored = [
    { prompt: 'p', chosen: 'high', rejected: 'low', score_chosen: 9, score_rejected: 1 },
    { prompt: 'q', chosen: 'middling', rejected: 'also middling', score_chosen: 4, score_rejected: 3 },
  ];
  folder.write('scored.jsonl', scored.map((one) => JSON.stringify(one)).join('\n'));
  // δ = ½((9 + 4)/2 + (1 + 3)/2) = ½(6.5 + 2) = 4.25: the chosen answer with 4 is below.
  const { steps } = await build(
    write({
      inputs: ['scored.jsonl'],
      steps: [{ step: 'convert', to: 'trl-unpaired', threshold: 'middle' }],
    }),
  );
  expect(steps[1]!.notes[0]).toBe('The threshold is 4.2500.');
  expect(
    valuesOf('out.jsonl').map(({ completion, label }) => [
      (completion as { content: string }[])[0]!.content,
      label,
    ]),
  ).toEqual([
    ['high', true],
    ['low', false],
    ['also middling', false],
  ]);
});

it('adds pairs across prompts, each record with where it came from', async () => {
  folder.write(
    'data.jsonl',
    LINES.map((one) => one.replace(/\}$/, ', "score_rejected": 3, "score_chosen": 4}')).join('\n'),
  );
  await build(write({ steps: [{ step: 'negatives', share: 0.5, to: 'trl-explicit' }] }));
  const made = valuesOf('out.jsonl');
  const own = made.filter(({ built_from: from }) => from === 'record');
  const added = made.filter(({ built_from: from }) => from === 'cross-prompt');
  expect(own.length).toBe(120);
  expect(added.length).toBeGreaterThan(35);
  expect(added.length + own.length).toBe(made.length);
  const promptOf = new Map(own.map(({ chosen, prompt }) => [chosen, prompt]));
  for (const { prompt, chosen, rejected, ...others } of added) {
    expect(promptOf.get(chosen)).toBe(prompt);
    expect(promptOf.get(rejected)).toBeDefined();
    expect(promptOf.get(rejected)).not.toBe(prompt);
    // What the record says of its own rejected answer is not true of this one.
    expect(others).toEqual({ built_from: 'cross-prompt' });
  }
});

it('keeps what is far enough from all that it kept', async () => {
  const words = (i: number): string =>
    Array.from({ length: 60 }, (_, k) => `w${(i * 7919 + k * 104729) % 9973}`).join(' ');
  const lines = Array.from({ length: 30 }, (_, i) =>
    JSON.stringify({
      prompt: `q ${i % 10}`,
      chosen: words(i % 10),
      rejected: words(100 + (i % 10)),
      rank: i,
    }),
  );
  folder.write('data.jsonl', lines.join('\n'));
  await build(write({ steps: [{ step: 'diverse', distance: 0.3, best: 'rank' }] }));
  expect(valuesOf('out.jsonl').map(({ rank }) => rank)).toEqual(Array.from({ length: 10 }, (_, i) => 20 + i));
});

it('merges files of one schema, and refuses to copy several into one file', async () => {
  folder.write('a.jsonl', LINES.slice(0, 3).join('\n'));
  folder.write('b.jsonl', LINES.slice(3, 5).join('\n'));
  folder.write('c.jsonl', '{"question": "q", "system": "", "chosen": "x", "rejected": "y"}\n');
  await build(write({ inputs: ['[ab].jsonl'], output: 'ab.jsonl', steps: [{ step: 'source' }] }));
  expect(
    valuesOf('ab.jsonl').map(({ source_file: file, source_line: at }) => `${String(file)}:${String(at)}`),
  ).toEqual(['a.jsonl:1', 'a.jsonl:2', 'a.jsonl:3', 'b.jsonl:1', 'b.jsonl:2']);
  await expect(
    build(write({ inputs: ['a.jsonl', 'c.jsonl'], output: 'ac.jsonl', steps: [] })),
  ).rejects.toThrow('Add a "convert" step');
  expect(existsSync(join(folder.path, 'ac.jsonl'))).toBe(false);
  await build(
    write({
      inputs: ['a.jsonl', 'c.jsonl'],
      output: 'ac.jsonl',
      steps: [{ step: 'convert', to: 'trl-explicit' }],
    }),
  );
  expect(valuesOf('ac.jsonl').length).toBe(4);
});

it('writes tables, which hold the same records', async () => {
  folder.write('data.jsonl', LINES.join('\n'));
  await build(write({ output: 'out.parquet', steps: [{ step: 'sample', size: 10 }, { step: 'source' }] }));
  await build(write({ inputs: ['out.parquet'], output: 'back.jsonl', steps: [] }));
  const values = valuesOf('back.jsonl');
  expect(values.length).toBe(10);
  for (const value of values) {
    const at = value.source_line as number;
    const own = JSON.parse(LINES[at - 1]!) as object;
    expect(value).toEqual({ ...own, source_file: 'data.jsonl', source_line: at });
  }
});

it.each([
  [{ steps: [{ step: 'wher', query: 'x' }] }, 'steps.0.step: there is no step "wher"; did you mean "where"?'],
  [{ steps: [{ step: 'band', of: 'length', form: 3 }] }, 'did you mean "from"?'],
  [{ steps: [{ step: 'sample' }] }, 'steps.0 (sample) needs either "size" or "share"'],
  [{ steps: [{ step: 'split', parts: { a: 1, b: 1 } }, { step: 'source' }] }, 'must be the last step'],
  [{ steps: [{ step: 'where', query: 'nosuchfield:1' }] }, 'nosuchfield'],
  [{ steps: [{ step: 'band', of: 'prompt' }] }, 'Sort by `length`'],
  [{ steps: [{ step: 'where', query: 'source:z' }] }, 'keep no record'],
  [{ output: 'data.jsonl', steps: [] }, 'overwrite one of its inputs'],
  [{ inputs: ['none.jsonl'], steps: [] }, 'none.jsonl'],
  [{ steps: [{ step: 'column', value: 'soft_label', name: 'chosen', of: 'length' }] }, 'field by which'],
  [{ steps: [{ step: 'column', value: 'copy', name: 'n', of: 'length' }] }, 'already'],
] as const)('refuses %j, and writes nothing', async (recipe, why) => {
  folder.write('data.jsonl', LINES.join('\n'));
  await expect(build(write(recipe))).rejects.toThrow(why);
  expect(readdirSync(folder.path).sort()).toEqual(['data.jsonl', 'recipe.json']);
});

it('a trial run writes nothing', async () => {
  folder.write('data.jsonl', LINES.join('\n'));
  const recipe = write({
    output: 'new/out.jsonl',
    steps: [
      { step: 'convert', to: 'trl-messages' },
      { step: 'sample', size: 5 },
    ],
  });
  const { outputs, steps, after } = await build(recipe, true);
  expect([outputs, after, steps.at(-1)!.after]).toEqual([[], undefined, 5]);
  expect(readdirSync(folder.path).sort()).toEqual(['data.jsonl', 'recipe.json']);
});

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'mappings');

// One file of each schema: those with ~ in their names are others of the same.
it.each(readdirSync(FIXTURES).filter((name) => /^[^~]*\.jsonl$/.test(name)))(
  'copies of %s with a column have no finding that the source has not, and the same bytes before the column',
  async (name) => {
    folder.write('data.jsonl', readFileSync(join(FIXTURES, name)));
    const made = await build(write({ steps: [{ step: 'source' }] })).catch(
      (error: unknown) => error as Error,
    );
    if (made instanceof Error) {
      // Nothing in these can be trained on.
      expect(made.message).toMatch(/no preference pairs recognised|keep no record/);
      expect(existsSync(join(folder.path, 'out.jsonl'))).toBe(false);
      return;
    }
    const { before, after } = made;
    for (const [rule, count] of Object.entries(after?.findings ?? {}))
      expect(before.findings[rule] ?? 0, rule).toBeGreaterThanOrEqual(count);
    const { pairs, ties, judgements, prompts } = after!.portrait.counts;
    expect(before.portrait.counts).toMatchObject({ pairs, ties, judgements, prompts });
    const source = read('data.jsonl').split('\n');
    for (const one of linesOf('out.jsonl')) {
      const bare = one.replace(/,\s*"source_file":\s*"data\.jsonl",\s*"source_line":\s*\d+(?=\s*\}$)/, '');
      expect(bare).not.toBe(one);
      expect(source).toContain(bare);
    }
  },
);
