// What hostile or broken writers make of good bytes.
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

/** Values that stand where others are expected. */
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

/** Where a value of a JSON line begins and ends, about: after a colon, up to the next comma or bracket. */
function someValue(bytes: Uint8Array, random: Random): readonly [number, number] {
  const colon = bytes.indexOf(0x3a, below(random, bytes.length));
  if (colon < 0) return [0, bytes.length];
  let end = colon + 1;
  while (end < bytes.length && ![0x2c, 0x7d, 0x5d].includes(bytes[end]!)) end++;
  return [colon + 1, end];
}

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  // A bit flips.
  (bytes, random) => {
    const out = bytes.slice();
    const at = below(random, out.length);
    out[at] = out[at]! ^ (1 << below(random, 8));
    return out;
  },
  // The end is missing.
  (bytes, random) => bytes.slice(0, below(random, bytes.length)),
  // A stretch is missing.
  (bytes, random) => {
    const at = below(random, bytes.length);
    return spliced(bytes, at, Math.min(bytes.length - at, below(random, 20)), new Uint8Array(0));
  },
  // A stretch stands twice.
  (bytes, random) => {
    const at = below(random, bytes.length);
    return spliced(bytes, at, 0, bytes.slice(at, at + below(random, 40)));
  },
  // Another value stands there.
  (bytes, random) => {
    const [start, end] = someValue(bytes, random);
    return spliced(bytes, start, end - start, ODD_VALUES[below(random, ODD_VALUES.length)]!);
  },
  // Bytes that are no UTF-8.
  (bytes, random) =>
    spliced(bytes, below(random, bytes.length), 0, BAD_UTF8[below(random, BAD_UTF8.length)]!),
  // Two lines run into each other.
  (bytes, random, others) => {
    const other = others[below(random, others.length)]!;
    const cut = bytes.slice(0, below(random, bytes.length));
    return spliced(cut, cut.length, 0, other.slice(below(random, other.length)));
  },
  // Fields of another schema are there too.
  (bytes, random, others) => {
    const other = others[below(random, others.length)]!;
    if (bytes.length < 2 || other.length < 2) return bytes;
    return spliced(bytes.slice(0, -1), bytes.length - 1, 0, spliced(other, 0, 1, encode(',')));
  },
  // A value is nested deeply.
  (bytes, random) => {
    const [start, end] = someValue(bytes, random);
    return spliced(bytes, start, end - start, encode(nested(2 * below(random, 2000))));
  },
  // A value is long.
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

/** One to three mutations of some bytes. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let out = bytes;
  for (let round = 0; round <= below(random, 3); round++) {
    if (out.length > 0) out = MUTATIONS[below(random, MUTATIONS.length)]!(out, random, others);
  }
  return out;
}
