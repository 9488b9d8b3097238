// The first texts of a new check and of a new schema. They compile and work on the records of their fixture;
// the parts that the author must write are empty or say "skeleton", and the tests report those.
import type { FixtureStage } from '../fakes/fixtures.ts';

/** Marks a text that the author must replace. */
export const SKELETON = /skeleton[ _]/;

export interface CheckSkeleton {
  readonly stage: FixtureStage;
  /** The default folder in server/src/core/checks. */
  readonly folder: string;
  /** Its list in table.ts. */
  readonly list: string;
  /** The rule file. */
  readonly text: (id: string, name: string) => string;
  readonly fixture: (id: string) => readonly object[];
}

const DROP = `\n  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],`;
/** For checks that read text. */
const PRECISION = `\n  precision: { right: 0, of: 0, on: '' },`;

function says(id: string, more: string): string {
  return `  id: '${id}',
  severity: 'warning',
  title: '',
  why: '',
  example: '',
  remedy: '',${more}
  options: {},
  source: '',`;
}

const CLEAN = {
  prompt: 'Why is the sky blue?',
  chosen: 'Air scatters blue light.',
  rejected: 'It is the sea.',
};
const fault = (id: string): string => `Here is the skeleton ${id}.`;
const TEMPLATE = { prompt: '{question}', chosen: '{answer}', rejected: '{answer}' };

/** Fixtures of a check of text: a record with the fault, one without, and a template. */
const ofText = (id: string): readonly object[] => [
  { expect: [`${id}@skeleton ${id}`], record: { ...CLEAN, chosen: fault(id) } },
  { expect: [], record: CLEAN },
  { plant: { ...TEMPLATE, chosen: `{answer} ${fault(id)}` } },
];

export const CHECK_SKELETONS = {
  answer: {
    stage: 'record',
    folder: 'text',
    list: 'ANSWER_CHECKS',
    text: (id, name) => `import type { AnswerCheck } from '../check.ts';
import { answerRange } from '../check.ts';

const FAULT = /\\bskeleton ${id}\\b/;

export const ${name}: AnswerCheck = {
${says(id, DROP + PRECISION)}
  checkAnswer: (answer) => {
    const found = FAULT.exec(answer.text);
    if (!found) return [];
    const message = '';
    return [{ place: answerRange(answer, found.index, found.index + found[0].length), message }];
  },
};
`,
    fixture: ofText,
  },
  pair: {
    stage: 'record',
    folder: 'text',
    list: 'PAIR_CHECKS',
    text: (id, name) => `import type { PairCheck } from '../check.ts';
import { answerRange } from '../check.ts';

const FAULT = /\\bskeleton ${id}\\b/;

export const ${name}: PairCheck = {
${says(id, DROP + PRECISION)}
  checkPair: ({ chosen, rejected }) => {
    const found = FAULT.exec(chosen.text);
    if (!found || FAULT.test(rejected.text)) return [];
    const message = '';
    return [{ place: answerRange(chosen, found.index, found.index + found[0].length), message }];
  },
};
`,
    fixture: ofText,
  },
  record: {
    stage: 'record',
    folder: 'labels',
    list: 'RECORD_CHECKS',
    text: (id, name) => `import type { RecordCheck } from '../check.ts';

const FIELD = 'skeleton_fault';

export const ${name}: RecordCheck = {
${says(id, DROP)}
  checkRecord: (_reading, { record }) => {
    if (record[FIELD] !== true) return [];
    const message = '';
    return [{ place: { path: [FIELD], part: 'value' }, message }];
  },
};
`,
    fixture: (id) => [
      { expect: [`${id}@true`], record: { ...CLEAN, skeleton_fault: true } },
      { expect: [], record: { ...CLEAN, skeleton_fault: false } },
      { plant: { ...TEMPLATE, skeleton_fault: true }, clean: { ...TEMPLATE, skeleton_fault: false } },
    ],
  },
  dataset: {
    stage: 'dataset',
    folder: 'dataset',
    list: 'DATASET_CHECKS',
    text: (id, name) => `import type { DatasetCheck } from './datasetCheck.ts';

/** Mean length of the chosen answers, in characters. */
const MIN_MEAN = 20;
/** Pairs below which nothing is said. */
const MIN_PAIRS = 100;

export const ${name}: DatasetCheck = {
${says(id, '')}
  checkDataset: ({ labels }) => {
    if (labels.preferences < MIN_PAIRS || labels.meanChosen >= MIN_MEAN) return undefined;
    const message = '';
    return message;
  },
};
`,
    fixture: () => [{ plant: { ...TEMPLATE, chosen: 'skeleton fault' }, clean: TEMPLATE }],
  },
  relation: {
    stage: 'relation',
    folder: 'relations',
    list: 'RELATION_CHECKS',
    text: (id, name) => `import type { Rule } from '../check.ts';
import type { PairSpace, RelationCheck, ReportRelation } from './relation.ts';
import { isEmptyPrompt, KeyTable } from './relation.ts';

/** Pairs of one prompt. */
const MIN_PAIRS = 6;

const rule: Rule = {
${says(id, DROP)}
};

function find(space: PairSpace, report: ReportRelation): void {
  const table = new KeyTable(space.promptKeys);
  const counts = new Map<number, number>();
  for (let pair = 0; pair < space.count; pair++) {
    if (isEmptyPrompt(space.promptKeys, pair)) continue;
    const first = table.firstOf(pair);
    const count = (counts.get(first) ?? 0) + 1;
    counts.set(first, count);
    const message = '';
    if (count === MIN_PAIRS) report.add(rule, pair, () => message);
  }
}

export const ${name}: RelationCheck = { rules: [rule], find };
`,
    fixture: (id) => {
      const six = [1, 2, 3, 4, 5, 6];
      const records = (prompt: string): object[] =>
        six.map((i) => ({ prompt, chosen: `Yes, ${i}.`, rejected: `No, ${i}.` }));
      return [
        { files: { 'a.jsonl': records('skeleton fault') }, expect: [`a.jsonl:6 ${id} `] },
        { files: { 'a.jsonl': records('skeleton fault').slice(1) }, expect: [] },
        { plant: six.map(() => ({ ...TEMPLATE, prompt: '{question 1}' })), reported: [5] },
      ];
    },
  },
} as const satisfies Record<string, CheckSkeleton>;

export type CheckKind = keyof typeof CHECK_SKELETONS;

export interface SchemaSkeleton {
  /** Its file in server/src/core/mapping/table, and its list there. */
  readonly file: string;
  readonly list: string;
  /** The `prompt` and `answers` of the row. */
  readonly row: string;
  readonly record: object;
  /** What is read from the record. */
  readonly expected: object;
}

const PROMPT = ['user: Name a bird'];
const PAIR = [{ prompt: PROMPT, chosen: 'A wren', rejected: 'A wasp' }];

export const SCHEMA_SKELETONS = {
  pair: {
    file: 'flat',
    list: 'FLAT',
    row: `prompt: [text('skeleton_prompt')],
    answers: pair('text', 'skeleton_chosen', 'skeleton_rejected'),`,
    record: { skeleton_prompt: 'Name a bird', skeleton_chosen: 'A wren', skeleton_rejected: 'A wasp' },
    expected: { pairs: PAIR },
  },
  choice: {
    file: 'choices',
    list: 'CHOICES',
    row: `prompt: [text('skeleton_prompt')],
    answers: {
      kind: 'choice',
      first: text('skeleton_first'),
      second: text('skeleton_second'),
      label: { kind: 'value', at: 'skeleton_label', first: [1], second: [2], ties: [0] },
    },`,
    record: {
      skeleton_prompt: 'Name a bird',
      skeleton_first: 'A wren',
      skeleton_second: 'A wasp',
      skeleton_label: 1,
    },
    expected: { pairs: PAIR },
  },
  candidates: {
    file: 'candidates',
    list: 'CANDIDATES',
    row: `prompt: [text('skeleton_prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'skeleton_answers' },
      text: text('skeleton_text'),
      order: { kind: 'number', at: ['skeleton_score'], best: 'high' },
    },`,
    record: {
      skeleton_prompt: 'Name a bird',
      skeleton_answers: [
        { skeleton_text: 'A wren', skeleton_score: 2 },
        { skeleton_text: 'A wasp', skeleton_score: 1 },
      ],
    },
    expected: { pairs: PAIR },
  },
  unpaired: {
    file: 'judgements',
    list: 'JUDGEMENTS',
    row: `prompt: [text('skeleton_prompt')],
    answers: { kind: 'unpaired', response: text('skeleton_answer'), verdict: { at: 'skeleton_verdict' } },`,
    record: { skeleton_prompt: 'Name a bird', skeleton_answer: 'A wren', skeleton_verdict: true },
    expected: { judgements: [{ prompt: PROMPT, response: 'A wren', verdict: true }] },
  },
} as const satisfies Record<string, SchemaSkeleton>;

export type SchemaKind = keyof typeof SCHEMA_SKELETONS;
