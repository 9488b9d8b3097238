// An encoder that counts words, and pairs of which it finds some alike.
import { seededRandom } from '#core/score/random.ts';

import type { ModelRecipe } from './folders.ts';
import type { OnnxFiles } from './onnx.ts';
import { Graph } from './onnx.ts';

/** A folder with this encoder: a number for each word of the vocabulary says how often it is there. */
export function bagRecipe(): ModelRecipe {
  return { kind: 'wordpiece', isChat: false, onnx: bagEncoder };
}

function bagEncoder(vocabulary: number): OnnxFiles {
  const graph = new Graph();
  const input = graph.input('input_ids', 'int64', ['batch', 'length']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'length']);
  const seen = graph.op('Unsqueeze', [graph.op('Cast', [mask], { to: 1 }), graph.ints([2])]);
  const ones = Float32Array.from({ length: vocabulary ** 2 }, (_, at) =>
    Number(at % vocabulary === Math.floor(at / vocabulary)),
  );
  const table = graph.weight('float', [vocabulary, vocabulary], ones);
  const rows = graph.op('Mul', [graph.op('Gather', [table, input]), seen]);
  const counts = graph.op('ReduceSum', [rows, graph.ints([1])], { keepdims: 0 });
  graph.output('sentence_embedding', counts, 'float', ['batch', vocabulary]);
  return graph.build();
}

/** So many that random pairs are hardly alike. */
const WORDS =
  'the of to and in is it you that he was for on are with as his they be at one have this but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see'.split(
    ' ',
  );

type Kind = 'alike' | 'flipped' | 'other' | 'isolated';

export interface BagPair {
  readonly record: Readonly<Record<'prompt' | 'chosen' | 'rejected', string>>;
  readonly kind: Kind;
}

/** Numbers of flipped pairs among those that are alike: behind the first ones, which their searches find. */
const FLIPPED = [30, 41, 58, 73, 91];

/**
 * A hundred pairs whose better answer has the same words as the other one, and two more that are always the same: their
 * differences are equal. Five of them are flipped. Beside each stands one with random words, and at the end one with words that
 * no other has.
 */
export function bagPairs(seed: number): readonly BagPair[] {
  const random = seededRandom(seed);
  const some = (): string[] =>
    Array.from({ length: 8 }, () => WORDS[Math.floor(random() * WORDS.length)] ?? '');
  const shuffled = (words: readonly string[]): string =>
    words
      .map((word) => ({ word, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ word }) => word)
      .join(' ');
  const pairs: BagPair[] = [];
  for (let i = 0; i < 100; i++) {
    const words = some();
    const [better, worse] = [shuffled([...words, 'hot', 'water']), shuffled(words)];
    const isFlipped = FLIPPED.includes(i);
    const [chosen, rejected] = isFlipped ? [worse, better] : [better, worse];
    pairs.push({
      record: { prompt: some().join(' '), chosen, rejected },
      kind: isFlipped ? 'flipped' : 'alike',
    });
    const [one, two] = [some().join(' '), some().join(' ')];
    pairs.push({ record: { prompt: some().join(' '), chosen: one, rejected: two }, kind: 'other' });
  }
  const record = { prompt: some().join(' '), chosen: 'people sound number', rejected: 'day year man' };
  return [...pairs, { record, kind: 'isolated' }];
}
