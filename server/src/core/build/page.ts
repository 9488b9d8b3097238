// The page of recipes. It prints in a terminal, and `npm run generate` writes it to media/docs.
import { COLUMN_VALUES, PAIR_CHOICES, REACTION_RECORDS, REACTION_SIGNALS } from './choices.ts';
import type { Recipe } from './recipe.ts';
import { RECIPE_SCHEMA } from './recipeSchema.ts';
import { STEPS } from './stepTable.ts';

/** Recipes with what they make; a test builds each of them. */
export const EXAMPLES: readonly { readonly makes: string; readonly recipe: Recipe }[] = [
  {
    makes:
      'Clear pairs of a moderate length, no more than two of a prompt, drawn by source, in three files that share no prompt.',
    recipe: {
      inputs: ['pairs.jsonl'],
      output: 'out/{split}.jsonl',
      seed: 7,
      steps: [
        { step: 'where', query: '-is:tie -chosen:"as an AI"' },
        { step: 'band', of: 'length', from: 5, to: 95 },
        { step: 'limit', per: 'prompt', count: 2, best: 'strength' },
        { step: 'sample', share: 0.5, by: 'source' },
        { step: 'source' },
        { step: 'split', parts: { train: 0.9, validation: 0.05, test: 0.05 } },
      ],
    },
  },
  {
    makes: 'All pairs with a margin, a weight from the scorer and a curriculum.',
    recipe: {
      inputs: ['pairs.jsonl'],
      output: 'weighted.jsonl',
      steps: [
        { step: 'column', value: 'margin', of: 'strength' },
        { step: 'column', value: 'posterior', name: 'weight', noise: 0.1, missing: 1 },
        { step: 'column', value: 'stage', of: 'strength', stages: 3 },
      ],
    },
  },
  {
    makes: 'Pairs of rated candidates for TRL, those with a clear difference, and soft labels.',
    recipe: {
      inputs: ['candidates.jsonl'],
      output: 'clear.parquet',
      steps: [
        { step: 'pairs', choose: 'mu-2sigma', gap: 1, to: 'trl-messages' },
        { step: 'column', value: 'soft_label', of: 'strength', gamma: 0.5 },
      ],
    },
  },
  {
    makes: 'Single answers with a label for KTO, without those whose score contradicts it.',
    recipe: {
      inputs: ['pairs.jsonl'],
      output: 'single.jsonl',
      steps: [{ step: 'convert', to: 'trl-unpaired', threshold: 'middle' }],
    },
  },
  {
    makes: 'Pairs of drafts and what people made of them, where a twentieth of the words changed.',
    recipe: {
      inputs: ['edits.jsonl'],
      output: 'edited.jsonl',
      steps: [{ step: 'edits', draft: 'draft', edited: 'edited', least: 0.05 }],
    },
  },
  {
    makes:
      'Single answers that users of a chat thanked for or rejected, as many good as bad ones of each kind of reaction.',
    recipe: {
      inputs: ['chats.jsonl'],
      output: 'reactions.jsonl',
      steps: [
        { step: 'reactions', make: 'answers' },
        { step: 'sample', size: 1000, by: '.built_from', even: true },
      ],
    },
  },
];

type Row = readonly [name: string, text: string];

interface Part {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly Row[];
}

const described = (properties: Readonly<Record<string, object>>, required: readonly string[]): Row[] =>
  Object.entries(properties).flatMap(([name, schema]): Row[] => {
    if (!('description' in schema)) return [];
    return [[name, `${required.includes(name) ? '' : 'Optional. '}${String(schema.description)}`]];
  });

const PARTS: readonly Part[] = [
  {
    title: 'The recipe',
    text: 'A JSON file; comments are allowed. Steps are done in their order.',
    rows: described(RECIPE_SCHEMA.properties, RECIPE_SCHEMA.required),
  },
  ...Object.entries(STEPS).map(([step, { description, properties, required }]) => ({
    title: step,
    text: description,
    rows: described(properties, required),
  })),
  { title: 'Values of columns', text: '', rows: Object.entries(COLUMN_VALUES) },
  { title: 'Which candidates make a pair', text: '', rows: Object.entries(PAIR_CHOICES) },
  { title: 'Records of reactions', text: '', rows: Object.entries(REACTION_RECORDS) },
  { title: 'What counts as a reaction', text: '', rows: Object.entries(REACTION_SIGNALS) },
];

/** For a terminal. */
export function recipeLines(): readonly string[] {
  return PARTS.flatMap(({ title, text, rows }, i) => {
    const column = Math.max(0, ...rows.map(([name]) => name.length));
    return [
      ...(i === 0 ? [] : ['']),
      text === '' ? title : `${title}: ${text}`.replaceAll('`', ''),
      ...rows.map(([name, detail]) => `  ${name.padEnd(column)}  ${detail.replaceAll('`', '')}`),
    ];
  });
}

function markdown({ title, text, rows }: Part, isStep: boolean): readonly string[] {
  const cell = (words: string): string => words.replaceAll('|', '\\|');
  return [
    '',
    isStep ? `### ${title}` : `## ${title}`,
    ...(text === '' ? [] : ['', text]),
    ...(rows.length === 0
      ? []
      : ['', '| | |', '|---|---|', ...rows.map(([name, detail]) => `| \`${name}\` | ${cell(detail)} |`)]),
  ];
}

const [RECIPE, ...OTHERS] = PARTS;
const isStep = ({ title }: Part): boolean => Object.hasOwn(STEPS, title);

/** In Markdown. */
export function recipePage(): string {
  return [
    '# Build a training set',
    '',
    '<!-- Written by `npm run generate` from `server/src/core/build`. -->',
    '',
    'A recipe says which files, which steps, and where the result goes. `preflens build recipe.json` makes it; `--dry-run` runs the steps and writes',
    'nothing, `--out FILE` writes elsewhere, `--format json` prints the report as JSON.',
    '',
    '- Records that no step changes keep their bytes; a line ends with a line feed. A column is added behind the last field of a record; its other bytes stay.',
    '- The same recipe and the same inputs give the same bytes: random numbers come from `seed`.',
    '- Beside the output are two files. `NAME.report.txt` says what each step kept and dropped and why, with the portrait of before and after. `NAME.built.json` is the',
    '  recipe with the version and the SHA-256 of all inputs and outputs: `preflens build NAME.built.json` makes the same again, and says if an input has changed.',
    '- Every file is whole or absent. The old files are replaced when all new ones are complete; `NAME.built.json` is written last, so without it a build did not end.',
    '- Records without a pair or a verdict that can be read are dropped first. A record of several pairs counts by its first pair, and is kept or dropped as a whole.',
    '- `edits`, `reactions`, `pairs`, `convert` and `negatives` write new records, which the next steps read. What a format has no place for is listed in the report.',
    '- Facts such as `margin` are those of [queries](query.md). A margin of the scorer is no truth: the output says how often the scorer agrees with the labels.',
    '- If the records are of different schemas, a `convert` step makes them one.',
    '',
    'Of the columns, TRL’s reward trainer and OpenRLHF read `margin`. No trainer that we know reads a weight, a soft label, a label smoothing or a β for each record by',
    'itself: those columns are for a loss of your own. A sampler or a filter on `stage` makes the curriculum. Neutral ties are not made: no trainer’s format can hold them.',
    ...(RECIPE ? markdown(RECIPE, false) : []),
    '',
    '## Examples',
    ...EXAMPLES.flatMap(({ makes, recipe }) => ['', makes, '', '```json', ...written(recipe), '```']),
    '',
    '## Steps',
    ...OTHERS.filter(isStep).flatMap((part) => markdown(part, true)),
    ...OTHERS.filter((part) => !isStep(part)).flatMap((part) => markdown(part, false)),
    '',
  ].join('\n');
}

/** A recipe as people write it: a step on a line. */
function written({ steps, ...head }: Recipe): readonly string[] {
  const spaced = (value: unknown): string =>
    JSON.stringify(value, null, 1)
      .replaceAll(/\n\s*/g, ' ')
      .replaceAll(/\[ (.*?) \]/g, '[$1]');
  return [
    '{',
    ...Object.entries(head).map(([name, value]) => `  "${name}": ${spaced(value)},`),
    '  "steps": [',
    ...steps.map((step, i) => `    ${spaced(step)}${i < steps.length - 1 ? ',' : ''}`),
    '  ]',
    '}',
  ];
}
