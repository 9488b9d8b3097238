// Path patterns: the same matches as picomatch, in bounded time.
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';

import { fitsPattern, PatternFault } from '#core/config/pattern.ts';

const PATHS = [
  'a.jsonl',
  'b.jsonl',
  'data/a.jsonl',
  'data/old/a.jsonl',
  'data/old/b.parquet',
  '.hidden.jsonl',
  'data/.git/a.jsonl',
  'x.bak.jsonl',
  'train-1.jsonl',
  'train-10.jsonl',
  'train-a.jsonl',
  'a b.jsonl',
  'a[1].jsonl',
  'aa',
  'aaa',
  'ab',
  'abab',
  'grüße.jsonl',
  '🎉x.jsonl',
  '鳥.jsonl',
  'a{b}.jsonl',
  'a-b.jsonl',
  '..a',
  'data/a/b/c/d.jsonl',
  'é/b',
];

const PATTERNS = [
  '*',
  '**',
  '*.jsonl',
  '**/*.jsonl',
  'data/*.jsonl',
  'data/**',
  'data/**/a.jsonl',
  '**/old/*',
  './data/*.jsonl',
  '*.{jsonl,parquet}',
  '{data,x}/**',
  'data/{old,new}/*.jsonl',
  'train-?.jsonl',
  'train-[0-9].jsonl',
  'train-{1..3}.jsonl',
  '!*.jsonl',
  '!data/**',
  '*.bak.jsonl',
  '.*',
  '.*.jsonl',
  'data/.git/*',
  'a\\[1\\].jsonl',
  '@(a|b).jsonl',
  '+(a)',
  '*(ab)',
  '?(a)a',
  'a*',
  '*a*',
  '**/a*/**',
  '??.jsonl',
  '[a-c]*',
  'data/*/*',
  'data/**/c/*.jsonl',
  'grüße.*',
  '🎉*',
  '🎉?.jsonl',
  'train-[^0-9].jsonl',
  '?.jsonl',
  '{a,{b,train-{1,a}}}.jsonl',
  '**/{a,b}.*',
];

describe('patterns of paths', () => {
  it.each(PATTERNS)('%s matches what picomatch matches', (pattern) => {
    const fits = picomatch(pattern);
    expect(PATHS.filter((path) => fitsPattern(pattern, path))).toEqual(PATHS.filter((path) => fits(path)));
  });
  it('accepts numbers of several digits', () => {
    expect(['08', '09', '10', '11', '1'].filter((n) => fitsPattern('x-{09..10}', `x-${n}`))).toEqual([
      '09',
      '10',
    ]);
  });
  it.each(['!(a|b)', 'x'.repeat(501), '{1..99999}'])('%.20s is refused', (pattern) => {
    expect(() => fitsPattern(pattern, 'a')).toThrow(PatternFault);
  });
});
