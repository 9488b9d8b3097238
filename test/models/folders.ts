// Writes model folders like exporters do, for tests and benches.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { OnnxFiles } from './onnx.ts';
import type { Kind } from './tokenizers.ts';
import { CHAT_TEMPLATE, makeTokenizer } from './tokenizers.ts';
import type { Form } from './transformer.ts';
import { transformer } from './transformer.ts';
import type { Sizes, Weights } from './weights.ts';
import { makeWeights } from './weights.ts';

export interface ModelRecipe {
  readonly kind?: Kind;
  readonly isChat?: boolean;
  readonly sizes?: Partial<Sizes>;
  readonly form?: Form;
  readonly seed?: number;
  /** Path of the .onnx file in the folder. */
  readonly file?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** More files, as text or as JSON. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** A different kind of model in place of the transformer. */
  readonly onnx?: (vocabulary: number) => OnnxFiles;
}

export interface MadeModel {
  readonly folder: string;
  readonly sizes: Sizes;
  readonly weights: Weights;
}

export const SMALL: Omit<Sizes, 'vocabulary'> = {
  layers: 2,
  hidden: 16,
  heads: 2,
  positions: 64,
  outputs: 1,
};

export function writeModel(folder: string, recipe: ModelRecipe = {}): MadeModel {
  const tokenizer = makeTokenizer(recipe.kind ?? 'wordpiece', recipe.isChat ? CHAT_TEMPLATE : undefined);
  const sizes: Sizes = { ...SMALL, vocabulary: tokenizer.size, ...recipe.sizes };
  const weights = makeWeights(sizes, recipe.seed ?? 1);
  const file = recipe.file ?? 'model.onnx';
  const { model, data } = recipe.onnx?.(sizes.vocabulary) ?? transformer(sizes, weights, recipe.form);
  const put = (name: string, content: unknown): void => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      content instanceof Uint8Array || typeof content === 'string' ? content : JSON.stringify(content),
    );
  };
  put(file, model);
  if (data && recipe.form?.dataName !== undefined) put(join(dirname(file), recipe.form.dataName), data);
  put('config.json', {
    architectures: [sizes.outputs === 0 ? 'TestForCausalLM' : 'TestForSequenceClassification'],
    max_position_embeddings: sizes.positions,
    ...(sizes.outputs > 0 && {
      id2label: Object.fromEntries(Array.from({ length: sizes.outputs }, (_, i) => [i, `LABEL_${i}`])),
    }),
    pad_token_id: 0,
    ...recipe.config,
  });
  put('tokenizer.json', tokenizer.json);
  put('tokenizer_config.json', { ...tokenizer.config, ...recipe.tokenizerConfig });
  for (const [name, content] of Object.entries(recipe.extra ?? {})) put(name, content);
  return { folder, sizes, weights };
}
