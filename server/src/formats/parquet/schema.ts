// Builds a file's schema tree from the element list in its footer.
import { TableError } from '../tableError.ts';
import type { ThriftStruct } from './thrift.ts';
import { booleanIn, numberIn, structIn, textIn } from './thrift.ts';

/** The file is not Parquet, damaged or not supported. The message completes "This file is …". */
export class ParquetError extends TableError {}

export const TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof TYPES)[number];

/** The meaning of a column's values, which decides their text form. */
export type Meaning =
  | { readonly kind: 'number' | 'unsigned' | 'boolean' | 'float' | 'double' | 'half' }
  | { readonly kind: 'text' | 'json' | 'bytes' | 'uuid' | 'date' | 'int96' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'time' | 'timestamp'; readonly digits: 3 | 6 | 9; readonly isUtc: boolean };

interface Placed {
  readonly name: string;
  /** Definition level of a non-null value. */
  readonly definition: number;
  /** True if null is possible. */
  readonly isOptional: boolean;
}

export interface Leaf extends Placed {
  readonly kind: 'leaf';
  /** Number of the column among all columns. */
  readonly column: number;
  /** Names from the root, as in the footer. */
  readonly path: readonly string[];
  readonly type: PhysicalType;
  /** Length in bytes if it is fixed; 0 if not. */
  readonly length: number;
  readonly meaning: Meaning;
  /** Maximum levels of the column. */
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

export interface Struct extends Placed {
  readonly kind: 'struct';
  readonly fields: readonly Node[];
}

export interface List extends Placed {
  readonly kind: 'list';
  /** Definition level at which there is an element. */
  readonly filled: number;
  /** Repetition level of a further element. */
  readonly repetition: number;
  readonly element: Node;
}

export type Node = Leaf | Struct | List;

export interface Schema {
  readonly fields: readonly Node[];
  readonly leaves: readonly Leaf[];
}

const CONVERTED = {
  utf8: 0,
  enum: 4,
  decimal: 5,
  date: 6,
  timeMs: 7,
  timeUs: 8,
  stampMs: 9,
  stampUs: 10,
  json: 19,
};
const FIRST_UNSIGNED = 11;
const LAST_UNSIGNED = 14;

/** Fields of the union LogicalType. */
const LOGICAL = {
  string: 1,
  enum: 4,
  decimal: 5,
  date: 6,
  time: 7,
  stamp: 8,
  int: 10,
  json: 12,
  uuid: 14,
  half: 15,
};

/** Digits after the seconds, by the field of the union TimeUnit. */
function digitsOf(struct: ThriftStruct): 3 | 6 | 9 {
  const unit = structIn(struct, 2)?.fields[0]?.id;
  return unit === 1 ? 3 : unit === 3 ? 9 : 6;
}

function meaningOf(element: ThriftStruct, type: PhysicalType): Meaning {
  const converted = numberIn(element, 6);
  const logical = structIn(element, 10);
  const is = (id: number): ThriftStruct | undefined => logical && structIn(logical, id);
  const isInteger = type === 'INT32' || type === 'INT64';
  const decimal = is(LOGICAL.decimal);
  if (decimal || converted === CONVERTED.decimal)
    return { kind: 'decimal', scale: (decimal && numberIn(decimal, 1)) ?? numberIn(element, 7) ?? 0 };
  if (type === 'BYTE_ARRAY') {
    if (is(LOGICAL.json) ?? converted === CONVERTED.json) return { kind: 'json' };
    const isText =
      (is(LOGICAL.string) ?? is(LOGICAL.enum)) !== undefined ||
      [CONVERTED.utf8, CONVERTED.enum].includes(converted ?? -1);
    return { kind: isText ? 'text' : 'bytes' };
  }
  if (type === 'FIXED_LEN_BYTE_ARRAY') {
    const length = numberIn(element, 2);
    if (is(LOGICAL.uuid) && length === 16) return { kind: 'uuid' };
    return { kind: is(LOGICAL.half) && length === 2 ? 'half' : 'bytes' };
  }
  if (isInteger) {
    if (is(LOGICAL.date) ?? converted === CONVERTED.date) return { kind: 'date' };
    const [time, stamp] = [is(LOGICAL.time), is(LOGICAL.stamp)];
    if (time) return { kind: 'time', digits: digitsOf(time), isUtc: false };
    if (stamp) return { kind: 'timestamp', digits: digitsOf(stamp), isUtc: booleanIn(stamp, 1) ?? false };
    if (converted === CONVERTED.timeMs || converted === CONVERTED.timeUs)
      return { kind: 'time', digits: converted === CONVERTED.timeMs ? 3 : 6, isUtc: false };
    if (converted === CONVERTED.stampMs || converted === CONVERTED.stampUs)
      return { kind: 'timestamp', digits: converted === CONVERTED.stampMs ? 3 : 6, isUtc: true };
    const integer = is(LOGICAL.int);
    const isUnsigned = integer
      ? booleanIn(integer, 2) === false
      : converted !== undefined && converted >= FIRST_UNSIGNED && converted <= LAST_UNSIGNED;
    return { kind: isUnsigned ? 'unsigned' : 'number' };
  }
  const plain = { BOOLEAN: 'boolean', INT96: 'int96', FLOAT: 'float', DOUBLE: 'double' } as const;
  return { kind: plain[type] };
}

const REPEATED = 2;
const OPTIONAL = 1;

/** No real schema is deeper. */
const MAX_DEPTH = 64;

/** Lists older than the three-level form: the repeated group is the element itself. */
function isElementItself(parent: string, element: ThriftStruct, children: number): boolean {
  const name = textIn(element, 4) ?? '';
  return children !== 1 || name === 'array' || name === `${parent}_tuple`;
}

interface Levels {
  readonly definition: number;
  readonly repetition: number;
}

/** Throws ParquetError if the elements do not form a tree. */
export function readSchema(elements: readonly ThriftStruct[]): Schema {
  const leaves: Leaf[] = [];
  let next = 1;

  const element = (): ThriftStruct => {
    const one = elements[next++];
    if (!one) throw new ParquetError('damaged: its schema names more columns than it has');
    return one;
  };

  const leafOf = (one: ThriftStruct, path: readonly string[], at: Levels, isOptional: boolean): Leaf => {
    const type = TYPES[numberIn(one, 1) ?? -1];
    if (!type) throw new ParquetError(`damaged: column ${path.join('.')} has no type`);
    const length = type === 'FIXED_LEN_BYTE_ARRAY' ? (numberIn(one, 2) ?? 0) : 0;
    if (length < 0 || (type === 'FIXED_LEN_BYTE_ARRAY' && length === 0))
      throw new ParquetError(`damaged: column ${path.join('.')} has values without a length`);
    const leaf: Leaf = {
      kind: 'leaf',
      name: path.at(-1) ?? '',
      column: leaves.length,
      path,
      type,
      length,
      meaning: meaningOf(one, type),
      definition: at.definition,
      isOptional,
      maxDefinition: at.definition,
      maxRepetition: at.repetition,
    };
    leaves.push(leaf);
    return leaf;
  };

  /** What is inside an element, repeated or not. */
  const inside = (
    one: ThriftStruct,
    path: readonly string[],
    at: Levels,
    isOptional: boolean,
    depth: number,
  ): Node => {
    const children = numberIn(one, 5) ?? 0;
    const name = path.at(-1) ?? '';
    if (numberIn(one, 1) !== undefined || children === 0) return leafOf(one, path, at, isOptional);
    const [first] = [elements[next]];
    const isList =
      children === 1 &&
      first !== undefined &&
      numberIn(first, 3) === REPEATED &&
      (structIn(one, 10)?.fields.some(({ id }) => id === 2 || id === 3) === true ||
        [1, 2, 3].includes(numberIn(one, 6) ?? -1));
    if (!isList) {
      const fields = Array.from({ length: children }, () => node(path, at, depth + 1));
      return { kind: 'struct', name, definition: at.definition, isOptional, fields };
    }
    const repeated = element();
    const below = { definition: at.definition + 1, repetition: at.repetition + 1 };
    const ownPath = [...path, textIn(repeated, 4) ?? ''];
    const grandchildren = numberIn(repeated, 5) ?? 0;
    const list = { kind: 'list', name, definition: at.definition, isOptional } as const;
    const levels = { filled: below.definition, repetition: below.repetition };
    const own =
      numberIn(repeated, 1) !== undefined || isElementItself(name, repeated, grandchildren)
        ? inside(repeated, ownPath, below, false, depth + 1)
        : node(ownPath, below, depth + 1);
    return { ...list, ...levels, element: own };
  };

  const node = (parent: readonly string[], at: Levels, depth: number): Node => {
    if (depth > MAX_DEPTH) throw new ParquetError('not supported: its columns are nested too deeply');
    const one = element();
    const path = [...parent, textIn(one, 4) ?? ''];
    const repetition = numberIn(one, 3);
    if (repetition === REPEATED) {
      const below = { definition: at.definition + 1, repetition: at.repetition + 1 };
      return {
        kind: 'list',
        name: path.at(-1) ?? '',
        definition: at.definition,
        isOptional: false,
        filled: below.definition,
        repetition: below.repetition,
        element: inside(one, path, below, false, depth),
      };
    }
    const isOptional = repetition === OPTIONAL;
    const own = { ...at, definition: at.definition + (isOptional ? 1 : 0) };
    return inside(one, path, own, isOptional, depth);
  };

  const [root] = elements;
  const count = root && numberIn(root, 5);
  if (!root || count === undefined || count < 0 || count > elements.length)
    throw new ParquetError('damaged: it has no schema');
  const fields = Array.from({ length: count }, () => node([], { definition: 0, repetition: 0 }, 0));
  return { fields, leaves };
}

/** The columns below a node, in order. */
export function leavesOf(node: Node): readonly Leaf[] {
  if (node.kind === 'leaf') return [node];
  return node.kind === 'list' ? leavesOf(node.element) : node.fields.flatMap(leavesOf);
}
