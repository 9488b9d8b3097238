// Models that work until a certain token appears: then they never end, take all memory, or fail.
import type { OnnxFiles } from './onnx.ts';
import { Graph } from './onnx.ts';

export type Poison = 'hangs' | 'eats' | 'fails';

/** An endless loop, and 12 GB of floats. */
const ENDLESS = 2 ** 50;
const HUGE = 3e9;

/** The reward is the mean of one number per token. A text with the token `id` triggers the failure. */
export function poisonous(kind: Poison, id: number, vocabulary: number): OnnxFiles {
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', ['batch', 'length']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'length']);
  const worth = graph.weight(
    'float',
    [vocabulary],
    Array.from({ length: vocabulary }, (_, word) => Math.sin(word)),
  );
  const seen = graph.op('Cast', [mask], { to: 1 });
  const values = graph.op('Mul', [graph.op('Gather', [worth, ids]), seen]);
  const axes = graph.ints([1]);
  const reward = graph.op('Div', [
    graph.op('ReduceSum', [values, axes], { keepdims: 1 }),
    graph.op('ReduceSum', [seen, axes], { keepdims: 1 }),
  ]);
  const isPoison = graph.op(
    'ReduceMax',
    [graph.op('Cast', [graph.op('Equal', [ids, graph.weight('int64', [], [id])])], { to: 7 })],
    { keepdims: 0 },
  );
  const times = (count: number): string => graph.op('Mul', [isPoison, graph.weight('int64', [], [count])]);
  const harm = { hangs: endless, eats: huge, fails: outOfRange }[kind](graph, times);
  const none = graph.op('Mul', [harm, graph.weight('float', [], [0])]);
  graph.output('logits', graph.op('Add', [reward, none]), 'float', ['batch', 1]);
  return graph.build();
}

type Times = (count: number) => string;

function endless(graph: Graph, times: Times): string {
  const body = new Graph(undefined, 'body_');
  body.input('body_turn', 'int64', []);
  const goOn = body.input('body_go_on', 'bool', []);
  const sum = body.input('body_sum', 'float', []);
  body.output('body_next', goOn, 'bool', []);
  body.output(
    'body_more',
    body.op('Sin', [body.op('Add', [sum, body.weight('float', [], [1])])]),
    'float',
    [],
  );
  const [yes, start] = [graph.weight('bool', [], [1]), graph.weight('float', [], [0])];
  return graph.op('Loop', [times(ENDLESS), yes, start], { body: { graph: body } });
}

function huge(graph: Graph, times: Times): string {
  const size = graph.op('Add', [times(HUGE), graph.weight('int64', [], [1])]);
  const zeros = graph.op('ConstantOfShape', [graph.op('Unsqueeze', [size, graph.ints([0])])]);
  return graph.op('ReduceSum', [zeros], { keepdims: 0 });
}

function outOfRange(graph: Graph, times: Times): string {
  return graph.op('Gather', [graph.weight('float', [1], [1]), times(5)]);
}
