// A recipe: what `preflens build` makes of which files. Its types, its JSON schema, and what only the whole recipe shows.
import type { Json } from '../model/json.ts';

/** The value of a column, and what it is computed from. */
export type ColumnValue = keyof typeof COLUMN_VALUES;

export interface ColumnStep {
  readonly step: 'column';
  readonly value: ColumnValue;
  readonly name?: string;
  readonly of?: string;
  readonly gamma?: number;
  readonly temperature?: number;
  readonly noise?: number;
  readonly base?: number;
  readonly scale?: number;
  readonly rate?: number;
  readonly stages?: number;
  readonly missing?: number | 'null' | 'drop';
  readonly replace?: boolean;
}

export type PairChoice = keyof typeof PAIR_CHOICES;

export interface PairsStep {
  readonly step: 'pairs';
  readonly choose: PairChoice;
  readonly to?: string;
  readonly gap?: number;
  readonly beta?: number;
  readonly count?: number;
  readonly threshold?: number;
}

export type SelectStep =
  | { readonly step: 'where'; readonly query: string }
  | {
      readonly step: 'band';
      readonly of: string;
      readonly from?: number;
      readonly to?: number;
      readonly by?: string;
    }
  | {
      readonly step: 'sample';
      readonly size?: number;
      readonly share?: number;
      readonly by?: string;
      readonly even?: boolean;
      readonly seed?: number;
    }
  | { readonly step: 'limit'; readonly per: string; readonly count: number; readonly best?: string }
  | { readonly step: 'diverse'; readonly distance: number; readonly best?: string };

export interface ConvertStep {
  readonly step: 'convert';
  readonly to: string;
  readonly threshold?: number | 'middle';
}

export interface NegativesStep {
  readonly step: 'negatives';
  readonly share: number;
  readonly to?: string;
}

export interface SplitStep {
  readonly step: 'split';
  readonly parts: Readonly<Record<string, number>>;
  readonly seed?: number;
}

export type Step =
  SelectStep | ColumnStep | { readonly step: 'source' } | PairsStep | ConvertStep | NegativesStep | SplitStep;

/** What a build writes down, so that it can be repeated. */
export interface Built {
  readonly version: string;
  readonly inputs: readonly { readonly path: string; readonly sha256: string; readonly records: number }[];
  readonly outputs: readonly { readonly path: string; readonly sha256: string; readonly records: number }[];
}

export interface Recipe {
  readonly $schema?: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly codec?: string;
  readonly seed?: number;
  readonly steps: readonly Step[];
  readonly built?: Built;
}

/** What a column can hold; the texts are the reference. */
export const COLUMN_VALUES = {
  margin: 'the number itself, at least 0: what TRL’s reward trainer and OpenRLHF read as `margin`',
  soft_label: 'σ(γ · number), the chance that the chosen answer is the better one; γ is `gamma`',
  posterior:
    'the chance that the label is right: (1−ε)p / ((1−ε)p + ε(1−p)), with p = σ(number / `temperature`). ε is `noise`, or else estimated: 1 − the mean of the values, until it stays',
  smoothing: '1 − posterior: the label smoothing ε of each record',
  focal: 'p to the power of `gamma`: records that the scorer ranks wrong weigh less',
  beta: 'β(m) = `base` · (1 + `scale` · (1 − e^(−`rate` · m))), for a β of each record; a number below 0 counts as 0',
  difficulty: '−|number|: the closer both answers, the harder; larger is harder',
  stage: 'from 0, easy to hard: `stages` groups of equal size by difficulty',
  copy: 'the number itself, as it is',
} as const;

export const PAIR_CHOICES = {
  'best-worst': 'the best candidate against the worst',
  'mu-2sigma':
    'the best against the one that is nearest to μ − 2σ of the scores of its prompt. With five candidates or fewer that is always the worst',
  rejection:
    'each candidate is accepted with the chance e^((r − r_max) / `beta`); the accepted ones are paired two by two in random order, the one with the higher score chosen',
  'correct-wrong':
    'a good answer against a bad one, each used once before any is used again. Of ratings those from `threshold` on are good',
} as const;

const SEED = {
  type: 'integer',
  minimum: 0,
  description: 'Of the random numbers of this step. Default: the seed of the recipe.',
} as const;

const NAME = { type: 'string', minLength: 1, maxLength: 200 } as const;

const measure = (what: string): object => ({
  ...NAME,
  description: `${what}: an earlier column, a fact of queries (\`margin\` from the scorer, \`length\`, \`length_difference\` …), \`strength\` (how much better the record itself says that the chosen answer is: a margin, ratings, votes), \`votes\` (the share of the record’s named votes for it), or a field with a number (\`.score\`).`,
});

const group = (what: string): object => ({
  ...NAME,
  description: `${what}: \`prompt\`, \`file\`, a fact of queries or a field.`,
});

const TARGET = {
  ...NAME,
  description:
    'Id of a trainer’s format, as `preflens convert --to` has it. Default where it may be left out: trl-messages.',
} as const;

const percent = (what: string): object => ({ type: 'number', minimum: 0, maximum: 100, description: what });
const share = (what: string): object => ({
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1,
  description: what,
});
const positive = (what: string): object => ({ type: 'number', exclusiveMinimum: 0, description: what });
const count = (what: string, minimum = 1): object => ({ type: 'integer', minimum, description: what });

interface StepSchema {
  readonly description: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

/** The steps with their settings; the reference is written from it. */
export const STEPS: Readonly<Record<Step['step'], StepSchema>> = {
  where: {
    description:
      'Keeps the records that a query selects. A record with several pairs is kept if one of them is selected.',
    required: ['query'],
    properties: {
      query: { type: 'string', minLength: 1, description: 'A query, as `preflens explain query` says.' },
    },
  },
  band: {
    description:
      'Keeps a band of percentiles. Equal numbers have one percentile: the share below them plus half of their own. Records without the number are dropped.',
    required: ['of'],
    properties: {
      of: measure('The number'),
      from: percent('From this percentile on. Default: 0.'),
      to: percent('Up to this one, included. Default: 100.'),
      by: group('Percentiles within each group'),
    },
  },
  sample: {
    description:
      'Draws records at random, and keeps their order. With the same seed a smaller sample is a part of every larger one.',
    required: [],
    properties: {
      size: count('So many records.'),
      share: share('This share of the records.'),
      by: group('Each group is drawn from by its share of the records'),
      even: { type: 'boolean', description: 'With `by`: as many from each group as from the others.' },
      seed: SEED,
    },
  },
  limit: {
    description: 'Keeps no more than so many records of each group.',
    required: ['per', 'count'],
    properties: {
      per: group('The group'),
      count: count('So many.'),
      best: measure('Those with the largest number are kept, instead of the first ones'),
    },
  },
  diverse: {
    description:
      'Keeps a record only if no kept record is nearer: distance is 1 − the share of word triples in common, estimated from sketches, as `near-duplicate-pair` does it. Up to a distance of 0.5, because records that have less in common may not be found.',
    required: ['distance'],
    properties: {
      distance: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 0.5,
        description: 'The smallest distance to the nearest kept record.',
      },
      best: measure('Records with the largest number come first, such as quality × complexity in a field'),
    },
  },
  column: {
    description:
      'Adds a field to each record. All its other bytes stay. A record of several pairs has no single value: make `pairs` or `convert` first.',
    required: ['value'],
    properties: {
      value: { enum: Object.keys(COLUMN_VALUES), description: 'What the field holds; see below.' },
      name: { ...NAME, description: 'Name of the field. Default: that of the value.' },
      of: measure('The number that it is computed from. Default: `margin`'),
      gamma: positive('γ of soft_label and focal. Default: 1.'),
      temperature: positive('Of posterior and smoothing. Default: 1.'),
      noise: {
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 0.5,
        description: 'The share of wrong labels, for posterior and smoothing. Default: estimated.',
      },
      base: positive('β₀ of beta. Default: 0.1.'),
      scale: positive('w of beta. Default: 1.'),
      rate: positive('k of beta. Default: 1.'),
      stages: count('Groups of stage. Default: 3.', 2),
      missing: {
        anyOf: [{ type: 'number' }, { enum: ['null', 'drop'] }],
        description:
          'For records without the number (ties, unscored pairs): this number, null, or drop the record. Default: null.',
      },
      replace: { type: 'boolean', description: 'Replace a field of this name. Default: false, an error.' },
    },
  },
  source: {
    description: 'Adds `source_file` and `source_line`: where each record comes from.',
    required: [],
    properties: {},
  },
  pairs: {
    description:
      'Makes pairs of scored candidates: those of one record, or single answers with a verdict that have the same prompt.',
    required: ['choose'],
    properties: {
      choose: { enum: Object.keys(PAIR_CHOICES), description: 'Which candidates; see below.' },
      to: TARGET,
      gap: {
        type: 'number',
        minimum: 0,
        description:
          'Pairs with a smaller difference of scores are left out. Default: 0, but equal scores make no pair.',
      },
      beta: positive('β of rejection. Default: 1.'),
      count: count('No more pairs of one prompt than this, for rejection and correct-wrong. Default: 1.'),
      threshold: { type: 'number', description: 'Ratings from here on are good, for correct-wrong.' },
    },
  },
  convert: {
    description:
      'Writes each pair, or each single answer, in a trainer’s format; `trl-unpaired` makes single answers of pairs.',
    required: ['to'],
    properties: {
      to: TARGET,
      threshold: {
        anyOf: [{ type: 'number' }, { enum: ['middle'] }],
        description:
          'To single answers: a chosen answer whose own score is below, and a rejected one whose score is not, are left out. "middle" is δ = ½(mean score of chosen + mean score of rejected answers).',
      },
    },
  },
  negatives: {
    description:
      'Adds pairs across prompts: the chosen answer of a record against the chosen one of another, random prompt. Every record then has `built_from`: "record" or "cross-prompt". The pairs are written in a trainer’s format. A split keeps their prompts on one side, but an answer of the other side may be their rejected one.',
    required: ['share'],
    properties: {
      share: share('So many for each record.'),
      to: TARGET,
    },
  },
  split: {
    description:
      'Writes a file for each part, by clusters of prompts; it must be the last step. Records with the same prompt, the same letters and digits in it, or nearly the same (about four in five word triples) stay together.',
    required: ['parts'],
    properties: {
      parts: {
        type: 'object',
        minProperties: 2,
        propertyNames: { pattern: '^[A-Za-z0-9_-]{1,40}$' },
        additionalProperties: { type: 'number', exclusiveMinimum: 0 },
        description:
          'Names and shares, such as {"train": 0.9, "validation": 0.1}. `{split}` in `output` is the name; without it, it is added to the name of the file.',
      },
      seed: SEED,
    },
  },
};

const FILE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'sha256', 'records'],
  properties: {
    path: { type: 'string' },
    sha256: { type: 'string' },
    records: { type: 'integer' },
  },
} as const;

export const RECIPE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'PrefLens recipe of a training set',
  type: 'object',
  additionalProperties: false,
  required: ['inputs', 'output', 'steps'],
  properties: {
    $schema: { type: 'string' },
    inputs: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1, maxLength: 2000 },
      description: 'Files or patterns, relative to the recipe. Their records follow each other.',
    },
    output: {
      type: 'string',
      minLength: 1,
      description:
        'The file to write, relative to the recipe: .jsonl or .json (also .gz or .zst), or .parquet.',
    },
    codec: {
      enum: ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'],
      description: 'Compression of a .parquet file. Default: snappy.',
    },
    seed: { type: 'integer', minimum: 0, description: 'Of all random numbers. Default: 1.' },
    steps: {
      type: 'array',
      maxItems: 64,
      description: 'What is done, in this order.',
      items: {
        type: 'object',
        required: ['step'],
        discriminator: { propertyName: 'step' },
        oneOf: Object.entries(STEPS).map(([step, { description, required, properties }]) => ({
          description,
          additionalProperties: false,
          required: ['step', ...required],
          properties: { step: { const: step }, ...properties },
        })),
      },
    },
    built: {
      type: 'object',
      additionalProperties: false,
      required: ['version', 'inputs', 'outputs'],
      description: 'Written by a build: what it read and wrote, to compare when it is repeated.',
      properties: {
        version: { type: 'string' },
        inputs: { type: 'array', items: FILE_SCHEMA },
        outputs: { type: 'array', items: FILE_SCHEMA },
      },
    },
  },
} as const;

/** A fault that the schema can't detect, with its place; undefined if there is none. */
export function recipeFault({ steps }: Recipe): string | undefined {
  for (const [i, step] of steps.entries()) {
    const where = `steps.${i} (${step.step})`;
    if (step.step === 'split' && i < steps.length - 1) return `${where} must be the last step`;
    if (step.step === 'sample' && (step.size === undefined) === (step.share === undefined))
      return `${where} needs either "size" or "share"`;
    if (step.step === 'sample' && step.even === true && step.by === undefined)
      return `${where} has "even" without "by"`;
    if (step.step === 'band' && (step.from ?? 0) > (step.to ?? 100)) return `${where} has "from" above "to"`;
    if (step.step === 'column' && step.value === 'copy' && step.name === undefined)
      return `${where} needs a "name"`;
  }
  return undefined;
}

/** A step in a few words, as the report names it. */
export function stepWords(step: Step): string {
  const { step: name, ...settings } = step;
  const said = Object.entries(settings).map(([key, value]: [string, Json]) =>
    typeof value === 'string' && !value.includes(' ') ? `${key} ${value}` : `${key} ${JSON.stringify(value)}`,
  );
  return [name, ...said].join(' ');
}
