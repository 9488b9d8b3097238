// Decides how a text encoder's folder is used: which of its outputs, pooled how, from which text.
import type { EmbeddingSpec, FolderFiles, ModelReading, TextForm } from './folder.ts';
import {
  chooseFile,
  FolderFault,
  nameOf,
  numberIn,
  padId,
  textForm,
  tokenizerKind,
  tokenizerWarnings,
  windowOf,
} from './folder.ts';
import type { Pooling, ProbeRule } from './scorerRule.ts';
import { POOLINGS } from './scorerRule.ts';

/** Outputs that hold an embedding, the best first: of the whole text, then of each token. */
export const EMBEDDING_OUTPUTS = ['sentence_embedding', 'last_hidden_state', 'token_embeddings'] as const;

/** The prompt stands before the answer, so that a cut text loses its prompt first. */
const PROMPT_AND_ANSWER = '{prompt}\n\n{response}';

/** Flags of `1_Pooling/config.json`, in the order in which sentence-transformers joins what they give. */
const POOLING_FLAGS: readonly (readonly [flag: string, pooling: Pooling])[] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'meanSqrtLength'],
  ['pooling_mode_weightedmean_tokens', 'weightedMean'],
  ['pooling_mode_lasttoken', 'last'],
];

const WORDS: Readonly<Record<Pooling, string>> = {
  cls: 'the first token',
  max: 'the maximum over tokens',
  mean: 'the mean of tokens',
  meanSqrtLength: 'the sum of tokens over the root of their number',
  weightedMean: 'the mean of tokens, later ones weighted more',
  last: 'the last token',
};

function poolingsOf(files: FolderFiles, rule: ProbeRule): { poolings: readonly Pooling[]; why: string } {
  if (rule.pooling !== undefined) return { poolings: [rule.pooling], why: 'set in preflens.json' };
  const { pooling, config } = files;
  const named = POOLINGS.find((name) => name === pooling?.['pooling_mode']);
  if (named) return { poolings: [named], why: 'from 1_Pooling/config.json' };
  const flagged = POOLING_FLAGS.flatMap(([flag, name]) => (pooling?.[flag] === true ? [name] : []));
  if (flagged.length > 0) return { poolings: flagged, why: 'from 1_Pooling/config.json' };
  if (pooling)
    throw new FolderFault('1_Pooling/config.json names no pooling that PrefLens knows. Set "pooling"');
  // Only the last token of a decoder has seen the whole text.
  const isDecoder = /ForCausalLM|LMHeadModel/.test(nameOf(config) ?? '');
  return isDecoder
    ? { poolings: ['last'], why: 'the usual one of a language model: the folder names none' }
    : { poolings: ['mean'], why: 'the usual one: the folder names none' };
}

const moduleIs = ({ modules }: FolderFiles, name: string): boolean =>
  modules?.some(({ type }) => typeof type === 'string' && type.endsWith(`.${name}`)) ?? false;

function windowFor(files: FolderFiles, rule: ProbeRule): { max: number; label: string } {
  const window = windowOf(files, rule);
  const max = rule.maxTokens ?? numberIn(files.sentence, 'max_seq_length') ?? Infinity;
  return max < window.max ? { max, label: 'from sentence_bert_config.json' } : window;
}

/** Decides how to use the folder of an encoder. Throws a FolderFault. */
export function readEncoder(files: FolderFiles, rule: ProbeRule): ModelReading {
  const file = chooseFile(files.onnx, rule.file);
  if (!files.tokenizer) {
    throw new FolderFault(
      'it has no tokenizer.json. Save the tokenizer into it ("save_pretrained" of a fast tokenizer)',
    );
  }
  const { poolings, why } = poolingsOf(files, rule);
  const embedding: EmbeddingSpec = { poolings, normalise: moduleIs(files, 'Normalize') };
  const text: { form: TextForm; label: string } =
    rule.format === undefined
      ? { form: { kind: 'format', format: PROMPT_AND_ANSWER }, label: 'prompt and answer in one text' }
      : textForm(files, rule, 'answer');
  const { max, label } = windowFor(files, rule);
  const truncate = rule.truncate ?? 'left';
  const pooled = poolings.map((pooling) => WORDS[pooling]).join(' and ');
  return {
    spec: {
      file,
      pass: 'answer',
      outputs: [],
      text: text.form,
      maxTokens: max,
      truncate,
      padId: padId(files),
      embedding,
    },
    brief: `${nameOf(files.config) ?? 'An encoder'} that reads ${text.label}, at most ${max} tokens, cut on the ${truncate}; its embedding is ${pooled}`,
    found: [
      `Model: ${[file, nameOf(files.config)].filter((part) => part !== undefined).join(', ')}.`,
      `Reads: ${text.label}; tokenizer ${tokenizerKind(files) ?? 'of an unknown kind'}.`,
      `Embedding: ${pooled} (${why})${embedding.normalise ? ', scaled to length 1' : ''}, unless the model gives one for the whole text.`,
      `At most ${max} tokens (${label}); longer texts lose the ${truncate === 'left' ? 'beginning of the prompt' : 'end of the answer'}.`,
    ],
    warnings: [
      ...tokenizerWarnings(files),
      ...(moduleIs(files, 'Dense')
        ? ['Its Dense layer is not applied, unless the model gives an embedding for the whole text.']
        : []),
    ],
  };
}
