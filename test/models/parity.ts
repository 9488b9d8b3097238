// An encoder that knows what no count of words tells: whether exactly one of two words stands in a text.
import { seededRandom } from '#core/score/random.ts';

import type { ModelRecipe } from './folders.ts';
import type { OnnxFiles } from './onnx.ts';
import { Graph } from './onnx.ts';
import { makeTokenizer } from './tokenizers.ts';

/** Of the embedding: the parity, and noise that depends on the words alone. */
export const PARITY_WIDTH = 8;

/** The two words. */
const PARITY_WORDS = ['hot', 'water'] as const;

/** A folder with this encoder. */
export function parityRecipe(): ModelRecipe {
  const { vocab } = makeTokenizer('wordpiece').json.model as { vocab: Record<string, number> };
  const [one = 0, two = 0] = PARITY_WORDS.map((word) => vocab[word]);
  return { onnx: (vocabulary) => parityEncoder([one, two], vocabulary) };
}

function parityEncoder(ids: readonly [number, number], vocabulary: number): OnnxFiles {
  const graph = new Graph();
  const input = graph.input('input_ids', 'int64', ['batch', 'length']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'length']);
  const seen = graph.op('Unsqueeze', [graph.op('Cast', [mask], { to: 1 }), graph.ints([2])]);
  const pooled = (width: number, values: ArrayLike<number>): string => {
    const table = graph.weight('float', [vocabulary, width], values);
    const rows = graph.op('Mul', [graph.op('Gather', [table, input]), seen]);
    return graph.op('ReduceSum', [rows, graph.ints([1])], { keepdims: 0 });
  };
  const sign = pooled(
    1,
    Float32Array.from({ length: vocabulary }, (_, id) => Number(id === ids[0]) - Number(id === ids[1])),
  );
  const random = seededRandom(5);
  const noise = pooled(
    PARITY_WIDTH - 1,
    Float32Array.from({ length: vocabulary * (PARITY_WIDTH - 1) }, () => random() - 0.5),
  );
  const parity = graph.op('Mul', [sign, sign]);
  const joined = graph.op('Concat', [parity, noise], { axis: 1 });
  graph.output('sentence_embedding', joined, 'float', ['batch', PARITY_WIDTH]);
  return graph.build();
}

/** Random words of the test vocabulary that say nothing. */
const WORDS = 'the of to and in is it you that he was for on are with as his they be at one have this'.split(
  ' ',
);

export interface ParityPair {
  readonly record: Readonly<Record<'prompt' | 'chosen' | 'rejected', string>>;
  readonly isFlipped: boolean;
}

/** Pairs whose better answer has exactly one of the two words, and the other both or none; a tenth is flipped. */
export function parityPairs(count: number, seed: number): readonly ParityPair[] {
  const random = seededRandom(seed);
  const some = (): string[] =>
    Array.from({ length: 6 }, () => WORDS[Math.floor(random() * WORDS.length)] ?? '');
  const text = (inserted: readonly string[]): string => {
    const all = some();
    for (const word of inserted) all.splice(Math.floor(random() * (all.length + 1)), 0, word);
    return all.join(' ');
  };
  return Array.from({ length: count }, () => {
    const prompt = some().join(' ');
    const better = text([PARITY_WORDS[random() < 0.5 ? 0 : 1]]);
    const worse = text(random() < 0.5 ? PARITY_WORDS : []);
    const isFlipped = random() < 0.1;
    const [chosen, rejected] = isFlipped ? [worse, better] : [better, worse];
    return { record: { prompt, chosen, rejected }, isFlipped };
  });
}
