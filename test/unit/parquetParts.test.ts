// The parts of Parquet one by one: values as text and back, schemas of older writers, codecs.
import { decompress as unzstd } from 'fzstd';
import { describe, expect, it } from 'vitest';

import { findJsonFault } from '#core/json/scan.ts';
import { seededRandom } from '#core/score/random.ts';
import type { Leaf, Meaning, Node, PhysicalType } from '#formats/parquet/schema.ts';
import { readSchema } from '#formats/parquet/schema.ts';
import { parseValue, writeValue } from '#formats/parquet/text.ts';
import { structOf, T } from '#formats/parquet/thrift.ts';
import { widthOf } from '#formats/parquet/values.ts';
import { TextSink } from '#formats/textSink.ts';
import { pageCodecs, storeZstd } from '#node/parquet/codecs.ts';

import { decode, encode } from '../fakes/records.ts';
import type { Random } from '../fakes/tables.ts';
import { below } from '../fakes/tables.ts';

function leafOf(type: PhysicalType, meaning: Meaning, length = 0): Leaf {
  const levels = { definition: 0, isOptional: false, maxDefinition: 0, maxRepetition: 0 };
  return { kind: 'leaf', name: 'c', column: 0, path: ['c'], type, length, meaning, ...levels };
}

function textOf(bytes: Uint8Array, leaf: Leaf): string {
  const out = new TextSink();
  writeValue(out, bytes, 0, bytes.length, leaf);
  return decode(out.all);
}

const INTEGERS = ['INT32', 'INT64'] as const;
const DIGITS = [3, 6, 9] as const;

/** Every kind of column that is written. */
const LEAVES: readonly Leaf[] = [
  leafOf('BOOLEAN', { kind: 'boolean' }),
  ...INTEGERS.flatMap((type) => [
    leafOf(type, { kind: 'number' }),
    leafOf(type, { kind: 'unsigned' }),
    leafOf(type, { kind: 'date' }),
    leafOf(type, { kind: 'decimal', scale: 0 }),
    leafOf(type, { kind: 'decimal', scale: 4 }),
    ...DIGITS.map((digits) => leafOf(type, { kind: 'time', digits, isUtc: false })),
  ]),
  ...DIGITS.flatMap((digits) =>
    [true, false].map((isUtc) => leafOf('INT64', { kind: 'timestamp', digits, isUtc })),
  ),
  leafOf('FLOAT', { kind: 'float' }),
  leafOf('DOUBLE', { kind: 'double' }),
  leafOf('FIXED_LEN_BYTE_ARRAY', { kind: 'uuid' }, 16),
  leafOf('FIXED_LEN_BYTE_ARRAY', { kind: 'bytes' }, 5),
  leafOf('FIXED_LEN_BYTE_ARRAY', { kind: 'decimal', scale: 2 }, 9),
  leafOf('BYTE_ARRAY', { kind: 'bytes' }),
];

function randomBytes(random: Random, leaf: Leaf): Uint8Array {
  const width = widthOf(leaf) || below(random, 12);
  if (leaf.type === 'BOOLEAN') return Uint8Array.of(below(random, 2));
  // Small numbers, and numbers at the limits.
  const kind = below(random, 3);
  const bytes = Uint8Array.from({ length: width }, () =>
    kind === 0 ? below(random, 256) : kind === 1 ? 0xff : 0,
  );
  if (kind === 2 && width > 0) bytes[below(random, Math.min(width, 6))] = below(random, 256);
  return bytes;
}

describe('a value', () => {
  it.each(LEAVES.map((leaf) => [JSON.stringify(leaf.meaning), leaf.type, leaf] as const))(
    '%s in %s is JSON that gives its bytes back',
    (_, __, leaf) => {
      const random = seededRandom(17);
      for (let i = 0; i < 500; i++) {
        const bytes = randomBytes(random, leaf);
        const text = textOf(bytes, leaf);
        expect(findJsonFault(encode(text)), text).toBeUndefined();
        const view = new DataView(bytes.buffer);
        const isNaN =
          (leaf.type === 'FLOAT' && Number.isNaN(view.getFloat32(0, true))) ||
          (leaf.type === 'DOUBLE' && Number.isNaN(view.getFloat64(0, true)));
        // There are many NaN bit patterns, and one text for them.
        if (isNaN) expect(text).toBe('"NaN"');
        else expect([...parseValue(encode(text), leaf)], text).toEqual([...bytes]);
      }
    },
  );

  it('of a text or of JSON gives its bytes back, whatever they are', () => {
    const random = seededRandom(18);
    const text = leafOf('BYTE_ARRAY', { kind: 'text' });
    const json = leafOf('BYTE_ARRAY', { kind: 'json' });
    for (let i = 0; i < 500; i++) {
      const bytes = Uint8Array.from({ length: below(random, 30) }, () => below(random, 256));
      expect([...parseValue(encodeRaw(bytes, text), text)]).toEqual([...bytes]);
    }
    for (const one of [
      '{"a": 1}',
      '"text"',
      '[1,\n2]',
      'no JSON',
      '',
      '"data:application/json;base64,e30="',
      '3',
    ])
      expect(decode(parseValue(encode(textOf(encode(one), json)), json))).toBe(one);
  });

  it('has the usual text form', () => {
    const int64 = (value: bigint): Uint8Array => new Uint8Array(new BigInt64Array([value]).buffer);
    const stamp = leafOf('INT64', { kind: 'timestamp', digits: 6, isUtc: true });
    expect(textOf(int64(1_700_000_000_123_456n), stamp)).toBe('"2023-11-14T22:13:20.123456Z"');
    expect(textOf(int64(-1n), stamp)).toBe('"1969-12-31T23:59:59.999999Z"');
    expect(textOf(int64(9_007_199_254_740_993n), leafOf('INT64', { kind: 'number' }))).toBe(
      '9007199254740993',
    );
    expect(textOf(int64(-5n), leafOf('INT64', { kind: 'decimal', scale: 3 }))).toBe('-0.005');
    expect(textOf(new Uint8Array(new Int32Array([19_000]).buffer), leafOf('INT32', { kind: 'date' }))).toBe(
      '"2022-01-08"',
    );
    expect(textOf(new Uint8Array(new Float32Array([0.1]).buffer), leafOf('FLOAT', { kind: 'float' }))).toBe(
      '0.1',
    );
    expect(textOf(Uint8Array.of(0x00, 0x3c), leafOf('FIXED_LEN_BYTE_ARRAY', { kind: 'half' }, 2))).toBe('1');
    // Twelve hours into the first day of 1970.
    const int96 = new Uint8Array(12);
    new DataView(int96.buffer).setBigInt64(0, 43_200_000_000_000n, true);
    new DataView(int96.buffer).setUint32(8, 2_440_588, true);
    expect(textOf(int96, leafOf('INT96', { kind: 'int96' }))).toBe('"1970-01-01T12:00:00.000000000"');
  });

  it('that does not fit the column is refused with a message', () => {
    const refused: [string, Leaf, string][] = [
      ['1.5', leafOf('INT64', { kind: 'number' }), 'is not a valid value for column c'],
      ['-1', leafOf('INT32', { kind: 'unsigned' }), 'is not a valid value for column c'],
      ['3000000000', leafOf('INT32', { kind: 'number' }), 'is not a valid value for column c'],
      ['1.005', leafOf('INT32', { kind: 'decimal', scale: 2 }), 'is not a valid value for column c'],
      [
        '"soon"',
        leafOf('INT64', { kind: 'timestamp', digits: 3, isUtc: true }),
        'is not a valid value for column c',
      ],
      ['7', leafOf('BYTE_ARRAY', { kind: 'text' }), 'is not a valid value for column c'],
      ['"\\ud800"', leafOf('BYTE_ARRAY', { kind: 'text' }), 'half of a surrogate pair'],
      ['1', leafOf('FIXED_LEN_BYTE_ARRAY', { kind: 'half' }, 2), 'can read but not write'],
      ['"1970-01-01T00:00:00"', leafOf('INT96', { kind: 'int96' }), 'can read but not write'],
    ];
    for (const [json, leaf, words] of refused)
      expect(() => parseValue(encode(json), leaf), json).toThrow(words);
  });
});

/** The JSON bytes of a text: invalid UTF-8 is kept. */
function encodeRaw(bytes: Uint8Array, leaf: Leaf): Uint8Array {
  const out = new TextSink();
  writeValue(out, bytes, 0, bytes.length, leaf);
  return out.all.slice();
}

const [REQUIRED, OPTIONAL, REPEATED] = [0, 1, 2];
const LIST = 3;
const MAP = 1;

const element = (
  name: string,
  repetition: number,
  more: { type?: number; children?: number; converted?: number },
) =>
  structOf(
    [1, T.i32, more.type],
    [3, T.i32, repetition],
    [4, T.binary, encode(name)],
    [5, T.i32, more.children],
    [6, T.i32, more.converted],
  );
const leaf = (name: string, repetition: number) => element(name, repetition, { type: 6 });

/** A tree in one line: `list<leaf>`. */
function shape(node: Node): string {
  if (node.kind === 'leaf') return 'leaf';
  if (node.kind === 'list') return `list<${shape(node.element)}>`;
  return `{${node.fields.map((field) => `${field.name}: ${shape(field)}`).join(', ')}}`;
}

describe('a schema', () => {
  it.each([
    [
      'lists of three levels',
      'list<leaf>',
      [
        element('l', OPTIONAL, { children: 1, converted: LIST }),
        element('list', REPEATED, { children: 1 }),
        leaf('element', OPTIONAL),
      ],
    ],
    [
      'lists of two levels',
      'list<leaf>',
      [element('l', OPTIONAL, { children: 1, converted: LIST }), leaf('element', REPEATED)],
    ],
    [
      'lists of objects in two levels',
      'list<{a: leaf, b: leaf}>',
      [
        element('l', OPTIONAL, { children: 1, converted: LIST }),
        element('e', REPEATED, { children: 2 }),
        leaf('a', REQUIRED),
        leaf('b', OPTIONAL),
      ],
    ],
    [
      'lists of objects with one field, by the name of older writers',
      'list<{a: leaf}>',
      [
        element('l', OPTIONAL, { children: 1, converted: LIST }),
        element('array', REPEATED, { children: 1 }),
        leaf('a', REQUIRED),
      ],
    ],
    [
      'the same by the name of others',
      'list<{a: leaf}>',
      [
        element('l', OPTIONAL, { children: 1, converted: LIST }),
        element('l_tuple', REPEATED, { children: 1 }),
        leaf('a', REQUIRED),
      ],
    ],
    [
      'maps',
      'list<{key: leaf, value: leaf}>',
      [
        element('m', OPTIONAL, { children: 1, converted: MAP }),
        element('key_value', REPEATED, { children: 2 }),
        leaf('key', REQUIRED),
        leaf('value', OPTIONAL),
      ],
    ],
    ['fields that are repeated without more words', 'list<leaf>', [leaf('r', REPEATED)]],
    [
      'objects',
      '{a: leaf, b: list<leaf>}',
      [element('o', OPTIONAL, { children: 2 }), leaf('a', OPTIONAL), leaf('b', REPEATED)],
    ],
  ])('knows %s', (_, wanted, elements) => {
    const root = structOf([4, T.binary, encode('root')], [5, T.i32, 1]);
    const { fields, leaves } = readSchema([root, ...elements]);
    expect(fields.map(shape)).toEqual([wanted]);
    expect(leaves.some(({ maxRepetition }) => maxRepetition === 1)).toBe(wanted.includes('list'));
  });
});

/** Texts with long repetitions, and bytes without any. */
function sample(random: Random): Uint8Array {
  const parts = Array.from({ length: 1 + below(random, 8) }, () => {
    const kind = below(random, 3);
    const length = below(random, 40) ** 2;
    if (kind === 0) return encode('ab'.repeat(length));
    if (kind === 1) return new Uint8Array(length).fill(below(random, 256));
    return Uint8Array.from({ length }, () => below(random, 256));
  });
  return new Uint8Array(Buffer.concat(parts));
}

describe('a codec', () => {
  it.each([1, 2, 4, 5, 6, 7])('%i returns its input', (codec) => {
    const random = seededRandom(codec);
    for (let i = 0; i < 60; i++) {
      const bytes = i === 0 ? new Uint8Array(0) : sample(random);
      const compressed = pageCodecs.compress(codec, bytes);
      expect(Buffer.compare(pageCodecs.decompress(codec, compressed, bytes.length), bytes)).toBe(0);
    }
  });

  it('reports bytes that are not its own, and wrong lengths', () => {
    const random = seededRandom(3);
    for (const codec of [1, 2, 4, 5, 6, 7]) {
      const compressed = pageCodecs.compress(codec, encode('some text, some text'));
      expect(() => pageCodecs.decompress(codec, compressed.subarray(0, compressed.length - 5), 20)).toThrow();
      for (let i = 0; i < 200; i++) {
        const wrong = Uint8Array.from({ length: 30 }, () => below(random, 256));
        try {
          expect(pageCodecs.decompress(codec, wrong, 20).length).toBe(20);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    }
  });

  it('without compression makes zstd frames that others read', () => {
    const random = seededRandom(6);
    for (const bytes of [new Uint8Array(0), encode('text'), sample(random), new Uint8Array(300_000).fill(7)])
      expect(Buffer.compare(unzstd(storeZstd(bytes), new Uint8Array(bytes.length)), bytes)).toBe(0);
  });
});
