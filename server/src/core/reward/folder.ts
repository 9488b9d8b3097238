// Decides how to use a model folder from its small files alone.
import type { ChatFiles, ChatForm } from './chatForm.ts';
import { chatFormOf, tokenText } from './chatForm.ts';
import type { Head } from './heads.ts';
import type { HeadName, ModelRule, OnnxRule, Pooling } from './scorerRule.ts';

/** The parsed small files of a folder. Absent ones are undefined. */
export interface FolderFiles extends ChatFiles {
  /** Paths of all .onnx files relative to the folder, sorted. */
  readonly onnx: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tokenizer?: Readonly<Record<string, unknown>>;
  /** Of sentence-transformers: `modules.json`, `1_Pooling/config.json` and `sentence_bert_config.json`. */
  readonly modules?: readonly { readonly type?: unknown }[];
  readonly pooling?: Readonly<Record<string, unknown>>;
  readonly sentence?: Readonly<Record<string, unknown>>;
  /** `preflens.ids.json`: texts with the ids of the original tokenizer, without special tokens. */
  readonly referenceIds?: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

/** How to build the model's input text. */
export type TextForm =
  | ({ readonly kind: 'chat' } & ChatForm)
  /** Prompt and answer are the two texts of the tokenizer's pair encoding. */
  | { readonly kind: 'two-texts' }
  | { readonly kind: 'format'; readonly format: string };

/** Output of one pass: numbers for one answer, for two answers in an order, or a likelihood. */
export type Pass = 'answer' | 'pair' | 'likelihood';

/** Everything that the scoring process needs. Scores depend only on this and on the bytes of the files. */
export interface ModelSpec {
  /** The .onnx file, relative to the folder. */
  readonly file: string;
  readonly pass: Pass;
  /** Outputs to read, in order; if empty, the first one. */
  readonly outputs: readonly string[];
  readonly text: TextForm;
  readonly maxTokens: number;
  readonly truncate: 'left' | 'right';
  readonly padId: number;
  /** Of an encoder. Without it, the model's outputs are read as they are. */
  readonly embedding?: EmbeddingSpec;
}

/** How outputs become an embedding. */
export interface EmbeddingSpec {
  /** The vectors of the tokens become one in each of these ways, one after the other. */
  readonly poolings: readonly Pooling[];
  /** To length 1. */
  readonly normalise: boolean;
}

/** What a folder holds, and how its model is used. */
export interface ModelReading {
  readonly spec: ModelSpec;
  /** A one-sentence summary. */
  readonly brief: string;
  /** What was found in the folder and what it means, one sentence each. */
  readonly found: readonly string[];
  readonly warnings: readonly string[];
}

export interface FolderReading extends ModelReading {
  readonly head: Head;
}

/** The folder can't be used. The message says why, and what to do. */
export class FolderFault extends Error {}

/** Default limit, because memory grows with the square of the length. */
const MAX_TOKENS = 4096;

/** Models that reserve the first positions. */
const OFFSET_POSITIONS = /roberta|camembert|longformer|mpnet|xlm/;

type Config = Readonly<Record<string, unknown>>;

export function numberIn(config: Config | undefined, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = config?.[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return undefined;
}

export function chooseFile(onnx: readonly string[], wanted: string | undefined): string {
  if (wanted !== undefined) {
    const found = onnx.find((path) => path === wanted || path === `onnx/${wanted}`);
    if (found !== undefined) return found;
    throw new FolderFault(`there is no "${wanted}" in it. It has ${onnx.join(', ') || 'no .onnx file'}`);
  }
  const [only] = onnx;
  const usual = ['model.onnx', 'onnx/model.onnx'].find((path) => onnx.includes(path));
  if (usual !== undefined) return usual;
  if (only === undefined) {
    throw new FolderFault(
      'it has no .onnx file. Export the model, for example with "optimum-cli export onnx", and use the folder that it writes',
    );
  }
  if (onnx.length === 1) return only;
  throw new FolderFault(`it has several models (${onnx.join(', ')}). Set "file" to one of them`);
}

function labelsOf(config: Config | undefined): readonly string[] | undefined {
  const names = config?.['id2label'];
  if (typeof names === 'object' && names !== null) return Object.values(names).map(String);
  const count = numberIn(config, 'num_labels');
  return count === undefined ? undefined : Array.from({ length: count }, (_, i) => `LABEL_${i}`);
}

/** The first architecture in config.json. */
export function nameOf(config: Config | undefined): string | undefined {
  const names = config?.['architectures'];
  return Array.isArray(names) ? tokenText(names[0]) : undefined;
}

function headName(config: Config | undefined, rule: OnnxRule): HeadName {
  if (rule.head !== undefined) return rule.head;
  if (rule.label !== undefined) return 'label';
  if (rule.weights !== undefined) return 'objectives';
  const architectures = Array.isArray(config?.['architectures']) ? config['architectures'].map(String) : [];
  const is = (pattern: RegExp): boolean => architectures.some((name) => pattern.test(name));
  if (rule.reference !== undefined || is(/ForCausalLM|LMHeadModel/)) return 'implicit';
  if ((numberIn(config, 'value_head_dim') ?? 1) > 1) return 'embedding';
  if (is(/Gating/)) return 'objectives';
  if (is(/Pair/)) return 'pair';
  const labels = labelsOf(config);
  if (labels && labels.length > 1) {
    throw new FolderFault(
      `it outputs ${labels.length} numbers (${labels.join(', ')}). In preflens.json, set "label" to the one for a good answer, or "weights" for all`,
    );
  }
  return 'scalar';
}

function labelIndex(config: Config | undefined, label: OnnxRule['label']): number {
  if (typeof label === 'number') return label;
  const labels = labelsOf(config) ?? [];
  const named = label === undefined ? -1 : labels.indexOf(label);
  // The command line passes numbers as text.
  const index = named < 0 && /^\d+$/.test(label ?? '') ? Number(label) : named;
  if (index < 0) {
    throw new FolderFault(
      label === undefined
        ? `the head "label" needs "label": one of ${labels.join(', ')}`
        : `there is no label "${label}". The model has ${labels.join(', ') || 'no named labels'}`,
    );
  }
  return index;
}

interface HeadReading {
  readonly head: Head;
  readonly pass: Pass;
  readonly outputs: readonly string[];
  readonly label: string;
}

function readHead(config: Config | undefined, rule: OnnxRule): HeadReading {
  const name = headName(config, rule);
  const answer = { pass: 'answer', outputs: [] } as const;
  switch (name) {
    case 'scalar':
      return { ...answer, head: { kind: 'scalar' }, label: 'one number, the reward' };
    case 'label': {
      const index = labelIndex(config, rule.label);
      return {
        ...answer,
        head: { kind: 'label', index },
        label: `log-odds of label ${labelsOf(config)?.[index] ?? index}`,
      };
    }
    case 'objectives':
      return rule.weights
        ? {
            ...answer,
            head: { kind: 'weighted', weights: rule.weights },
            label: `${rule.weights.length} weighted objectives`,
          }
        : {
            pass: 'answer',
            outputs: ['rewards', 'gating_output'],
            head: { kind: 'gated' },
            label: 'objectives, weighted by the model’s gate',
          };
    case 'embedding':
      return {
        ...answer,
        head: { kind: 'embedding', temperature: rule.temperature ?? numberIn(config, 'tau') ?? 1 },
        label: 'a preference embedding, which compares answers and gives no rewards',
      };
    case 'pair':
      return {
        pass: 'pair',
        outputs: [],
        // The number of outputs per order is known only once the model is open.
        head: { kind: 'pair', numbers: 1 },
        label: 'both answers in one text, in both orders',
      };
    case 'implicit':
      if (rule.reference === undefined) {
        throw new FolderFault(
          'it is a language model. For the implicit reward, set "reference" to the model that it was trained from',
        );
      }
      return {
        pass: 'likelihood',
        outputs: [],
        head: { kind: 'implicit', beta: rule.beta ?? 0.1, perToken: rule.perToken ?? false },
        label: `implicit reward, β ${rule.beta ?? 0.1}${rule.perToken ? ', per token' : ''}`,
      };
  }
}

export function textForm(files: FolderFiles, rule: ModelRule, pass: Pass): { form: TextForm; label: string } {
  const { format } = rule;
  if (format !== undefined && format !== 'chat') {
    const needed = pass === 'pair' ? ['{first}', '{second}'] : ['{response}'];
    const missing = needed.filter((place) => !format.includes(place));
    if (missing.length > 0) throw new FolderFault(`the format has no ${missing.join(' and no ')}`);
    return { form: { kind: 'format', format }, label: 'the format from preflens.json' };
  }
  if (pass === 'pair') {
    const tokens = JSON.stringify(files.tokenizer?.['added_tokens'] ?? []);
    if (['<|source|>', '<|candidate1|>', '<|candidate2|>'].every((token) => tokens.includes(token))) {
      return {
        form: { kind: 'format', format: '<|source|>{prompt}<|candidate1|>{first}<|candidate2|>{second}' },
        label: 'source and candidates with their special tokens',
      };
    }
    throw new FolderFault('a pair model needs a "format": a text with {prompt}, {first} and {second}');
  }
  const chat = chatFormOf(files);
  if (chat) return { form: { kind: 'chat', ...chat }, label: 'its chat template' };
  if (format === 'chat') throw new FolderFault('it has no chat template');
  return pass === 'likelihood'
    ? {
        form: { kind: 'format', format: '{prompt}{response}' },
        label: 'prompt and answer, one after the other',
      }
    : { form: { kind: 'two-texts' }, label: 'prompt and answer as two texts' };
}

export function windowOf(files: FolderFiles, rule: ModelRule): { max: number; label: string } {
  if (rule.maxTokens !== undefined) return { max: rule.maxTokens, label: 'set in preflens.json' };
  const { config, tokenizerConfig } = files;
  const isOffset = OFFSET_POSITIONS.test(tokenText(config?.['model_type']) ?? '');
  const positions = numberIn(config, 'max_position_embeddings', 'n_positions', 'max_sequence_length');
  // Tokenizers without a limit write 10^30.
  const limits = [
    positions === undefined ? Infinity : positions - (isOffset ? 2 : 0),
    numberIn(tokenizerConfig, 'model_max_length') ?? Infinity,
  ];
  const max = Math.min(...limits);
  if (max <= MAX_TOKENS) return { max, label: 'the model’s limit' };
  const allowed = max < 1e9 ? `the model allows ${max}` : 'the model states no limit';
  return { max: MAX_TOKENS, label: `${allowed}; set "maxTokens" for more` };
}

export function padId(files: FolderFiles): number {
  const named = numberIn(files.config, 'pad_token_id');
  if (named !== undefined) return named;
  const token = tokenText(files.tokenizerConfig?.['pad_token']);
  const added = files.tokenizer?.['added_tokens'];
  const known = Array.isArray(added) ? (added as { content?: unknown; id?: unknown }[]) : [];
  const id = known.find(({ content }) => content === token)?.id;
  return typeof id === 'number' ? id : 0;
}

export function tokenizerKind({ tokenizer }: FolderFiles): string | undefined {
  return tokenText((tokenizer?.['model'] as { type?: unknown } | undefined)?.type);
}

export function tokenizerWarnings(files: FolderFiles): string[] {
  if (tokenizerKind(files) !== 'Unigram' || files.referenceIds) return [];
  return [
    'It has a Unigram tokenizer, which may give some texts different ids than the original tokenizer. ' +
      'To check that, put a few texts with their ids beside the model as preflens.ids.json.',
  ];
}

/** Decides how to use a folder, as far as possible without running the model. Throws a FolderFault. */
export function readFolder(files: FolderFiles, rule: OnnxRule): FolderReading {
  const file = chooseFile(files.onnx, rule.file);
  if (!files.tokenizer) {
    throw new FolderFault(
      'it has no tokenizer.json. Save the tokenizer into it ("save_pretrained" of a fast tokenizer)',
    );
  }
  const { head, pass, outputs, label } = readHead(files.config, rule);
  const text = textForm(files, rule, pass);
  const window = windowOf(files, rule);
  const side = files.tokenizerConfig?.['truncation_side'];
  const truncate = rule.truncate ?? (side === 'right' || side === 'left' ? side : 'left');
  const warnings = tokenizerWarnings(files);
  if (!files.config) warnings.push('It has no config.json, so PrefLens expects one number per answer.');
  return {
    spec: { file, pass, outputs, text: text.form, maxTokens: window.max, truncate, padId: padId(files) },
    head,
    brief: `${nameOf(files.config) ?? 'A model'} that reads ${text.label}, at most ${window.max} tokens, cut on the ${truncate}`,
    found: [
      `Model: ${[file, nameOf(files.config)].filter((part) => part !== undefined).join(', ')}.`,
      `Reads: ${text.label}; tokenizer ${tokenizerKind(files) ?? 'of an unknown kind'}.`,
      `Gives: ${label}.`,
      `At most ${window.max} tokens (${window.label}); longer texts lose the ${truncate === 'left' ? 'beginning of the prompt' : 'end of the answer'}.`,
    ],
    warnings,
  };
}
