// Damage that hostile or broken writers do to good bytes.
type Random = () => number;

const below = (random: Random, end: number): number => Math.floor(random() * end);

function spliced(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length - removed + added.length);
  out.set(bytes.subarray(0, at));
  out.set(added, at);
  out.set(bytes.subarray(at + removed), at + added.length);
  return out;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Values of the wrong type or size. */
const ODD_VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1e999',
  '-1',
  '12345678901234567890',
  '""',
  '"\\ud800"',
  '[]',
  '{}',
  '[[]]',
  '[{}]',
  '"N/A"',
  'NaN',
  '[null]',
  '{"role":"user"}',
  '[{"role":"user","content":null,"tool_calls":[]}]',
  '"[1"',
  '"[]"',
  '{"__proto__":{"a":1}}',
  '{"constructor":1,"toString":null}',
  '"\\u0000"',
  '" "',
].map(encode);

const BAD_UTF8 = [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80]].map(
  (bytes) => new Uint8Array(bytes),
);

/** Nesting of lists and objects; `depth` levels. */
export function nested(depth: number): string {
  return `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
}

/** Approximate start and end of a value in a JSON line: after a colon, up to the next comma or bracket. */
function someValue(bytes: Uint8Array, random: Random): readonly [number, number] {
  const colon = bytes.indexOf(0x3a, below(random, bytes.length));
  if (colon < 0) return [0, bytes.length];
  let end = colon + 1;
  while (end < bytes.length && ![0x2c, 0x7d, 0x5d].includes(bytes[end]!)) end++;
  return [colon + 1, end];
}

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  // Flip a bit.
  (bytes, random) => {
    const out = bytes.slice();
    const at = below(random, out.length);
    out[at] = out[at]! ^ (1 << below(random, 8));
    return out;
  },
  // Cut off the end.
  (bytes, random) => bytes.slice(0, below(random, bytes.length)),
  // Remove a slice.
  (bytes, random) => {
    const at = below(random, bytes.length);
    return spliced(bytes, at, Math.min(bytes.length - at, below(random, 20)), new Uint8Array(0));
  },
  // Duplicate a slice.
  (bytes, random) => {
    const at = below(random, bytes.length);
    return spliced(bytes, at, 0, bytes.slice(at, at + below(random, 40)));
  },
  // Replace a value.
  (bytes, random) => {
    const [start, end] = someValue(bytes, random);
    return spliced(bytes, start, end - start, ODD_VALUES[below(random, ODD_VALUES.length)]!);
  },
  // Insert invalid UTF-8.
  (bytes, random) =>
    spliced(bytes, below(random, bytes.length), 0, BAD_UTF8[below(random, BAD_UTF8.length)]!),
  // Merge two lines.
  (bytes, random, others) => {
    const other = others[below(random, others.length)]!;
    const cut = bytes.slice(0, below(random, bytes.length));
    return spliced(cut, cut.length, 0, other.slice(below(random, other.length)));
  },
  // Add fields of another schema.
  (bytes, random, others) => {
    const other = others[below(random, others.length)]!;
    if (bytes.length < 2 || other.length < 2) return bytes;
    return spliced(bytes.slice(0, -1), bytes.length - 1, 0, spliced(other, 0, 1, encode(',')));
  },
  // Nest a value deeply.
  (bytes, random) => {
    const [start, end] = someValue(bytes, random);
    return spliced(bytes, start, end - start, encode(nested(2 * below(random, 2000))));
  },
  // Make a value long.
  (bytes, random) => {
    const [start, end] = someValue(bytes, random);
    return spliced(
      bytes,
      start,
      end - start,
      encode(JSON.stringify('\n\nHuman: a \t"'.repeat(below(random, 3000)))),
    );
  },
];

/** One to three mutations of the bytes. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let out = bytes;
  for (let round = 0; round <= below(random, 3); round++) {
    if (out.length > 0) out = MUTATIONS[below(random, MUTATIONS.length)]!(out, random, others);
  }
  return out;
}
