// The contributor's path in a copy of the sources: new checks and schemas of every kind report what they
// lack, and pass once it is written.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Scaffold } from '../tools/scaffold.ts';
import { newCheck, newSchema } from '../tools/scaffold.ts';
import type { CheckKind, SchemaKind } from '../tools/skeletons.ts';
import { checkTexts } from '../tools/types.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = [
  'client/api.d.ts',
  'client/src',
  'media/src',
  'l10n',
  '.prettierrc.json',
  'server',
  'test',
  'media/docs/mappings.md',
  'media/docs/rules.md',
  'media/docs/rules',
  'media/preflens.schema.json',
  'package.json',
  'package.nls.json',
  'tsconfig.base.json',
];
const FILES = ['checks', 'relations', 'mappings', 'rules', 'generated'].map(
  (name) => `test/unit/${name}.test.ts`,
);

let folder = '';
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** Runs a Node program in the copy; returns its exit code and output. */
function node(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
    );
    const child = spawn(process.execPath, args, { cwd: folder, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output += data.toString();
      });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[];
  }[];
}

/**
 * Runs the unit tests of the new rules and schemas; returns the number that passed and the messages of the
 * others.
 */
async function runTests(): Promise<{ readonly passed: number; readonly failures: string[] }> {
  await node(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/vitest.config.ts',
    ...FILES,
    '-t',
    'demo-',
    '--reporter=json',
    '--outputFile=report.json',
  );
  const { numPassedTests, testResults } = JSON.parse(read('report.json')) as Report;
  const messages = testResults.flatMap(({ message, assertionResults }) => [
    message,
    ...assertionResults.flatMap(({ failureMessages }) => failureMessages),
  ]);
  const failures = messages
    .flatMap((message) => message.split('\n').filter((line) => line !== '' && !line.startsWith('    at ')))
    .map((line) => line.replace('AssertionError: ', ''));
  return { passed: numPassedTests, failures };
}

const apply = ({ files }: Scaffold): void => {
  for (const { path, text } of files) write(path, text);
};

interface Body {
  readonly path: string;
  readonly fixture: string;
  /** The author's text in place of the skeleton. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  readonly lines: readonly object[];
  /** For schemas: what the lines must be read as. */
  readonly expected?: readonly object[];
}

const CLEAN = {
  prompt: 'Why is the sky blue?',
  chosen: 'Air scatters blue light.',
  rejected: 'It is the sea.',
};
const TEMPLATE = { prompt: '{question}', chosen: '{answer}', rejected: '{answer}' };

const PAGE = [
  ["title: ''", "title: 'The answer thanks the reader'"],
  ["why: ''", "why: 'A model that is trained on such answers ends every answer with thanks.'"],
  ["remedy: ''", "remedy: 'Drop the record.'"],
  ["  options: {},\n  source: '',\n", ''],
] as const;
const UNREAD = ["  precision: { right: 0, of: 0, on: '' },\n", ''] as const;
const message = (text: string) => ["message = ''", `message = '${text}'`] as const;
const example = (record: object | string) =>
  ["example: ''", `example: '${typeof record === 'string' ? record : JSON.stringify(record)}'`] as const;

const THANKS = 'Blue. Thanks for reading!';

const ofText = (kind: CheckKind): Body => ({
  path: `server/src/core/checks/text/demo${kind === 'answer' ? 'Answer' : 'Pair'}.ts`,
  fixture: `test/fixtures/checks/demo-${kind}.jsonl`,
  changes: [
    ...PAGE,
    UNREAD,
    [`\\bskeleton demo-${kind}\\b`, kind === 'answer' ? 'Thanks for \\w+' : 'Cheers for \\w+'],
    message('The answer thanks the reader.'),
    example({ ...CLEAN, chosen: kind === 'answer' ? THANKS : THANKS.replace('Thanks', 'Cheers') }),
  ],
  lines: ((text: string) => [
    { expect: [`demo-${kind}@${text}`], record: { ...CLEAN, chosen: `Blue. ${text}!` } },
    { expect: [], record: CLEAN },
    { plant: { ...TEMPLATE, chosen: `{answer} ${text.replace('reading', '{reading|asking}')}.` } },
  ])(kind === 'answer' ? 'Thanks for reading' : 'Cheers for reading'),
});

const CHECKS: Readonly<Record<CheckKind, Body>> = {
  answer: ofText('answer'),
  pair: ofText('pair'),
  record: {
    path: 'server/src/core/checks/labels/demoRecord.ts',
    fixture: 'test/fixtures/checks/demo-record.jsonl',
    changes: [
      ...PAGE,
      ['skeleton_fault', 'is_deleted'],
      message('The record is deleted.'),
      example({ ...CLEAN, is_deleted: true }),
    ],
    lines: [
      { expect: ['demo-record@true'], record: { ...CLEAN, is_deleted: true } },
      { expect: [], record: CLEAN },
      { plant: { ...TEMPLATE, is_deleted: true } },
    ],
  },
  relation: {
    path: 'server/src/core/checks/relations/demoRelation.ts',
    fixture: 'test/fixtures/relations/demo-relation.jsonl',
    changes: [...PAGE, message('The prompt has many pairs.'), example('Six pairs of one prompt.')],
    lines: [
      {
        files: {
          'a.jsonl': [1, 2, 3, 4, 5, 6].map((i) => ({
            ...CLEAN,
            chosen: `Yes, ${i}.`,
            rejected: `No, ${i}.`,
          })),
        },
        expect: ['a.jsonl:6 demo-relation The prompt has many pairs.'],
      },
      { files: { 'a.jsonl': [CLEAN] }, expect: [] },
      { plant: Array.from({ length: 6 }, () => ({ ...TEMPLATE, prompt: '{question 1}' })), reported: [5] },
    ],
  },
  dataset: {
    path: 'server/src/core/checks/dataset/demoDataset.ts',
    fixture: 'test/fixtures/dataset/demo-dataset.jsonl',
    changes: [...PAGE, message('Most chosen answers are one word.'), example('A file of one-word answers.')],
    lines: [{ plant: { ...TEMPLATE, chosen: '{word}' }, clean: TEMPLATE }],
  },
};

const TABLE = 'server/src/core/mapping/table';
const NAMES = [
  ["title: ''", "title: 'Demo'"],
  ["polarity: ''", "polarity: 'the good one is better'"],
] as const;
const BIRD = ['user: Name a bird'];
const schema = (
  kind: string,
  file: string,
  changes: Body['changes'],
  lines: readonly object[],
  expected: readonly object[],
): Body => ({
  path: `${TABLE}/${file}.ts`,
  fixture: `test/fixtures/mappings/demo-schema-${kind}.jsonl`,
  changes: [...NAMES, ...changes],
  lines,
  expected,
});
const WREN = [{ pairs: [{ prompt: BIRD, chosen: 'A wren', rejected: 'A wasp' }] }];

/** The fields of a skeleton, renamed for this kind. */
const renamed = (kind: string) => ['skeleton_', `demo_${kind}_`] as const;

const SCHEMAS: Readonly<Record<SchemaKind, Body>> = {
  pair: schema(
    'pair',
    'flat',
    [renamed('pair')],
    [{ demo_pair_prompt: 'Name a bird', demo_pair_chosen: 'A wren', demo_pair_rejected: 'A wasp' }],
    WREN,
  ),
  choice: schema(
    'choice',
    'choices',
    [renamed('choice')],
    [
      {
        demo_choice_prompt: 'Name a bird',
        demo_choice_first: 'A wasp',
        demo_choice_second: 'A wren',
        demo_choice_label: 2,
      },
    ],
    WREN,
  ),
  candidates: schema(
    'candidates',
    'candidates',
    [renamed('list')],
    [
      {
        demo_list_prompt: 'Name a bird',
        demo_list_answers: [
          { demo_list_text: 'A wasp', demo_list_score: 1 },
          { demo_list_text: 'A wren', demo_list_score: 3 },
        ],
      },
    ],
    WREN,
  ),
  unpaired: schema(
    'unpaired',
    'judgements',
    [renamed('one')],
    [{ demo_one_prompt: 'Name a bird', demo_one_answer: 'A wasp', demo_one_verdict: false }],
    [{ judgements: [{ prompt: BIRD, response: 'A wasp', verdict: false }] }],
  ),
};

const CHECK_KINDS = Object.keys(CHECKS) as CheckKind[];
const SCHEMA_KINDS = Object.keys(SCHEMAS) as SchemaKind[];

function missingInCheck(kind: CheckKind): string[] {
  const sentences = [
    'Write "title": what is wrong, in one line under 80 characters.',
    'Write "why": what such data does to the model, in more than 40 characters.',
    'Write "example": a record that is reported, or a sentence if one record cannot show it.',
    'Write "remedy": what to do, in more than 10 characters.',
    'Write "options": what users can set, or remove it.',
    'Write "source": where the fault is described, or remove it.',
    ...(kind === 'answer' || kind === 'pair'
      ? ['Write "precision": how many findings you read on which data and how many were right, or remove it.']
      : []),
    'Write "message": what this finding saw, with its numbers or names.',
    `Replace the skeleton's records in ${CHECKS[kind].fixture}.`,
  ];
  return sentences.map((sentence) => `demo-${kind}: ${sentence}`);
}

const FIELDS: Readonly<Record<SchemaKind, string>> = {
  pair: 'prompt chosen rejected',
  choice: 'prompt first second label',
  candidates: 'prompt answers text score',
  unpaired: 'prompt answer verdict',
};

function missingInSchema(kind: SchemaKind): string[] {
  const fields = FIELDS[kind].split(' ').map((field) => `skeleton_${field}`);
  const sentences = [
    'Write "title": what people call the dataset or format.',
    'Write "polarity": which answer is better, in words.',
    `Name the dataset's own fields in place of ${fields.join(', ')}.`,
    `Replace the skeleton's records in ${SCHEMAS[kind].fixture}.`,
  ];
  return sentences.map((sentence) => `demo-schema-${kind}: ${sentence}`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflens-scaffold-'));
  for (const path of SOURCES)
    cpSync(join(ROOT, path), join(folder, path), {
      recursive: true,
      filter: (from) => !from.includes('artefacts'),
    });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('refuses an id that is taken or invalid', async () => {
  const [taken, unfit, kind] = await Promise.all([
    node('test/tools/newCheck.ts', 'mojibake'),
    node('test/tools/newSchema.ts', 'Not An Id'),
    node('test/tools/newCheck.ts', 'demo-x', '--kind', 'other'),
  ]);
  expect(taken).toEqual({ code: 2, output: '"mojibake" exists already.\n' });
  expect(unfit).toEqual({
    code: 2,
    output: '"Not An Id" is not lower-case words with hyphens between them.\n',
  });
  expect(kind.code).toBe(2);
  expect(kind.output).toContain('Kinds: answer, pair, record, dataset, relation.');
});

it('writes formatted code that compiles, and reports what it lacks', async () => {
  const made = await node('test/tools/newCheck.ts', 'demo-answer', '--kind', 'answer');
  expect(made.output.split('\n').slice(0, 3)).toEqual([
    'created server/src/core/checks/text/demoAnswer.ts',
    'changed server/src/core/checks/table.ts',
    'created test/fixtures/checks/demo-answer.jsonl',
  ]);
  expect(made.output).toContain('3. Run npm run generate, and add a line to CHANGELOG.md by hand.');
  expect(made.code).toBe(0);
  for (const kind of CHECK_KINDS) if (kind !== 'answer') apply(newCheck(`demo-${kind}`, kind, read));
  for (const kind of SCHEMA_KINDS) if (kind !== 'pair') apply(newSchema(`demo-schema-${kind}`, kind, read));
  expect((await node('test/tools/newSchema.ts', 'demo-schema-pair')).code).toBe(0);
  const { failures } = await runTests();
  const sources = [...Object.values(CHECKS), ...Object.values(SCHEMAS)].map(({ path }) => path);
  // The tables have declared types: their readers cannot see what was added.
  const texts = ['server/src/core/checks/table.ts', ...sources].map((path) => [path, read(path)] as const);
  expect(checkTexts(folder, 'server/src/core', Object.fromEntries(texts))).toBe('');
  const layout = await resolveConfig(join(folder, 'server/src/core/hash.ts'));
  for (const { path } of [...Object.values(CHECKS), ...Object.values(SCHEMAS)]) {
    const text = read(path);
    expect(await format(text, { ...layout, filepath: path })).toBe(text);
  }
  expect(failures.sort()).toEqual(
    [...CHECK_KINDS.flatMap(missingInCheck), ...SCHEMA_KINDS.flatMap(missingInSchema)].sort(),
  );
});

it('passes once everything is written', async () => {
  for (const { path, fixture, changes, lines, expected } of [
    ...Object.values(CHECKS),
    ...Object.values(SCHEMAS),
  ]) {
    let text = read(path);
    for (const [from, to] of changes) {
      expect(text).toContain(from);
      text = text.replaceAll(from, () => to);
    }
    write(path, text);
    write(fixture, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (expected) write(fixture.replace('.jsonl', '.json'), JSON.stringify(expected));
  }
  expect(await node('test/tools/generate.ts')).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, 'media/docs/rules/demo-relation.md'))).toBe(true);
  const { passed, failures } = await runTests();
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(30);
});
