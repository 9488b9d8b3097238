// What preflens.json can say of scorers.

/** How a model's numbers are to be read; absent, its config.json tells. */
export const HEADS = ['scalar', 'label', 'objectives', 'embedding', 'pair', 'implicit'] as const;
export type HeadName = (typeof HEADS)[number];

export const PROVIDER_NAMES = ['cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const;
export type Provider = (typeof PROVIDER_NAMES)[number];

/** How names of environment variables begin that preflens.json may name as secrets. */
export const SECRET_PREFIX = 'PREFLENS_SECRET_';

/** How servers are spoken to. */
export const ENDPOINT_PROTOCOLS = ['oip', 'vllm-classify', 'vllm-pooling', 'tei', 'openai-judge'] as const;
export type EndpointProtocol = (typeof ENDPOINT_PROTOCOLS)[number];

interface AnyScorer {
  /** What it is called in hovers and results. */
  readonly name?: string;
  /** A pattern of paths, from the folder of preflens.json. Absent: all files. */
  readonly files?: string;
}

/** A reward model in a folder. */
export interface OnnxRule extends AnyScorer {
  readonly kind: 'onnx';
  /** From the folder of preflens.json. */
  readonly model: string;
  /** The .onnx file in it, where there are several. */
  readonly file?: string;
  readonly head?: HeadName;
  /** Of `label`: the name or number of the label that speaks for a good answer. */
  readonly label?: string | number;
  /** Of `objectives`: the weight of each; absent, the model's own gate. */
  readonly weights?: readonly number[];
  /** Of `embedding`. */
  readonly temperature?: number;
  /** Of `implicit`: the folder of the reference model. */
  readonly reference?: string;
  readonly beta?: number;
  readonly perToken?: boolean;
  /** The text that the model reads: `chat` for its chat template, or a text with {prompt}, {response}, {first}, {second}. */
  readonly format?: string;
  readonly maxTokens?: number;
  readonly truncate?: 'left' | 'right';
  readonly provider?: 'auto' | Provider;
}

/** Scores, ratings and votes that the records hold. */
export interface ColumnsRule extends AnyScorer {
  readonly kind: 'columns';
}

/** Scores that something else computed. */
export interface SidecarRule extends AnyScorer {
  readonly kind: 'sidecar';
  /** From the folder of preflens.json. */
  readonly file: string;
}

/** A model served elsewhere. */
export interface EndpointRule extends AnyScorer {
  readonly kind: 'endpoint';
  readonly url: string;
  readonly protocol: EndpointProtocol;
  /** The model's name, where the server has several. */
  readonly model?: string;
  /** Name of the environment variable (it begins with SECRET_PREFIX), or of the editor's secret, that holds the key. */
  readonly secret?: string;
  /** Requests at a time. */
  readonly concurrency?: number;
  /** Where the server gives several numbers: which one speaks for a good answer, from 0. */
  readonly label?: number;
  readonly format?: string;
}

/** The built-in scorer: consistency with the rest of the file. */
export interface ConsistencyRule extends AnyScorer {
  readonly kind: 'consistency';
}

export type ScorerRule = ConsistencyRule | OnnxRule | ColumnsRule | SidecarRule | EndpointRule;

const NAME = { type: 'string', minLength: 1, description: 'What it is called in hovers and results.' };
const FILES = {
  type: 'string',
  description: 'A pattern of paths, from the folder of this file: "data/*.jsonl". Absent: all files.',
};
const LABEL = {
  type: ['string', 'integer'],
  description: 'The label that speaks for a good answer, by its name in config.json or its number.',
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

/** The part of preflens.json's schema that is about scorers. */
export const SCORERS_SCHEMA = {
  type: 'array',
  description:
    'Who scores the pairs. Several that fit a file form a committee. Absent: the built-in consistency scorer.',
  items: {
    type: 'object',
    required: ['kind'],
    // Faults are told of the kind that is meant, not of all.
    discriminator: { propertyName: 'kind' },
    oneOf: [
      kind('consistency', 'The built-in scorer: consistency with the rest of the file.', {}, []),
      kind(
        'onnx',
        'A reward model in a folder, as Hugging Face lays them out, with an .onnx file.',
        {
          model: { type: 'string', minLength: 1, description: 'The folder, from the folder of this file.' },
          file: { type: 'string', description: 'The .onnx file in it, where there are several.' },
          head: {
            enum: HEADS,
            description: 'How the numbers of the model are to be read. Absent: as its config.json says.',
          },
          label: LABEL,
          weights: {
            type: 'array',
            items: { type: 'number' },
            minItems: 1,
            description: 'Head "objectives": the weight of each. Absent: the gate that the model has.',
          },
          temperature: { type: 'number', exclusiveMinimum: 0, description: 'Head "embedding".' },
          reference: {
            type: 'string',
            minLength: 1,
            description: 'Head "implicit": the folder of the reference model.',
          },
          beta: { type: 'number', exclusiveMinimum: 0, description: 'Head "implicit": 0.1 when absent.' },
          perToken: { type: 'boolean', description: 'Head "implicit": divide by the number of tokens.' },
          format: {
            type: 'string',
            description:
              'The text that the model reads: "chat" for its chat template, or a text with {prompt} and {response}, or with {first} and {second}.',
          },
          maxTokens: { type: 'integer', minimum: 4, description: 'Longer texts are cut.' },
          truncate: {
            enum: ['left', 'right'],
            description: 'Which end is cut: the beginning of the prompt, or the end of the answer.',
          },
          provider: { enum: ['auto', ...PROVIDER_NAMES], description: 'What computes. "auto" when absent.' },
        },
        ['model'],
      ),
      kind('columns', 'Scores, ratings and votes that the records hold.', {}, []),
      kind(
        'sidecar',
        'Scores that something else computed, as "preflens score --out" writes them.',
        {
          file: {
            type: 'string',
            minLength: 1,
            description: '.jsonl or .arrow, from the folder of this file.',
          },
        },
        ['file'],
      ),
      kind(
        'endpoint',
        'A model served elsewhere. Texts of the dataset are sent there; never from an untrusted workspace.',
        {
          url: { type: 'string', pattern: '^https?://', description: 'The server.' },
          protocol: { enum: ENDPOINT_PROTOCOLS, description: 'How it is spoken to.' },
          model: { type: 'string', description: 'The name of the model there.' },
          secret: {
            type: 'string',
            pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
            description: `The name of the environment variable that holds the key; it begins with ${SECRET_PREFIX}. Or of the secret that the editor keeps for this server. Never the key itself.`,
          },
          concurrency: { type: 'integer', minimum: 1, maximum: 256, description: 'Requests at a time: 8.' },
          label: {
            type: 'integer',
            minimum: 0,
            description:
              'Where the server gives several numbers: which one speaks for a good answer, from 0.',
          },
          format: { type: 'string', description: 'The text that is sent, with {prompt} and {response}.' },
        },
        ['url', 'protocol'],
      ),
    ],
  },
} as const;
