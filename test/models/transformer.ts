// A small transformer as an ONNX graph, in the forms that exporters write.
import type { Dimension, OnnxFiles, Type } from './onnx.ts';
import { Graph } from './onnx.ts';
import type { Sizes, Tensor, Weights } from './weights.ts';
import { EPSILON } from './weights.ts';

export interface Form {
  /** Precision of weights and arithmetic; `int8` stores matrices in 8 bits and computes in floats. */
  readonly precision?: 'fp32' | 'fp16' | 'int8';
  readonly ids?: 'int64' | 'int32';
  readonly hasTypes?: boolean;
  readonly hasPositions?: boolean;
  /** Fixed sizes; free if absent. */
  readonly batch?: number;
  readonly length?: number;
  readonly dataName?: string;
  /** An encoder: the output has this name, and holds the hidden states instead of a head's numbers. */
  readonly states?: string;
}

class Builder {
  readonly graph: Graph;
  readonly #precision: 'fp32' | 'fp16' | 'int8';

  constructor(form: Form) {
    this.graph = new Graph(form.dataName);
    this.#precision = form.precision ?? 'fp32';
  }

  get float(): Type {
    return this.#precision === 'fp16' ? 'float16' : 'float';
  }

  constant(value: number): string {
    return this.graph.weight(this.float, [], [value]);
  }

  plain({ dims, values }: Tensor): string {
    return this.graph.weight(this.float, dims, values);
  }

  matrix(tensor: Tensor): string {
    if (this.#precision !== 'int8') return this.plain(tensor);
    const max = tensor.values.reduce((top, value) => Math.max(top, Math.abs(value)), 0) / 127;
    const quantised = Int8Array.from(tensor.values, (value) => Math.round(value / max));
    const scale = this.graph.weight('float', [], [max]);
    return this.graph.op('DequantizeLinear', [this.graph.weight('int8', tensor.dims, quantised), scale]);
  }

  add(a: string, b: string): string {
    return this.graph.op('Add', [a, b]);
  }

  mul(a: string, b: string): string {
    return this.graph.op('Mul', [a, b]);
  }

  norm(x: string, scale: Tensor): string {
    return this.graph.op('LayerNormalization', [x, this.plain(scale)], {
      axis: -1,
      epsilon: { float: EPSILON },
    });
  }

  gelu(x: string): string {
    const erf = this.graph.op('Erf', [this.mul(x, this.constant(Math.SQRT1_2))]);
    return this.mul(this.mul(x, this.constant(0.5)), this.add(erf, this.constant(1)));
  }
}

/** `Range(0, length of the second dimension)`, int64. */
function positionsOf(graph: Graph, ids: string): string {
  const length = graph.op('Gather', [graph.op('Shape', [ids]), graph.weight('int64', [], [1])], { axis: 0 });
  return graph.op('Range', [graph.weight('int64', [], [0]), length, graph.weight('int64', [], [1])]);
}

function maskBias(b: Builder, mask: string, ids: string, isCausal: boolean): string {
  const { graph } = b;
  const cast = (x: string): string => graph.op('Cast', [x], { to: b.float === 'float16' ? 10 : 1 });
  const far = b.constant(-1e4);
  const hidden = graph.op('Sub', [b.constant(1), cast(mask)]);
  const padding = b.mul(graph.op('Unsqueeze', [hidden, graph.ints([1, 2])]), far);
  if (!isCausal) return padding;
  const positions = positionsOf(graph, ids);
  const [row, column] = [
    graph.op('Unsqueeze', [positions, graph.ints([1])]),
    graph.op('Unsqueeze', [positions, graph.ints([0])]),
  ];
  return b.add(padding, b.mul(cast(graph.op('Greater', [column, row])), far));
}

/** Outputs: `logits` of [batch, outputs], or of [batch, length, vocabulary]; gated: `rewards` and `gating_output`. */
export function transformer(sizes: Sizes, weights: Weights, form: Form = {}): OnnxFiles {
  const b = new Builder(form);
  const { graph } = b;
  const { hidden, heads } = sizes;
  const type = form.ids ?? 'int64';
  const shape: readonly Dimension[] = [form.batch ?? 'batch', form.length ?? 'length'];
  const ids = graph.input('input_ids', type, shape);
  const mask = graph.input('attention_mask', type, shape);
  const types = form.hasTypes ? graph.input('token_type_ids', type, shape) : undefined;
  const positions = form.hasPositions ? graph.input('position_ids', type, shape) : positionsOf(graph, ids);
  let x = b.add(
    graph.op('Gather', [b.plain(weights.words), ids]),
    graph.op('Gather', [b.plain(weights.positions), positions]),
  );
  if (types !== undefined) x = b.add(x, graph.op('Gather', [b.plain(weights.types), types]));
  x = b.norm(x, weights.norm);
  const bias = maskBias(b, mask, ids, sizes.isCausal ?? false);
  const split = graph.ints([0, 0, heads, hidden / heads]);
  const flat = graph.ints([0, 0, hidden]);
  const scale = b.constant(1 / Math.sqrt(hidden / heads));
  for (const layer of weights.layers) {
    const project = (tensor: Tensor, perm: readonly number[]): string =>
      graph.op('Transpose', [graph.op('Reshape', [graph.op('MatMul', [x, b.matrix(tensor)]), split])], {
        perm,
      });
    const query = project(layer.query, [0, 2, 1, 3]);
    const key = project(layer.key, [0, 2, 3, 1]);
    const value = project(layer.value, [0, 2, 1, 3]);
    const scores = b.add(b.mul(graph.op('MatMul', [query, key]), scale), bias);
    const mixed = graph.op('MatMul', [graph.op('Softmax', [scores], { axis: -1 }), value]);
    const joined = graph.op('Reshape', [graph.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }), flat]);
    x = b.norm(b.add(x, graph.op('MatMul', [joined, b.matrix(layer.out)])), layer.norm1);
    const fed = b.gelu(graph.op('MatMul', [x, b.matrix(layer.up)]));
    x = b.norm(b.add(x, graph.op('MatMul', [fed, b.matrix(layer.down)])), layer.norm2);
  }
  const [batch = 'batch', length = 'length'] = shape;
  if (form.states !== undefined) {
    graph.output(form.states, x, b.float, [batch, length, hidden]);
    return graph.build();
  }
  if (sizes.outputs === 0) {
    const turned = graph.op('Transpose', [b.plain(weights.words)], { perm: [1, 0] });
    graph.output('logits', graph.op('MatMul', [x, turned]), b.float, [batch, length, sizes.vocabulary]);
    return graph.build();
  }
  const first = graph.op('Tanh', [graph.op('Gather', [x, graph.weight('int64', [], [0])], { axis: 1 })]);
  const logits = graph.op('MatMul', [first, b.plain(weights.head)]);
  graph.output(sizes.isGated ? 'rewards' : 'logits', logits, b.float, [batch, sizes.outputs]);
  if (sizes.isGated) {
    const gate = graph.op('Softmax', [graph.op('MatMul', [first, b.plain(weights.gate)])], { axis: -1 });
    graph.output('gating_output', gate, b.float, [batch, sizes.outputs]);
  }
  return graph.build();
}
