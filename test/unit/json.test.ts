import { describe, expect, it } from 'vitest';

import { findJsonFault, locate, unitWalker } from '#core/json/scan.ts';
import type { Path } from '#core/model/json.ts';
import { seededRandom } from '#core/score/random.ts';

import { decode, encode } from '../fakes/records.ts';

const random = seededRandom(5);
const below = (n: number): number => Math.floor(random() * n);
const STRINGS = [
  '',
  'a',
  'chosen',
  'é',
  '🐦 wren',
  '\u2028',
  'quo"te',
  'back\\slash',
  'line\nend',
  '\u0000',
  '\ud800 lone',
  'x'.repeat(300),
];
const string = (): string => STRINGS[below(STRINGS.length)]!;

/** A random value, with random whitespace in its text. */
function value(depth: number): unknown {
  const kind = below(depth > 3 ? 4 : 6);
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return (random() - 0.5) * 10 ** (below(20) - 5);
  if (kind === 3) return string();
  if (kind === 4) return Array.from({ length: below(4) }, () => value(depth + 1));
  return Object.fromEntries(Array.from({ length: below(5) }, () => [string(), value(depth + 1)]));
}

/** Every path of a value. */
function* paths(at: unknown, path: Path = []): Generator<readonly [Path, unknown]> {
  yield [path, at];
  if (Array.isArray(at)) for (const [i, item] of at.entries()) yield* paths(item, [...path, i]);
  else if (typeof at === 'object' && at !== null)
    for (const [key, item] of Object.entries(at)) yield* paths(item, [...path, key]);
}

describe('locate', () => {
  it('finds every value of 400 random records, with any whitespace', () => {
    for (let i = 0; i < 400; i++) {
      const made = value(0);
      const text = JSON.stringify(made, null, below(3));
      const bytes = encode(text);
      expect(findJsonFault(bytes)).toBeUndefined();
      for (const [path, expected] of paths(JSON.parse(text))) {
        const span = locate(bytes, path)!;
        expect(JSON.parse(decode(bytes.subarray(span.valueStart, span.valueEnd)))).toEqual(expected);
      }
    }
  });

  it('takes the last of equal keys, like JSON.parse, and reads escaped keys', () => {
    const bytes = encode('{"a":1, "\\u0061" : 2,"b":{"a":3}}');
    const span = locate(bytes, ['a'])!;
    expect(decode(bytes.subarray(span.valueStart, span.valueEnd))).toBe('2');
    expect(decode(bytes.subarray(span.keyStart, span.keyEnd))).toBe('"\\u0061"');
    expect(locate(bytes, ['c'])).toBeUndefined();
    expect(locate(bytes, ['a', 'b'])).toBeUndefined();
  });
});

it('agrees with JSON.parse on validity, over 5,000 mutated records', () => {
  const ALPHABET = [...'{}[]":,\\0123456789.eE+-truefalsn \t"', 'é'];
  for (let i = 0; i < 5000; i++) {
    const letters = [...JSON.stringify(value(1))];
    for (let edits = below(3); edits >= 0; edits--) {
      const at = below(letters.length + 1);
      const letter = ALPHABET[below(ALPHABET.length)]!;
      if (random() < 0.3) letters.splice(at, 1);
      else letters.splice(at, random() < 0.5 ? 1 : 0, letter);
    }
    const text = letters.join('');
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
    }
    const fault = findJsonFault(encode(text));
    expect([text, fault === undefined]).toEqual([text, valid]);
    if (fault) expect(fault.offset).toBeLessThanOrEqual(encode(text).length);
  }
});

it('survives a hundred thousand levels', () => {
  const deep = encode(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(findJsonFault(deep)).toBeUndefined();
  expect(findJsonFault(deep.subarray(0, -1))?.offset).toBe(199_999);
});

it('maps positions in a string to bytes, over escapes and every width of character', () => {
  const text = 'aé🐦\n\u2028"z\u0001';
  for (const escape of [false, true]) {
    const json = escape
      ? `"${[...text].map((c) => [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('')}"`
      : JSON.stringify(text);
    const bytes = encode(json);
    for (let unit = 0; unit <= text.length; unit++) {
      const inside = unit > 0 && /[\ud800-\udbff]/.test(text[unit - 1]!);
      if (inside && !escape) continue;
      const rest = decode(bytes.subarray(unitWalker(bytes, 0)(unit)));
      expect(JSON.parse(`"${rest}`)).toBe(text.slice(unit));
    }
  }
});
