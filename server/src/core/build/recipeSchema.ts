// The JSON schema of recipes.
import { STEPS } from './stepTable.ts';

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
