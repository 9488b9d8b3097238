// What a model folder holds, and how it is to be used: decided from its small files alone.
import type { Head } from './heads.ts';
import type { HeadName, OnnxRule } from './scorerRule.ts';

/** The small files of a folder, parsed. Absent ones are undefined. */
export interface FolderFiles {
  /** Paths of all .onnx files, from the folder, sorted. */
  readonly onnx: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tokenizer?: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** `chat_template.jinja`, which goes before the one in tokenizer_config.json. */
  readonly chatTemplate?: string;
  /** `preflens.ids.json`: texts with the ids that the original tokenizer gives them, special tokens left out. */
  readonly referenceIds?: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

/** How a text is made for the model. */
export type TextForm =
  | { readonly kind: 'chat'; readonly template: string; readonly tokens: Readonly<Record<string, string>> }
  /** Prompt and answer as the two texts of the tokenizer's pair encoding. */
  | { readonly kind: 'two-texts' }
  | { readonly kind: 'format'; readonly format: string };

/** What one pass of a model gives: numbers of an answer, of two answers in an order, or a likelihood. */
export type Pass = 'answer' | 'pair' | 'likelihood';

/** All that the scoring process needs to know, and all that scores depend on but the bytes of the files. */
export interface ModelSpec {
  /** The .onnx file, from the folder. */
  readonly file: string;
  readonly pass: Pass;
  /** Outputs to be taken, one after the other; empty: the first. */
  readonly outputs: readonly string[];
  readonly text: TextForm;
  readonly maxTokens: number;
  readonly truncate: 'left' | 'right';
  readonly padId: number;
}

export interface FolderReading {
  readonly spec: ModelSpec;
  readonly head: Head;
  /** The same in one sentence. */
  readonly brief: string;
  /** What was found and what follows from it, a sentence each. */
  readonly found: readonly string[];
  readonly warnings: readonly string[];
}

/** A folder that cannot be used: what is wrong and what to do. */
export class FolderFault extends Error {}

/** Longer texts than this are cut unless the user asks for more: memory grows with the square. */
const MAX_TOKENS = 4096;

/** Models whose first positions are reserved. */
const OFFSET_POSITIONS = /roberta|camembert|longformer|mpnet|xlm/;

type Config = Readonly<Record<string, unknown>>;

function numberIn(config: Config | undefined, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = config?.[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  return undefined;
}

/** A text, alone or as `content` of an added token. */
function tokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : undefined;
}

function chooseFile(onnx: readonly string[], wanted: string | undefined): string {
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
      'it has no .onnx file. Export the model, for example with "optimum-cli export onnx", and name the folder that this writes',
    );
  }
  if (onnx.length === 1) return only;
  throw new FolderFault(`it has several models (${onnx.join(', ')}). Name one as "file"`);
}

function labelsOf(config: Config | undefined): readonly string[] | undefined {
  const names = config?.['id2label'];
  if (typeof names === 'object' && names !== null) return Object.values(names).map(String);
  const count = numberIn(config, 'num_labels');
  return count === undefined ? undefined : Array.from({ length: count }, (_, i) => `LABEL_${i}`);
}

/** The first of the architectures that a config.json names. */
function nameOf(config: Config | undefined): string | undefined {
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
      `it puts out ${labels.length} numbers (${labels.join(', ')}). Say in preflens.json which one speaks for a good answer ("label"), or what each weighs ("weights")`,
    );
  }
  return 'scalar';
}

function labelIndex(config: Config | undefined, label: OnnxRule['label']): number {
  if (typeof label === 'number') return label;
  const labels = labelsOf(config) ?? [];
  const named = label === undefined ? -1 : labels.indexOf(label);
  // Command lines have no numbers.
  const index = named < 0 && /^\d+$/.test(label ?? '') ? Number(label) : named;
  if (index < 0) {
    throw new FolderFault(
      label === undefined
        ? `the head "label" needs to know which one: ${labels.join(', ')}`
        : `there is no label "${label}". It has ${labels.join(', ') || 'none with a name'}`,
    );
  }
  return index;
}

interface HeadReading {
  readonly head: Head;
  readonly pass: Pass;
  readonly outputs: readonly string[];
  readonly words: string;
}

function readHead(config: Config | undefined, rule: OnnxRule): HeadReading {
  const name = headName(config, rule);
  const answer = { pass: 'answer', outputs: [] } as const;
  switch (name) {
    case 'scalar':
      return { ...answer, head: { kind: 'scalar' }, words: 'one number: the reward' };
    case 'label': {
      const index = labelIndex(config, rule.label);
      return {
        ...answer,
        head: { kind: 'label', index },
        words: `log-odds of label ${labelsOf(config)?.[index] ?? index}`,
      };
    }
    case 'objectives':
      return rule.weights
        ? {
            ...answer,
            head: { kind: 'weighted', weights: rule.weights },
            words: `${rule.weights.length} objectives, weighed`,
          }
        : {
            pass: 'answer',
            outputs: ['rewards', 'gating_output'],
            head: { kind: 'gated' },
            words: 'objectives, weighed by the gate of the model',
          };
    case 'embedding':
      return {
        ...answer,
        head: { kind: 'embedding', temperature: rule.temperature ?? numberIn(config, 'tau') ?? 1 },
        words: 'a preference embedding: answers are compared, they have no reward of their own',
      };
    case 'pair':
      return {
        pass: 'pair',
        outputs: [],
        // How many numbers an order gives is known when the model is open.
        head: { kind: 'pair', numbers: 1 },
        words: 'both answers in one text, in both orders',
      };
    case 'implicit':
      if (rule.reference === undefined) {
        throw new FolderFault(
          'it is a language model. For the implicit reward name the model that it was trained from as "reference"',
        );
      }
      return {
        pass: 'likelihood',
        outputs: [],
        head: { kind: 'implicit', beta: rule.beta ?? 0.1, perToken: rule.perToken ?? false },
        words: `implicit reward, β ${rule.beta ?? 0.1}${rule.perToken ? ', for each token' : ''}`,
      };
  }
}

function chatTemplate(files: FolderFiles): string | undefined {
  if (files.chatTemplate !== undefined) return files.chatTemplate;
  const template = files.tokenizerConfig?.['chat_template'];
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as readonly { name?: unknown; template?: unknown }[];
  const chosen = named.find(({ name }) => name === 'default') ?? named[0];
  return typeof chosen?.template === 'string' ? chosen.template : undefined;
}

function textForm(files: FolderFiles, rule: OnnxRule, pass: Pass): { form: TextForm; words: string } {
  const { format } = rule;
  const template = chatTemplate(files);
  if (format !== undefined && format !== 'chat') {
    const needed = pass === 'pair' ? ['{first}', '{second}'] : ['{response}'];
    const missing = needed.filter((place) => !format.includes(place));
    if (missing.length > 0) throw new FolderFault(`the format has no ${missing.join(' and no ')}`);
    return { form: { kind: 'format', format }, words: 'the format of preflens.json' };
  }
  if (pass === 'pair') {
    const tokens = JSON.stringify(files.tokenizer?.['added_tokens'] ?? []);
    if (['<|source|>', '<|candidate1|>', '<|candidate2|>'].every((token) => tokens.includes(token))) {
      return {
        form: { kind: 'format', format: '<|source|>{prompt}<|candidate1|>{first}<|candidate2|>{second}' },
        words: 'source and candidates by their special tokens',
      };
    }
    throw new FolderFault('a model of pairs needs a "format": the text with {prompt}, {first} and {second}');
  }
  if (template !== undefined) {
    const tokens = Object.fromEntries(
      ['bos_token', 'eos_token', 'pad_token', 'unk_token'].flatMap((name) => {
        const text = tokenText(files.tokenizerConfig?.[name]);
        return text === undefined ? [] : [[name, text]];
      }),
    );
    return { form: { kind: 'chat', template, tokens }, words: 'its chat template' };
  }
  if (format === 'chat') throw new FolderFault('it has no chat template');
  return pass === 'likelihood'
    ? {
        form: { kind: 'format', format: '{prompt}{response}' },
        words: 'prompt and answer, one after the other',
      }
    : { form: { kind: 'two-texts' }, words: 'prompt and answer as two texts' };
}

function windowOf(files: FolderFiles, rule: OnnxRule): { max: number; words: string } {
  if (rule.maxTokens !== undefined) return { max: rule.maxTokens, words: 'set in preflens.json' };
  const { config, tokenizerConfig } = files;
  const isOffset = OFFSET_POSITIONS.test(tokenText(config?.['model_type']) ?? '');
  const positions = numberIn(config, 'max_position_embeddings', 'n_positions', 'max_sequence_length');
  // Tokenizers without a limit of their own write 10^30.
  const limits = [
    positions === undefined ? Infinity : positions - (isOffset ? 2 : 0),
    numberIn(tokenizerConfig, 'model_max_length') ?? Infinity,
  ];
  const max = Math.min(...limits);
  if (max <= MAX_TOKENS) return { max, words: 'as the model allows' };
  const allowed = max < 1e9 ? `the model allows ${max}` : 'the model names no limit';
  return { max: MAX_TOKENS, words: `${allowed}; "maxTokens" sets more` };
}

function padId(files: FolderFiles): number {
  const named = numberIn(files.config, 'pad_token_id');
  if (named !== undefined) return named;
  const token = tokenText(files.tokenizerConfig?.['pad_token']);
  const added = files.tokenizer?.['added_tokens'];
  const known = Array.isArray(added) ? (added as { content?: unknown; id?: unknown }[]) : [];
  const id = known.find(({ content }) => content === token)?.id;
  return typeof id === 'number' ? id : 0;
}

/** Decides how a folder is used, as far as that can be told without running the model. Throws a FolderFault. */
export function readFolder(files: FolderFiles, rule: OnnxRule): FolderReading {
  const file = chooseFile(files.onnx, rule.file);
  if (!files.tokenizer) {
    throw new FolderFault(
      'it has no tokenizer.json. Save the tokenizer with it ("save_pretrained" of a fast tokenizer)',
    );
  }
  const { head, pass, outputs, words } = readHead(files.config, rule);
  const text = textForm(files, rule, pass);
  const window = windowOf(files, rule);
  const side = files.tokenizerConfig?.['truncation_side'];
  const truncate = rule.truncate ?? (side === 'right' || side === 'left' ? side : 'left');
  const kind = tokenText((files.tokenizer['model'] as { type?: unknown } | undefined)?.type);
  const warnings: string[] = [];
  if (kind === 'Unigram' && !files.referenceIds) {
    warnings.push(
      'Its tokenizer is of the Unigram kind, of which some texts may get other ids than from the original tokenizer. ' +
        'Put a few texts with their ids beside the model as preflens.ids.json and they are checked.',
    );
  }
  if (!files.config) warnings.push('It has no config.json: one number for each answer is expected.');
  return {
    spec: { file, pass, outputs, text: text.form, maxTokens: window.max, truncate, padId: padId(files) },
    head,
    brief: `${nameOf(files.config) ?? 'A model'} that reads ${text.words}, at most ${window.max} tokens, cut on the ${truncate}`,
    found: [
      `Model: ${[file, nameOf(files.config)].filter((part) => part !== undefined).join(', ')}.`,
      `Reads: ${text.words}; tokenizer ${kind ?? 'of an unknown kind'}.`,
      `Gives: ${words}.`,
      `At most ${window.max} tokens (${window.words}); longer texts lose the ${truncate === 'left' ? 'beginning of the prompt' : 'end of the answer'}.`,
    ],
    warnings,
  };
}
