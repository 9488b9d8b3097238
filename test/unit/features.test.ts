// The numbers of a pair, against plain ways to count them.
import { expect, it } from 'vitest';

import { FEATURE_BITS, FEATURES, TokenList } from '#core/model/tokens.ts';
import { isBlank, Units } from '#core/model/units.ts';
import { Marks } from '#core/score/marks.ts';
import { OneSided } from '#core/score/oneSided.ts';
import { seededRandom } from '#core/score/random.ts';
import { SideWords } from '#core/score/sideWords.ts';

const random = seededRandom(12);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

const PIECES = [
  ...[
    'a',
    'Word',
    'I',
    '7',
    '12',
    '123',
    ' ',
    ' ',
    '\t',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '\v',
    '. ',
    '.',
    '!',
    '?',
    '?! ',
  ],
  ...[
    '- ',
    '* ',
    '• ',
    '-',
    '1. ',
    '22) ',
    '3.',
    '# ',
    '###### ',
    '####### ',
    '"',
    '(',
    '[',
    '“',
    '`',
    '*',
    ',',
  ],
  ...[
    'é',
    '鳥',
    '。',
    '\u00a0',
    '\u1680',
    '\u2003',
    '\u2028',
    '\u2029',
    '\u3000',
    '\ufeff',
    '\u0085',
    '\u0001',
  ],
  ...['😀', '\ud83d', '\ude00', '_'],
];
const TEXTS = ['', ' ', '-', '1.', '#', 'a.', ...Array.from({ length: 3000 }, () => someText())];

function someText(): string {
  return Array.from({ length: Math.floor(random() * 20) }, () => pick(PIECES)).join('');
}

/** The features of a text, each once, in the order of the text. */
const distinct = ({ features, count }: TokenList): number[] => [
  ...new Set(features.subarray(0, FEATURES * count).filter((feature) => feature >= 0)),
];

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

it('knows the blanks of regular expressions and of trim', () => {
  const codes = Array.from({ length: 0x10000 }, (_, code) => code);
  const blanks = codes.filter(isBlank);
  expect(blanks).toEqual(codes.filter((code) => /\s/.test(String.fromCharCode(code))));
  expect(blanks).toEqual(codes.filter((code) => String.fromCharCode(code).trim() === ''));
});

it('reads the units of a text and its ends without blanks, text after text', () => {
  const units = new Units();
  for (const text of [...TEXTS, 'long '.repeat(9000), 'x']) {
    const { codes, length, start, end } = units.read(text);
    expect(String.fromCharCode(...codes.subarray(0, Math.min(length, 5000)))).toBe(text.slice(0, 5000));
    expect(length).toBe(text.length);
    expect(text.slice(start, end)).toBe(text.trim());
  }
});

it('counts marks, lines and sentences as regular expressions do', () => {
  const [units, marks] = [new Units(), new Marks()];
  for (const text of TEXTS) {
    const sentences = text.split(/[.!?]+\s/).filter((part) => part.trim() !== '');
    const found = { ...marks.read(units.read(text)) };
    expect({ text, ...found }).toEqual({
      text,
      lines: countOf(text, /\n/g),
      blankLines: countOf(text, /(?<=\n)\n/g),
      questions: countOf(text, /\?/g),
      bangs: countOf(text, /!/g),
      commas: countOf(text, /,/g),
      digits: countOf(text, /[0-9]/g),
      capitals: countOf(text, /[A-Z]/g),
      brackets: countOf(text, /["([“]/g),
      ticks: countOf(text, /`/g),
      stars: countOf(text, /\*/g),
      bullets: countOf(text, /^[ \t]*[-*•] /gm),
      numbered: countOf(text, /^[ \t]*\d{1,2}[.)] /gm),
      headings: countOf(text, /^#{1,6} /gm),
      sentences: sentences.length,
      lastSentence: sentences.at(-1)?.length ?? 0,
      firstEnd: /[.!?]/.exec(text)?.[0].charCodeAt(0) ?? 0,
    });
  }
});

it('weighs the words of an answer, the strongest that the other lacks first', () => {
  const [own, other] = [new SideWords(), new SideWords()];
  const weights = Float32Array.from({ length: 1 << FEATURE_BITS }, (_, i) => (i % 7) - 3);
  const model = { words: weights, style: weights, origins: weights, deviations: weights };
  for (const [text, rest] of [
    ['one two three two one', 'two four'],
    ['', 'two'],
    ['a b c d e f g h i j k l m n o p', ''],
  ] as const) {
    const lists = [own.read(text, model).tokens, other.read(rest, model).tokens].map(distinct);
    const [mine = [], others = []] = lists;
    expect(own.sum).toBe(mine.reduce((sum, feature) => sum + weights[feature]!, 0));
    const expected = mine.filter((feature) => !others.includes(feature)).map((feature) => weights[feature]!);
    const found = own.strongest(other, model, 5);
    expect(found.map(({ weight }) => weight)).toEqual(
      expected
        .filter((weight) => weight !== 0)
        .sort((a, b) => Math.abs(b) - Math.abs(a))
        .slice(0, 5),
    );
    for (const { start, end } of found) expect(text.slice(start, end)).toMatch(/^\w+( \w+)?$/);
  }
});

it('finds the features that only one text has, as sets do, pair after pair', () => {
  const [chosen, rejected, oneSided] = [new TokenList(), new TokenList(), new OneSided()];
  const words = (count: number): string =>
    Array.from({ length: count }, () => `w${Math.floor(900 * random())}`).join(' ');
  for (const [a, b] of [
    [0, 0],
    [3, 0],
    [0, 2],
    [500, 400],
    [5000, 4000],
    [9, 9],
  ] as const) {
    const { words: found, count } = oneSided.read(chosen.read(words(a)), rejected.read(words(b)));
    const [own, other] = [new Set(distinct(chosen)), new Set(distinct(rejected))];
    const expected = [
      ...[...own].filter((feature) => !other.has(feature)),
      ...[...other].filter((feature) => !own.has(feature)).map((feature) => ~feature),
    ];
    expect([...found.subarray(0, count)]).toEqual(expected.sort((x, y) => x - y));
  }
});
