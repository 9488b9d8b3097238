// Splits JSON values into columns: from a line to levels and values.
import { fieldsOf, itemsOf } from '#core/json/scan.ts';

import type { Leaf, Node } from './schema.ts';
import { leavesOf, ParquetError } from './schema.ts';
import { parseValue } from './text.ts';

/** One cell in one column: an entry for each value, null and empty list. */
export interface Entries {
  readonly repetition: number[];
  readonly definition: number[];
  /** Values of the entries that have one, in order. */
  readonly values: Uint8Array[];
}

const decoder = new TextDecoder();
const [N, OPEN_OBJECT, OPEN_LIST] = [0x6e, 0x7b, 0x5b];

function nameOf(node: Node): string {
  return node.kind === 'leaf' ? node.path.join('.') : node.name;
}

/**
 * Entries of the JSON value `json[start, end)` in the columns below a node. Throws ParquetError if they can't hold
 * it.
 */
export function shred(json: Uint8Array, start: number, end: number, node: Node): ReadonlyMap<Leaf, Entries> {
  const columns = new Map<Leaf, Entries>(
    leavesOf(node).map((leaf) => [leaf, { repetition: [], definition: [], values: [] }]),
  );
  const put = (below: Node, repetition: number, definition: number): void => {
    for (const leaf of leavesOf(below)) {
      columns.get(leaf)?.repetition.push(repetition);
      columns.get(leaf)?.definition.push(definition);
    }
  };
  const take = (at: Node, from: number, to: number, repetition: number): void => {
    if (json[from] === N) {
      if (!at.isOptional) throw new ParquetError(`column ${nameOf(at)} must not be null`);
      put(at, repetition, at.definition - 1);
      return;
    }
    if (at.kind === 'leaf') {
      put(at, repetition, at.definition);
      columns.get(at)?.values.push(parseValue(json.subarray(from, to), at));
      return;
    }
    if (at.kind === 'list') {
      if (json[from] !== OPEN_LIST)
        throw new ParquetError(`column ${nameOf(at)} holds lists, and this is not a list`);
      let count = 0;
      for (const { valueStart, valueEnd } of itemsOf(json, from, to))
        take(at.element, valueStart, valueEnd, count++ === 0 ? repetition : at.repetition);
      if (count === 0) put(at, repetition, at.definition);
      return;
    }
    if (json[from] !== OPEN_OBJECT)
      throw new ParquetError(`column ${nameOf(at)} holds objects, and this is not an object`);
    const spans = new Map(
      [...fieldsOf(json, from, to)].map((span) => [
        JSON.parse(decoder.decode(json.subarray(span.keyStart, span.keyEnd))) as string,
        span,
      ]),
    );
    for (const field of at.fields) {
      const span = spans.get(field.name);
      spans.delete(field.name);
      if (span) take(field, span.valueStart, span.valueEnd, repetition);
      else if (field.isOptional) put(field, repetition, field.definition - 1);
      else throw new ParquetError(`column ${nameOf(field)} must have a value`);
    }
    for (const name of spans.keys()) throw new ParquetError(`column ${nameOf(at)} has no field "${name}"`);
  };
  take(node, start, end, 0);
  return columns;
}
