// The scorers section of preflens.json.

/** How to read a model's numbers. If absent, its config.json decides. */
export const HEADS = ['scalar', 'label', 'objectives', 'embedding', 'pair', 'implicit'] as const;
export type HeadName = (typeof HEADS)[number];

/** How the vectors of a text's tokens become one. Names and formulas as in sentence-transformers' pooling. */
export const POOLINGS = ['cls', 'max', 'mean', 'meanSqrtLength', 'weightedMean', 'last'] as const;
export type Pooling = (typeof POOLINGS)[number];

export const PROVIDER_NAMES = ['cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const;
export type Provider = (typeof PROVIDER_NAMES)[number];

/** Required prefix for environment variables that preflens.json uses as secrets. */
export const SECRET_PREFIX = 'PREFLENS_SECRET_';

const ENDPOINT_PROTOCOLS = ['oip', 'vllm-classify', 'vllm-pooling', 'tei', 'openai-judge'] as const;
export type EndpointProtocol = (typeof ENDPOINT_PROTOCOLS)[number];

/** Items of a checklist for one answer: each is a request. */
export const MAX_ITEMS = 20;

/** Of one item, in UTF-16 units. */
export const MAX_ITEM_LENGTH = 500;

export const MAX_ITEM_WEIGHT = 1e6;

interface AnyScorer {
  /** Name in hovers and results. */
  readonly name?: string;
  /** A path pattern, relative to the folder of preflens.json. Default: all files. */
  readonly files?: string;
}

/** A model in a folder: where it is, what it reads, and where it runs. */
export interface ModelRule extends AnyScorer {
  /** Relative to the folder of preflens.json. */
  readonly model: string;
  /** The .onnx file, if the folder has several. */
  readonly file?: string;
  /** The model's input: `chat` for its chat template, or a text with {prompt}, {response}, {first}, {second}. */
  readonly format?: string;
  readonly maxTokens?: number;
  readonly truncate?: 'left' | 'right';
  readonly provider?: 'auto' | Provider;
}

export interface OnnxRule extends ModelRule {
  readonly kind: 'onnx';
  readonly head?: HeadName;
  /** For `label`: name or number of the label for a good answer. */
  readonly label?: string | number;
  /** For `objectives`: weight of each; if absent, the model's own gate. */
  readonly weights?: readonly number[];
  /** For `embedding`. */
  readonly temperature?: number;
  /** For `implicit`: folder of the reference model. */
  readonly reference?: string;
  readonly beta?: number;
  readonly perToken?: boolean;
}

/** A text encoder, whose embeddings a small fit on the file itself turns into margins. */
export interface ProbeRule extends ModelRule {
  readonly kind: 'probe';
  /** If absent, as the model's own configuration says. */
  readonly pooling?: Pooling;
}

/** Scores, ratings and votes stored in the records. */
export interface ColumnsRule extends AnyScorer {
  readonly kind: 'columns';
}

/** Overlap with a reference answer in the record. */
export interface OverlapRule extends AnyScorer {
  readonly kind: 'overlap';
  /** The field with the reference; if absent, a field whose name says that it holds what is right. */
  readonly field?: string;
  readonly measure?: 'rouge-l' | 'chrf';
}

/** Scores computed by other software. */
export interface SidecarRule extends AnyScorer {
  readonly kind: 'sidecar';
  /** Relative to the folder of preflens.json. */
  readonly file: string;
}

/** A yes/no item of a checklist, which counts once if it has no weight. */
export type ChecklistEntry = string | { readonly item: string; readonly weight?: number };

/** A model on a server. */
export interface EndpointRule extends AnyScorer {
  readonly kind: 'endpoint';
  readonly url: string;
  readonly protocol: EndpointProtocol;
  /** The model's name, if the server has several. */
  readonly model?: string;
  /** The environment variable (its name starts with SECRET_PREFIX) or the editor secret that holds the key. */
  readonly secret?: string;
  /** Parallel requests. */
  readonly concurrency?: number;
  /** If the server returns several numbers: index of the one for a good answer, from 0. */
  readonly label?: number;
  readonly format?: string;
  /** For `openai-judge`: what the judge answers for each answer alone, in place of comparing two. */
  readonly checklist?: readonly ChecklistEntry[];
  /** For `openai-judge`: the field of a record that holds more items, for this record alone. */
  readonly checklistField?: string;
}

/** A program of the user's own that says whether an answer is right. */
export interface CommandRule extends AnyScorer {
  readonly kind: 'command';
  /** The program and its arguments; no shell reads them. */
  readonly run: readonly string[];
  /** The fields of the record that it gets; if absent, all that the schema does not read. */
  readonly fields?: readonly string[];
  /** For one answer. */
  readonly seconds?: number;
  /** For one answer, all its processes together. */
  readonly memoryMb?: number;
  /** Answers at a time. */
  readonly concurrency?: number;
}

export interface ConsistencyRule extends AnyScorer {
  readonly kind: 'consistency';
}

export type ScorerRule =
  | ConsistencyRule
  | OnnxRule
  | ProbeRule
  | ColumnsRule
  | OverlapRule
  | SidecarRule
  | EndpointRule
  | CommandRule;

const NAME = { type: 'string', minLength: 1, description: 'Name in hovers and results.' };
const FILES = {
  type: 'string',
  description: 'A path pattern, relative to this file’s folder, such as "data/*.jsonl". Default: all files.',
};
const LABEL = {
  type: ['string', 'integer'],
  description: 'The label for a good answer: its name in config.json, or its number.',
};

const ITEM = { type: 'string', minLength: 1, maxLength: MAX_ITEM_LENGTH };

/** Fields of `ModelRule` that all models share. */
const MODEL = {
  model: { type: 'string', minLength: 1, description: 'The folder, relative to this file’s folder.' },
  file: { type: 'string', description: 'The .onnx file, if the folder has several.' },
};
const WINDOW = {
  maxTokens: { type: 'integer', minimum: 4, description: 'Cuts off longer texts.' },
  truncate: {
    enum: ['left', 'right'],
    description: 'The end to cut off: the beginning of the prompt (left), or the end of the answer (right).',
  },
  provider: { enum: ['auto', ...PROVIDER_NAMES], description: 'Where to compute. Default: "auto".' },
};

const kind = (
  name: ScorerRule['kind'],
  description: string,
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): object => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: ['kind', ...required],
  properties: { kind: { const: name }, name: NAME, files: FILES, ...properties },
});

/** JSON schema of the scorers section. */
export const SCORERS_SCHEMA = {
  type: 'array',
  description:
    'Scorers of the pairs. If several match a file, they form an ensemble. Default: the built-in consistency scorer.',
  items: {
    type: 'object',
    required: ['kind'],
    // Makes validation errors refer to the given kind only.
    discriminator: { propertyName: 'kind' },
    oneOf: [
      kind('consistency', 'The built-in scorer: consistency with the rest of the file.', {}, []),
      kind(
        'onnx',
        'A reward model in a folder with the Hugging Face layout and an .onnx file.',
        {
          ...MODEL,
          head: {
            enum: HEADS,
            description: 'How to read the model’s numbers. Default: as its config.json says.',
          },
          label: LABEL,
          weights: {
            type: 'array',
            items: { type: 'number' },
            minItems: 1,
            description: 'Head "objectives": weight of each. Default: the model’s own gate.',
          },
          temperature: { type: 'number', exclusiveMinimum: 0, description: 'Head "embedding".' },
          reference: {
            type: 'string',
            minLength: 1,
            description: 'Head "implicit": folder of the reference model.',
          },
          beta: { type: 'number', exclusiveMinimum: 0, description: 'Head "implicit". Default: 0.1.' },
          perToken: { type: 'boolean', description: 'Head "implicit": divide by the number of tokens.' },
          format: {
            type: 'string',
            description:
              'The model’s input text: "chat" for its chat template, or a text with {prompt} and {response}, or with {first} and {second}.',
          },
          ...WINDOW,
        },
        ['model'],
      ),
      kind(
        'probe',
        'A text encoder in a folder with the Hugging Face layout and an .onnx file. A small fit on the file itself reads its embeddings, beside the built-in scorer.',
        {
          ...MODEL,
          pooling: {
            enum: POOLINGS,
            description:
              'How the vectors of a text’s tokens become one. Default: as the model’s own files say.',
          },
          format: {
            type: 'string',
            description:
              'The text to embed, with {prompt} and {response}. Default: both, with an empty line between.',
          },
          ...WINDOW,
        },
        ['model'],
      ),
      kind('columns', 'Scores, ratings and votes stored in the records.', {}, []),
      kind(
        'overlap',
        'How much of a reference answer in the record each answer repeats.',
        {
          field: {
            type: 'string',
            minLength: 1,
            description:
              'The field with the reference: a text, or a list of several. Default: a field with a name such as "reference", "gold_answer" or "ground_truth".',
          },
          measure: {
            enum: ['rouge-l', 'chrf'],
            description: 'Words in their order, or runs of characters. Default: "rouge-l".',
          },
        },
        [],
      ),
      kind(
        'sidecar',
        'Scores computed by other software, in the format of `preflens score --out`.',
        {
          file: {
            type: 'string',
            minLength: 1,
            description: 'A .jsonl or .arrow file, relative to this file’s folder.',
          },
        },
        ['file'],
      ),
      kind(
        'endpoint',
        'A model on a server. PrefLens sends texts of the dataset there, but never from an untrusted workspace.',
        {
          url: { type: 'string', pattern: '^https?://', description: 'URL of the server.' },
          protocol: { enum: ENDPOINT_PROTOCOLS, description: 'Protocol of the server.' },
          model: { type: 'string', description: 'Name of the model on the server.' },
          secret: {
            type: 'string',
            pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
            description: `Name of the environment variable that holds the key, beginning with ${SECRET_PREFIX}; or of the editor’s secret for this server. Never the key itself.`,
          },
          concurrency: {
            type: 'integer',
            minimum: 1,
            maximum: 256,
            description: 'Parallel requests. Default: 8.',
          },
          label: {
            type: 'integer',
            minimum: 0,
            description: 'If the server returns several numbers: index of the one for a good answer, from 0.',
          },
          format: { type: 'string', description: 'The text to send, with {prompt} and {response}.' },
          checklist: {
            type: 'array',
            minItems: 1,
            maxItems: MAX_ITEMS,
            items: {
              anyOf: [
                ITEM,
                {
                  type: 'object',
                  additionalProperties: false,
                  required: ['item'],
                  properties: {
                    item: ITEM,
                    weight: {
                      type: 'number',
                      exclusiveMinimum: 0,
                      maximum: MAX_ITEM_WEIGHT,
                      description: 'Default: 1.',
                    },
                  },
                },
              ],
            },
            description:
              'Protocol "openai-judge": yes/no items such as "Gives the unit of each number", which the judge answers for each answer alone, one request each. The margin is the difference of the shares that are met.',
          },
          checklistField: {
            type: 'string',
            minLength: 1,
            description:
              'Protocol "openai-judge": the field of a record that holds items of its own, such as "criteria". It is sent, too.',
          },
        },
        ['url', 'protocol'],
      ),
      kind(
        'command',
        'A program of your own that says whether an answer is right, such as unit tests. PrefLens asks before it runs it, and never runs it in an untrusted workspace.',
        {
          run: {
            type: 'array',
            items: { type: 'string', minLength: 1 },
            minItems: 1,
            description:
              'The program and its arguments, run in this file’s folder, without a shell. It reads one line of JSON, and ends with 0 for a right answer and 1 for a wrong one.',
          },
          fields: {
            type: 'array',
            items: { type: 'string' },
            description:
              'The fields of the record that the program gets, such as ["test"]. Default: all that the schema does not read.',
          },
          seconds: {
            type: 'number',
            exclusiveMinimum: 0,
            maximum: 3600,
            description: 'Time limit for one answer. Default: 10.',
          },
          memoryMb: {
            type: 'number',
            minimum: 16,
            description: 'Memory limit for one answer, in MB. Default: 1024.',
          },
          concurrency: {
            type: 'integer',
            minimum: 1,
            maximum: 256,
            description: 'Answers at a time. Default: 2.',
          },
        },
        ['run'],
      ),
    ],
  },
} as const;
